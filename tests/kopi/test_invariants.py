"""What must always be true: a ward that did everything is clean, and each thing broken on purpose is seen."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from feedback.models import Contact, ContactReading, FeedbackItem, Outcome, Photo
from intake.receive import Person
from kopi import invariants
from outbox.models import Message
from tests.people import MONDAY, Town, say, ticket_of
from tickets import append_only, opening, reminders
from tickets.actors import Actor
from tickets.lifecycle import STEPS, Status
from tickets.models import Promise, Raising, Reminder, Ticket, TicketEvent, Verdict
from wards.models import Absence, Appointment, Ward

LATER = MONDAY + timedelta(minutes=1)


def found(name: str, at: Any = LATER) -> list[str]:
    return list(invariants.violations(name, at=at))


@pytest.fixture
def busy(town: Town) -> Town:
    """A ward in which every kind of step was taken: wait, refer, extend, dispute, merge, unmerge, undo, lapse …"""
    head, chair, clerk = town.actor("head"), town.actor("chair"), town.actor("clerk")
    mail = Person(name="Mai", email="mai@resident.example", reach="mail")

    first = say(town, promised="2026-03-06", person=mail)
    ticket = ticket_of(first)
    ticket.start(by=head, at=MONDAY)
    ticket.wait(by=head, question="Which lamp?", until=date(2026, 3, 10), at=MONDAY)
    ticket.resume(by=head, at=MONDAY)
    ticket.extend(by=head, due=date(2026, 4, 1), note="Parts", at=MONDAY)
    ticket.resolve(by=head, note="Done", no_photo="Night", at=MONDAY)
    resident = Actor.resident(first.slip)
    ticket.judge(by=resident, item=first.item, answer=Verdict.Answer.NOT, at=MONDAY)
    ticket.resolve(by=head, note="Done again", no_photo="Night", at=MONDAY)
    ticket.judge(by=resident, item=first.item, answer=Verdict.Answer.FIXED, at=MONDAY)

    passed = ticket_of(say(town))
    assert town.body
    passed.refer(by=clerk, body=town.body, letter_number="1/CV", due=date(2026, 3, 20), at=MONDAY)
    other = ticket_of(say(town, promised="2026-03-09"))
    passed.merge(by=clerk, into=other, at=MONDAY)
    passed.unmerge(by=clerk, at=MONDAY)
    passed.undo(by=clerk, at=MONDAY)
    other.start(by=head, at=MONDAY)
    other.undo(by=head, at=MONDAY)

    no = ticket_of(say(town))
    no.decline(by=chair, note="Not ours", at=MONDAY)
    no.appeal(by=Actor.resident(None), at=MONDAY)
    no.resolve(by=clerk, note="Ours after all", no_photo="Paper", at=MONDAY)
    no.lapse(by=Actor.importer(), at=MONDAY)

    settled = say(town, outcome=Outcome.FIXED)
    say(town, outcome=Outcome.ANSWERED)
    opening.dispute_on_the_spot(settled.item, by=Actor.resident(settled.slip), at=MONDAY)
    say(town, outcome=Outcome.ANSWERED, joins=other)
    reminders.plan(at=LATER)
    return town


@pytest.fixture
def lifted(db: None) -> Any:
    """The ledger's guard lifted, for those who break it on purpose."""
    append_only.unguard(connection)
    yield
    append_only.guard(connection)


def one(verb: str) -> Any:
    """The last event with this verb, as rows to be changed behind everybody's back."""
    return TicketEvent.objects.filter(pk=TicketEvent.objects.filter(verb=verb).latest("pk").pk)


@pytest.mark.parametrize("name", invariants.INVARIANTS)
def test_a_ward_that_did_everything_is_clean(busy, name):
    assert found(name) == []


def test_the_busy_ward_took_every_step_that_has_a_rule_of_its_own(busy):
    taken = set(TicketEvent.objects.values_list("verb", flat=True))

    assert {"open", "wait", "resume", "extend", "refer", "merge", "unmerge", "undo", "dispute"} <= taken


# Each takes the town, breaks one thing, and says what must be seen.
BREAKS: dict[str, tuple[str, Callable[[Town], Any], str]] = {
    "an item lost its ticket": (
        "I1",
        lambda town: Raising.objects.filter(item__outcome="noted").latest("pk").delete(),
        "was noted and has no ticket",
    ),
    "a disputed item has no ticket": (
        "I1",
        lambda town: FeedbackItem.objects.filter(outcome="answered", raising=None).update(disputed_at=MONDAY),
        "was disputed and has no ticket",
    ),
    "a promise vanished": ("I1", lambda town: Promise.objects.all().delete(), "promised and has no promise"),
    "a settled item opened a ticket": (
        "I1",
        lambda town: FeedbackItem.objects.filter(outcome="fixed").update(disputed_at=None),
        "settled at the table, yet it opened",
    ),
    "a ticket answers nobody": (
        "I1",
        lambda town: Raising.objects.filter(item__outcome="noted").latest("pk").delete(),
        "answers nobody",
    ),
    "an open ticket lost its clock": (
        "I2",
        lambda town: Ticket.objects.unresolved().update(next_reminder_at=None),
        "will never remind anybody",
    ),
    "a closed ticket still reminds": (
        "I2",
        lambda town: remind(Ticket.objects.filter(status="lapsed").latest("pk"), town),
        "a reminder of it still waits",
    ),
    "a reminder was never written": (
        "I2",
        lambda town: remind(Ticket.objects.unresolved().latest("pk"), town),
        "have no message",
    ),
    "everybody left": ("I3", lambda town: Appointment.objects.all().delete(), "for which nobody answers"),
    "the inbox is gone": ("I3", lambda town: Ward.objects.update(inbox=None), "has tickets and no inbox"),
    "the guard is lifted": ("I4", lambda town: append_only.unguard(connection), "triggers .* are missing"),
    "an event vanished": ("I4", lambda town: one("resume").delete(), "at version . with . events"),
    "a status was set by hand": (
        "I4",
        lambda town: Ticket.objects.filter(status="lapsed").update(status="confirmed"),
        "is confirmed, which is not what its last event says",
    ),
    "an event ends elsewhere": (
        "I4",
        lambda town: one("wait").update(to_status="reopened"),
        "while the ticket stood at “reopened”",
    ),
    "a ledger begins in the middle": (
        "I4",
        lambda town: TicketEvent.objects.filter(position=1).update(verb="note"),
        "begins at “”",
    ),
    "a step is not in the table": (
        "I4",
        lambda town: one("lapse").update(verb="start"),
        "from “resolved” to “lapsed” is not in the table",
    ),
    "an undo leads elsewhere": (
        "I4",
        lambda town: one("undo").update(to_status="resolved"),
        "does not lead back to “assigned”",
    ),
    "an undo names another step": (
        "I4",
        lambda town: one("undo").update(changes={"undone": "wait"}),
        "does not lead back to",
    ),
    "an unmerge leads elsewhere": (
        "I4",
        lambda town: one("unmerge").update(to_status="resolved"),
        "leads to “resolved”, not back to “passed_up”",
    ),
}


def remind(ticket: Ticket, town: Town) -> None:
    Reminder.objects.create(
        ticket=ticket,
        ward=town.ward,
        round=1,
        stage="due",
        recipient=town.posts["head"],
        due_at=MONDAY,
        planned_at=MONDAY - timedelta(hours=1),
    )


@pytest.mark.parametrize("broken", BREAKS)
def test_what_is_broken_is_seen(busy, lifted, broken):
    name, break_it, sentence = BREAKS[broken]
    if "guard" not in broken and name == "I4":
        before = [text for text in found(name) if "triggers" not in text]
        assert before == []

    break_it(busy)

    assert [text for text in found(name) if re.search(sentence, text)] != []


# A column of one ward's row, set to the other ward's.
STRAYS: list[tuple[Any, str, Callable[[Town], Any]]] = [
    (FeedbackItem, "neighbourhood", lambda other: other.neighbourhood),
    (Ticket, "neighbourhood", lambda other: other.neighbourhood),
    (Ticket, "owner", lambda other: other.posts["head"]),
    (Ticket, "ward", lambda other: other.ward),
    (TicketEvent, "ward", lambda other: other.ward),
    (Promise, "post", lambda other: other.posts["chair"]),
    (Promise, "ward", lambda other: other.ward),
    (Verdict, "ward", lambda other: other.ward),
    (Message, "to_user", lambda other: other.people["head"]),
    (Message, "ward", lambda other: other.ward),
]


@pytest.mark.parametrize(
    ("model", "column", "theirs"), STRAYS, ids=[f"{row[0].__name__}.{row[1]}" for row in STRAYS]
)
def test_a_row_that_crosses_the_wall_is_seen(busy, other_town, lifted, model, column, theirs):
    row = model.objects.filter(**{f"{column}__isnull": False}).latest("pk")

    model.objects.filter(pk=row.pk).update(**{column: theirs(other_town)})

    assert found("I6") != []


def test_a_photo_of_another_ward_is_seen(busy, other_town):
    Photo.objects.create(
        ward=other_town.ward,
        item=FeedbackItem.objects.first(),
        width=1,
        height=1,
        added_at=MONDAY,
        sha256="x",
    )

    assert ["Photo" in text for text in found("I6")] == [True]


@pytest.mark.parametrize(
    ("reader", "seen"),
    [("chair", False), ("clerk", False), ("officer", False), ("scribe", True), ("youth", True)],
)
def test_contacts_are_read_by_those_who_may(busy, reader, seen):
    Contact.objects.get().read(by=busy.people[reader], at=MONDAY)

    assert (found("I6") != []) == seen


def test_a_reader_who_had_left_by_then_is_seen(busy):
    Contact.objects.get().read(by=busy.people["clerk"], at=MONDAY)
    Appointment.objects.filter(user=busy.people["clerk"]).update(until=MONDAY - timedelta(days=1))

    assert [text for text in found("I6") if "without the permission" in text] != []


def test_a_reader_of_another_ward_is_seen(busy, stranger):
    ContactReading.objects.create(contact=Contact.objects.get(), user=stranger, at=MONDAY)

    assert found("I6") != []


def test_a_deputy_may_read_while_the_holder_is_away(busy):
    away = {"since": MONDAY - timedelta(days=1), "until": MONDAY + timedelta(days=1)}
    Absence.objects.create(user=busy.people["clerk"], deputy=busy.posts["scribe"], **away)

    Contact.objects.get().read(by=busy.people["scribe"], at=MONDAY)

    assert found("I6") == []


@pytest.mark.parametrize("verb", STEPS)
def test_the_table_itself_knows_each_of_its_steps(verb):
    step = STEPS[verb]
    for source in step.sources:
        assert invariants.is_in_the_table(verb, source, step.target or source)
    strange = set(Status) - step.sources
    assert not any(invariants.is_in_the_table(verb, source, Status.ASSIGNED) for source in strange)


def test_the_command_says_ok_and_ends_well(busy, capsys, time_machine):
    time_machine.move_to(LATER, tick=False)

    call_command("check_invariants")

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [["ok", name] for name in ("I1", "I2", "I3", "I4", "I6")]


def test_the_command_fails_and_shows_the_first_violations(busy, capsys, time_machine):
    time_machine.move_to(LATER, tick=False)
    Ticket.objects.unresolved().update(next_reminder_at=None)

    with pytest.raises(CommandError, match="I2"):
        call_command("check_invariants", most=1)

    out = capsys.readouterr().out
    assert (out.count("will never remind"), out.count("and more")) == (1, 1)
