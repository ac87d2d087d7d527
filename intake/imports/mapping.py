"""What the columns of a file mean: a TOML file, checked before the first row is read."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from typing import Any

SHIPPED = Path(__file__).resolve().parent.parent / "mappings"
NEEDED = ("id", "created", "status")
COLUMNS = (*NEEDED, "started", "closed", "category", "neighbourhood", "place", "latitude", "longitude")
RESULTS = ("resolve", "decline", "redirect", "")


class WrongMapping(ValueError):
    """A mapping that cannot be used. Its text is a sentence for the person at the terminal."""


@dataclass(frozen=True)
class Meaning:
    """One mapping file: its columns, dates, words, statuses and categories, and the ward it may bring along."""

    name: str
    columns: dict[str, str]
    date_format: str
    statuses: dict[str, str]
    encoding: str = "utf-8"
    delimiter: str = ","
    categories: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    words: str = ""
    language: str = ""
    ward: dict[str, Any] = field(default_factory=dict)

    def check_header(self, header: Collection[str]) -> None:
        """Refuse a file that lacks a column this mapping reads."""
        named = set(self.columns.values())
        for template in (self.summary, self.words, *self.notes.values()):
            named |= _columns_in(template)
        missing = sorted(named - set(header))
        if missing:
            raise WrongMapping(f"The file lacks the columns {', '.join(missing)} of the mapping {self.name}.")

    def value(self, row: Mapping[str, str], column: str) -> str:
        """What the row says in the column that means `column`; empty if the source has none."""
        return row[self.columns[column]].strip() if column in self.columns else ""

    def note(self, verb: str, row: Mapping[str, str]) -> str:
        """The note of the result, as residents read it."""
        return self.notes[verb].format_map(row)


def _columns_in(template: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(template) if name}


def load(name: str) -> Meaning:
    """The mapping shipped as `name`, or the one in the file `name`."""
    path = SHIPPED / f"{name}.toml" if name.isidentifier() else Path(name)
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        shipped = ", ".join(sorted(path.stem for path in SHIPPED.glob("*.toml")))
        raise WrongMapping(f"There is no mapping {name}: give a file, or one of: {shipped}.") from error
    except ValueError as error:
        raise WrongMapping(f"The mapping {path.name} is not valid TOML: {error}") from error
    try:
        return _meaning(path.stem, raw)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        if isinstance(error, WrongMapping):
            raise
        raise WrongMapping(f"The mapping {path.name} lacks or misspells {error}.") from error


def _meaning(name: str, raw: dict[str, Any]) -> Meaning:
    text = raw.get("text", {})
    meaning = Meaning(
        name=str(raw.get("source", name))[:40],
        columns=dict(raw["columns"]),
        date_format=str(raw["dates"]["format"]),
        statuses=dict(raw["statuses"]),
        encoding=str(raw.get("encoding", "utf-8")),
        delimiter=str(raw.get("delimiter", ",")),
        categories=dict(raw.get("categories", {})),
        notes=dict(raw.get("notes", {})),
        summary=str(text.get("summary", "")),
        words=str(text.get("words", "")),
        language=str(text.get("language", "")),
        ward=dict(raw.get("ward", {})),
    )
    try:
        "".encode(meaning.encoding)
    except LookupError as error:
        raise WrongMapping(f"There is no encoding {meaning.encoding}.") from error
    if len(meaning.delimiter) != 1:
        raise WrongMapping("The delimiter is one character.")
    missing = [column for column in NEEDED if column not in meaning.columns]
    if missing:
        raise WrongMapping(f"The mapping {name} does not say which column is: {', '.join(missing)}.")
    strange = sorted(set(meaning.columns) - set(COLUMNS))
    if strange:
        raise WrongMapping(f"The mapping {name} gives columns nobody asks for: {', '.join(strange)}.")
    for verb in meaning.statuses.values():
        if verb not in RESULTS:
            raise WrongMapping(f"A status ends in resolve, decline, redirect or “”, not in {verb}.")
        if verb and (not meaning.notes.get(verb) or "closed" not in meaning.columns):
            raise WrongMapping(f"The mapping {name} needs a note and a closing date for {verb}.")
    return meaning
