"""One record of a file, understood: what was said, where, when, and how it ended."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from intake.imports.mapping import Meaning

EARLIEST = 1970
LATEST = 9000  # a year beyond this overflows when days are added


class Reported(Exception):
    """A row that is not brought in: a short code to count by, and a sentence that says why."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


@dataclass(frozen=True)
class Row:
    """What one record says. `verb` is how it ended ("" while open), `started` only where it lies in between."""

    reference: str
    created: datetime
    started: datetime | None
    closed: datetime | None
    verb: str
    note: str
    category: str
    neighbourhood: str
    place: str
    latitude: float | None
    longitude: float | None
    summary: str
    words: str


def understand(fields: Mapping[str, str], meaning: Meaning, zone: ZoneInfo, *, at: datetime) -> Row:
    """The row these fields describe; raises Reported with the first thing that is wrong with it."""
    reference = meaning.value(fields, "id")
    if not reference or len(reference) > 80:
        raise Reported("id", "It has no id, or one of more than 80 characters.")
    status = meaning.value(fields, "status")
    if status not in meaning.statuses:
        raise Reported("status", f"The mapping does not know the status “{status[:60]}”.")
    verb = meaning.statuses[status]
    created = _created(meaning, fields, zone, at)
    closed = _closed(meaning, fields, zone, at, created) if verb else None
    latitude, longitude = _position(meaning, fields)
    place = meaning.value(fields, "place")
    summary = _tidy(meaning.summary.format_map(fields)) if meaning.summary else ""
    return Row(
        reference=reference,
        created=created,
        started=_started(meaning, fields, zone, created, closed or at),
        closed=closed,
        verb=verb,
        note=_tidy(meaning.note(verb, fields)) if verb else "",
        category=_category(meaning, fields),
        neighbourhood=_short(" ".join(meaning.value(fields, "neighbourhood").split()), 120),
        place=_short(place, 200),
        latitude=latitude,
        longitude=longitude,
        summary=_short(summary, 200),
        words=_tidy(meaning.words.format_map(fields)) if meaning.words else summary,
    )


def moments(text: str, date_format: str, zone: ZoneInfo) -> Iterator[datetime]:
    """When a local time without a zone was, in UTC: once, twice in the hour that comes again in autumn.

    An hour that spring skips is moved to the one after it. Raises ValueError for what is no time.
    """
    naive = datetime.strptime(text, date_format)  # noqa: DTZ007  the zone is the ward's
    if not EARLIEST <= naive.year <= LATEST:
        raise ValueError(text)
    first, second = (naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    yield first
    if second > first:
        yield second


def _created(meaning: Meaning, fields: Mapping[str, str], zone: ZoneInfo, at: datetime) -> datetime:
    text = meaning.value(fields, "created")
    try:
        created = next(moments(text, meaning.date_format, zone))
    except ValueError as error:
        raise Reported("created", f"“{text[:40]}” is no date and time of creation.") from error
    if created > at:
        raise Reported("future", "It was created later than now.")
    return created


def _closed(
    meaning: Meaning, fields: Mapping[str, str], zone: ZoneInfo, at: datetime, created: datetime
) -> datetime:
    text = meaning.value(fields, "closed")
    try:
        candidates = list(moments(text, meaning.date_format, zone))
    except ValueError as error:
        raise Reported("closed", f"“{text[:40]}” is no date and time of closing.") from error
    later = [moment for moment in candidates if moment >= created]
    if not later:
        raise Reported("order", "It was closed before it was created.")
    if later[0] > at:
        raise Reported("future", "It was closed later than now.")
    return later[0]


def _started(
    meaning: Meaning, fields: Mapping[str, str], zone: ZoneInfo, created: datetime, end: datetime
) -> datetime | None:
    """When work began, where that lies between the other dates; a doubtful day is no reason to lose the row."""
    try:
        started = next(moments(meaning.value(fields, "started"), meaning.date_format, zone))
    except ValueError:
        return None
    return started if created <= started <= end else None


def _category(meaning: Meaning, fields: Mapping[str, str]) -> str:
    kind = meaning.value(fields, "category")
    if "category" in meaning.columns and kind not in meaning.categories:
        raise Reported("category", f"The mapping does not know the category “{kind[:60]}”.")
    return meaning.categories.get(kind, "")


def _position(meaning: Meaning, fields: Mapping[str, str]) -> tuple[float | None, float | None]:
    texts = [meaning.value(fields, "latitude"), meaning.value(fields, "longitude")]
    if not any(texts):
        return None, None
    try:
        latitude, longitude = (float(text) for text in texts)
    except ValueError:
        latitude = longitude = math.nan
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise Reported("position", f"“{', '.join(texts)[:60]}” is no place on earth.")
    return latitude, longitude


def _tidy(text: str) -> str:
    """Without the gaps that empty columns leave: ", ." and doubled spaces."""
    text = " ".join(text.split())
    for gap in (" ,", " ."):
        while gap in text:
            text = text.replace(gap, gap[1:])
    return text.replace(",.", ".").replace("..", ".").rstrip(" ,").removesuffix("()")


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
