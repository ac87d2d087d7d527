"""Files of another system: every row accepted or reported, brought in once, with the dates it had there."""

import csv
import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from feedback.models import FeedbackItem
from intake.imports import bringing, mapping, reading
from intake.imports.report import as_text
from intake.imports.row import moments
from kopi import invariants
from outbox.models import Message
from tickets.models import Ticket, TicketEvent
from wards.models import Ward

HEADER = (
    "SRNumber,CreatedDate,ServiceDate,ClosedDate,Status,RequestType,NCName,Address,Latitude,Longitude,"
    "RequestSource,Owner"
)
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


def line(
    number: str = "1-1",
    created: str = "12/01/2017 09:00:00 AM",
    service: str = "",
    closed: str = "12/04/2017 10:00:00 AM",
    status: str = "Closed",
    kind: str = "Bulky Items",
    place: str = "2111 W BELLEVUE AVE",
    position: str = "34.07,-118.26",
) -> str:
    return f'{number},{created},{service},{closed},{status},{kind},ECHO PARK NC,"{place}",{position},Call,BOS'


@pytest.fixture
def bring(tmp_path: Path, capsys: Any, db: None) -> Any:
    """Import these lines (or bytes, or a file) and give back what the command said last."""

    def run(*lines: str | bytes, name: str = "file.csv", **options: Any) -> str:
        path = tmp_path / name
        if lines:
            rest = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
            text = HEADER.encode() + b"\n" + rest + b"\n"
            path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
        call_command("import_reports", path, mapping="la311", report=tmp_path / "report.csv", **options)
        return str(capsys.readouterr().out.splitlines()[-1])

    return run


@pytest.fixture
def reported(tmp_path: Path) -> Any:
    """(line, reason) of every row that was left out."""

    def read() -> list[tuple[int, str]]:
        with open(tmp_path / "report.csv", encoding="utf-8-sig", newline="") as file:
            return [(int(row["line"]), row["reason"]) for row in csv.DictReader(file)]

    return read


def verbs(reference: str) -> list[tuple[str, str]]:
    events = TicketEvent.objects.filter(ticket__raisings__item__reference=reference)
    return [(event.verb, f"{event.at:%m-%d %H:%M}") for event in events]


def test_a_closed_row_lives_its_life_with_its_own_dates(bring):
    assert bring(line(service="12/02/2017 12:00:00 AM")) == "rows 1 accepted 1 reported 0 new 1"

    item = FeedbackItem.objects.get()
    assert (item.ward.code, item.source, item.reference) == ("LA311", "la311", "1-1")
    assert item.summary == "Bulky Items, 2111 W BELLEVUE AVE"
    assert (item.neighbourhood.name, item.category.code) == ("ECHO PARK NC", "bulky")
    assert item.slips.count() == 0
    assert verbs("1-1") == [
        ("open", "12-01 17:00"),  # Los Angeles is eight hours behind in winter
        ("assign", "12-01 17:00"),
        ("start", "12-02 08:00"),
        ("resolve", "12-04 18:00"),
    ]
    assert item.raising.ticket.status == "resolved"
    assert item.raising.ticket.events.last().note.text == "Closed by the city (BOS)."


@pytest.mark.parametrize(
    ("status", "closed", "stands"),
    [
        ("Closed", "12/04/2017 10:00:00 AM", "resolved"),
        ("Cancelled", "12/04/2017 10:00:00 AM", "declined"),
        ("Referred Out", "12/04/2017 10:00:00 AM", "redirected"),
        ("Open", "", "assigned"),
    ],
)
def test_each_status_ends_as_the_mapping_says(bring, status, closed, stands):
    bring(line(status=status, closed=closed))

    assert Ticket.objects.get().status == stands


def test_nothing_is_written_to_anybody_about_the_past(bring):
    bring(line(), line("1-2", status="Open", closed=""))

    assert Message.objects.count() == 0
    assert Ticket.objects.get(status="resolved").next_reminder_at is None


def test_what_is_still_open_reminds_from_now_on(bring, time_machine):
    time_machine.move_to(NOW, tick=False)

    bring(line(status="Open", closed=""))

    assert Ticket.objects.get().next_reminder_at > NOW


def test_the_same_file_again_adds_nothing(bring):
    rows = [line(), line("1-2"), line("1-2"), line("1-3", status="Lost")]

    assert bring(*rows) == "rows 4 accepted 2 reported 2 new 2"
    assert bring(*rows) == "rows 4 accepted 2 reported 2 new 0"
    assert FeedbackItem.objects.count() == 2


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (line(created="31/12/2017 09:00:00 AM"), "created"),
        (line(created=""), "created"),
        (line(created="01/01/0001 09:00:00 AM"), "created"),
        (line(created="01/01/2199 09:00:00 AM"), "future"),
        (line(closed="11/30/2017 09:00:00 AM"), "order"),
        (line(closed=""), "closed"),
        (line(closed="01/01/2199 09:00:00 AM"), "future"),
        (line(status="Lost"), "status"),
        (line(kind="Flying saucer"), "category"),
        (line(number=""), "id"),
        (line(number="9" * 81), "id"),
        (line(position="NaN,NaN"), "position"),
        (line(position="34.07,"), "position"),
        (line(position="91,0"), "position"),
        (line(place="a\0b"), "nul"),
        (line(place="Cafe \xe9").encode("latin-1"), "encoding"),
        (line(place="Phường Bình".encode().decode("cp1252", "replace")), "encoding"),
        (line(place="Café".encode().decode("cp1252")), "mojibake"),
        (line() + ",one,too,many", "fields"),
        ("1-1,12/01/2017 09:00:00 AM", "fields"),
        (line(place='never "closed'), "quote"),
    ],
)
def test_a_row_that_cannot_be_is_reported_and_its_neighbours_stand(bring, reported, row, reason):
    before, after = line("1-0"), line("1-9")

    assert bring(before, row, after) == "rows 3 accepted 2 reported 1 new 2"
    assert reported() == [(3, reason)]


def test_an_unclosed_quote_costs_its_own_line_only(bring, reported):
    broken = line("1-1").replace('"2111 W BELLEVUE AVE"', '"2111 W')
    rows = [line(f"2-{number}") for number in range(120)]

    assert bring(broken, *rows) == "rows 121 accepted 120 reported 1 new 120"
    assert reported() == [(2, "quote")]


def test_a_field_may_hold_line_breaks(bring):
    assert bring(line(place="2111 W\nBELLEVUE"), line("1-2")) == "rows 2 accepted 2 reported 0 new 2"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encoding_is_read_off_the_first_bytes(bring, tmp_path, encoding):
    text = f"{HEADER}\r\n{line(place='Đường Bà Rịa')}\r\n"
    (tmp_path / "file.csv").write_bytes(text.encode(encoding))

    assert bring() == "rows 1 accepted 1 reported 0 new 1"
    assert FeedbackItem.objects.get().place == "Đường Bà Rịa"


def test_a_compressed_file_is_read_as_it_is(bring):
    assert bring(line(), name="file.csv.gz") == "rows 1 accepted 1 reported 0 new 1"


def test_a_formula_stays_text_and_is_harmless_in_the_report(bring, tmp_path):
    bring(line(place="=1+1"), line("=HYPERLINK(1)", status="Lost"))

    assert FeedbackItem.objects.get().place == "=1+1"
    assert "'=HYPERLINK(1)" in (tmp_path / "report.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\ta", "\ra", "\0a", "  =1", "＝1", "＠a"])
def test_a_cell_that_begins_a_formula_gets_an_apostrophe(cell):
    assert as_text(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", " ", "a=1", "1-870704831", "'=1"])
def test_other_cells_stay_as_they_are(cell):
    assert as_text(cell) == cell


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"SRNumber,Status\n", "lacks the columns"),
        (b"SRNumber,SRNumber\n", "names a column twice"),
        (b"x" * 1_100_000, "is longer than"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(bring, tmp_path, content, sentence):
    (tmp_path / "file.csv").write_bytes(content)

    with pytest.raises(CommandError, match=sentence):
        bring()

    assert Ward.objects.count() == 0


def test_a_file_that_is_cut_off_is_refused_before_anything_is_stored(bring, tmp_path):
    whole = gzip.compress(f"{HEADER}\n{line()}\n".encode())
    (tmp_path / "file.csv.gz").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(CommandError, match="cannot be read"):
        bring(name="file.csv.gz")

    assert Ward.objects.count() == 0


def test_more_than_a_million_rows_are_refused(bring, monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 2)

    with pytest.raises(CommandError, match="more than 2 rows"):
        bring(line("1-1"), line("1-2"), line("1-3"))

    assert FeedbackItem.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("03/11/2018 01:30:00 AM", ["09:30"]),
        ("03/11/2018 02:30:00 AM", ["10:30"]),  # spring skips it: the hour after
        ("11/04/2018 01:30:00 AM", ["08:30", "09:30"]),  # autumn has it twice
        ("07/01/2018 12:00:00 AM", ["07:00"]),
    ],
)
def test_local_times_without_a_zone(text, utc):
    found = moments(text, "%m/%d/%Y %I:%M:%S %p", ZoneInfo("America/Los_Angeles"))

    assert [f"{moment:%H:%M}" for moment in found] == utc


def test_closing_in_the_hour_that_comes_twice_is_no_contradiction(bring):
    row = line(created="11/04/2018 01:50:00 AM", closed="11/04/2018 01:10:00 AM")

    assert bring(row) == "rows 1 accepted 1 reported 0 new 1"


def test_a_row_the_database_refuses_leaves_its_chunk_alone(bring, reported, monkeypatch):
    receive = bringing.receive

    def refuse(**fields: Any) -> Any:
        if fields["reference"] == "1-2":
            receive(**fields)
            raise IntegrityError
        return receive(**fields)

    monkeypatch.setattr(bringing, "receive", refuse)

    assert bring(line("1-1"), line("1-2"), line("1-3")) == "rows 3 accepted 2 reported 1 new 2"
    assert reported() == [(3, "refused")]
    assert sorted(FeedbackItem.objects.values_list("reference", flat=True)) == ["1-1", "1-3"]


def test_an_import_that_was_killed_goes_on_where_it_stopped(bring, monkeypatch):
    rows = [line(f"1-{number}") for number in range(5)]
    monkeypatch.setattr(bringing, "CHUNK", 2)
    receive = bringing.receive

    def die(**fields: Any) -> Any:
        if fields["reference"] == "1-3":
            raise KeyboardInterrupt
        return receive(**fields)

    monkeypatch.setattr(bringing, "receive", die)
    with pytest.raises(KeyboardInterrupt):
        bring(*rows)
    monkeypatch.setattr(bringing, "receive", receive)

    assert FeedbackItem.objects.count() == 2  # the chunk in hand is gone whole
    assert bring(*rows) == "rows 5 accepted 5 reported 0 new 3"


def test_a_preview_stores_nothing(bring):
    assert bring(line(), line("1-2", status="Lost"), preview=True) == "rows 2 accepted 1 reported 1 new 0"
    assert Ward.objects.count() == FeedbackItem.objects.count() == 0


def test_rows_can_go_into_a_ward_that_is_there(bring, ward):
    category = {"code": "bulky", "name_en": "Bulky", "name_vi": "Bulky", "name_id": "Bulky"}
    ward.categories.create(**category, preset="VN", office_kind="economy")

    assert bring(line(), ward=ward.code) == "rows 1 accepted 1 reported 0 new 1"
    assert FeedbackItem.objects.get().ward == ward


def test_an_unknown_ward_is_refused(bring):
    with pytest.raises(CommandError, match="no ward 99999"):
        bring(line(), ward="99999")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("columns = 1", "lacks or misspells"),
        ("x", "not valid TOML"),
        ('[columns]\nid="a"\ncreated="b"\n[dates]\nformat="%Y"\n[statuses]\n', "does not say which column"),
        (
            '[columns]\nid="a"\ncreated="b"\nstatus="c"\n[dates]\nformat="%Y"\n[statuses]\nDone="delete"\n',
            "ends in resolve",
        ),
    ],
)
def test_a_wrong_mapping_is_refused_with_a_sentence(tmp_path, text, sentence):
    (tmp_path / "own.toml").write_text(text)

    with pytest.raises(mapping.WrongMapping, match=sentence):
        mapping.load(str(tmp_path / "own.toml"))


def test_an_unknown_mapping_names_those_that_are_shipped():
    with pytest.raises(mapping.WrongMapping, match="la311"):
        mapping.load("nowhere")


def test_what_was_brought_in_keeps_every_invariant(bring):
    bring(
        line("1-1", service="12/02/2017 12:00:00 AM"),
        line("1-2", status="Cancelled"),
        line("1-3", status="Referred Out"),
        line("1-4", status="Open", closed=""),
    )

    at = datetime.now(UTC)
    assert [found for name in invariants.INVARIANTS for found in invariants.violations(name, at=at)] == []


def test_a_row_costs_ten_statements_at_most(bring, django_assert_max_num_queries):
    bring(line("0-1"))
    rows = [line(f"1-{number}") for number in range(50)]

    with django_assert_max_num_queries(50 * 10 + 30):
        bring(*rows)
