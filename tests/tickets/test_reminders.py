"""The ladder: every rung on its day, to somebody, once."""

from datetime import date, datetime, timedelta

import pytest

from outbox import delivery
from outbox.models import Message
from tests.people import MONDAY, Town, say, ticket_of
from tickets import closing, ladder, reminders, telling
from tickets.actors import Actor
from tickets.models import Reminder, Ticket, Told
from wards.models import Absence, Appointment
from wards.workdays import calendar_of

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def rungs_until(ticket: Ticket, end: date) -> list[tuple[str, int, date]]:
    calendar = calendar_of(ticket.owner.office)
    found = ladder.reached(ticket, calendar, ticket.clock_from, calendar.end_of(end))
    return [(rung.stage.value, rung.repeat, calendar.day_of(rung.at)) for rung in found]


def test_the_rungs_stand_on_working_days(town: Town):
    ticket = ticket_of(say(town, category="land", promised="2026-03-13"))  # nine working days

    assert rungs_until(ticket, date(2026, 4, 1)) == [
        ("half", 0, date(2026, 3, 6)),
        ("due", 0, date(2026, 3, 13)),
        ("late2", 0, date(2026, 3, 17)),
        ("late5", 0, date(2026, 3, 20)),
        ("repeat", 1, date(2026, 3, 27)),
    ]


def test_a_short_term_has_no_half_time(town: Town):
    ticket = ticket_of(say(town, promised="2026-03-04"))

    assert rungs_until(ticket, date(2026, 3, 4)) == [("due", 0, date(2026, 3, 4))]


def test_a_date_on_a_sunday_reminds_on_friday(town: Town):
    ticket = ticket_of(say(town, category="road", promised="2026-03-08"))

    assert ("due", 0, date(2026, 3, 6)) in rungs_until(ticket, date(2026, 3, 8))


def test_the_ladder_sleeps_over_tet(town: Town):
    before_tet = datetime(2026, 2, 12, 2, tzinfo=MONDAY.tzinfo)
    ticket = ticket_of(say(town, at=before_tet, promised="2026-02-13"))

    assert rungs_until(ticket, date(2026, 2, 28)) == [
        ("due", 0, date(2026, 2, 13)),
        ("late2", 0, date(2026, 2, 24)),
        ("late5", 0, date(2026, 2, 27)),
    ]


def mails_for(town: Town, name: str) -> int:
    return Message.objects.filter(to_user=town.people[name], key__startswith="reminders:").count()


def test_each_rung_reaches_those_the_ladder_names(town: Town, ticket: Ticket):
    told = []
    for day in range(1, 21):
        reminders.plan(at=MONDAY + day * DAY)
        told.append(
            sorted(
                Reminder.objects.filter(planned_at=MONDAY + day * DAY).values_list(
                    "stage", "recipient__title"
                )
            )
        )

    assert [line for line in told if line] == [
        [("due", "Chair"), ("due", "Head")],
        [("late2", "Chair"), ("late2", "Head"), ("late2", "Vice Chair")],
        [("late5", "Chair"), ("late5", "Head")],
        [("repeat", "Chair"), ("repeat", "Head")],
    ]


def test_planning_twice_adds_nothing(town: Town, ticket: Ticket):
    assert reminders.plan(at=MONDAY + 3 * DAY) == 2

    assert reminders.plan(at=MONDAY + 3 * DAY) == 0
    assert (mails_for(town, "head"), mails_for(town, "chair")) == (1, 1)


def test_a_planner_that_lost_its_place_doubles_nothing(town: Town, ticket: Ticket):
    due = ticket.next_reminder_at
    reminders.plan(at=MONDAY + 3 * DAY)
    Ticket.objects.filter(pk=ticket.pk).update(next_reminder_at=due)

    reminders.plan(at=MONDAY + 3 * DAY)

    assert (Reminder.objects.count(), Message.objects.filter(key__startswith="reminders:").count()) == (2, 2)


def test_after_an_outage_only_the_latest_rung_rings(town: Town, ticket: Ticket):
    reminders.plan(at=MONDAY + 9 * DAY)

    states = dict(Reminder.objects.filter(recipient=town.post("head")).values_list("stage", "state"))
    assert states == {"due": "skipped", "late2": "skipped", "late5": "planned"}


def test_one_person_gets_one_message_for_many_tickets(town: Town, ticket: Ticket):
    ticket_of(say(town, promised="2026-03-06", words="The drain smells."))

    reminders.plan(at=MONDAY + 3 * DAY)

    assert (mails_for(town, "head"), mails_for(town, "chair")) == (1, 1)


def test_nothing_due_costs_one_look(town: Town, ticket: Ticket, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        assert reminders.plan(at=MONDAY) == 0


def test_closing_ends_the_reminders(town: Town, ticket: Ticket):
    reminders.plan(at=MONDAY + 3 * DAY)
    ticket.resolve(by=town.actor("head"), note="New lamp fitted", no_photo="At night", at=MONDAY + 3 * DAY)

    assert reminders.plan(at=MONDAY + 30 * DAY) == 0
    assert delivery.deliver(at=MONDAY + 30 * DAY) == 0
    assert not Message.objects.unsent().exists()


def test_closing_one_ticket_keeps_the_others_in_the_digest(town: Town, ticket: Ticket):
    other = ticket_of(say(town, promised="2026-03-06", words="The drain smells."))
    reminders.plan(at=MONDAY + 3 * DAY)

    ticket.resolve(by=town.actor("head"), note="Done", no_photo="-", at=MONDAY + 3 * DAY)
    reminders.plan(at=MONDAY + 3 * DAY)

    waiting = Message.objects.unsent().filter(key__startswith="reminders:", to_user=town.people["head"])
    assert [(other.number in mail.body, ticket.number in mail.body) for mail in waiting] == [(True, False)]


def test_the_deputy_and_the_successor_hear_in_their_turn(town: Town, ticket: Ticket):
    head, officer = town.people["head"], town.people["officer"]
    Absence.objects.create(user=head, since=MONDAY, until=MONDAY + 4 * DAY, deputy=town.post("officer"))
    reminders.plan(at=MONDAY + 3 * DAY)
    Appointment.objects.filter(user=head).update(until=MONDAY + 4 * DAY)
    Appointment.objects.filter(user=officer).update(until=MONDAY + 4 * DAY)
    Appointment.objects.create(user=officer, post=town.post("head"), since=MONDAY + 4 * DAY)
    reminders.plan(at=MONDAY + 5 * DAY)

    assert (mails_for(town, "officer"), mails_for(town, "head")) == (2, 0)


def test_a_confidential_matter_climbs_only_along_its_owner(town: Town):
    ticket = ticket_of(say(town, category="conduct", words="He shouted at my mother."))
    assert (ticket.owner, ticket.confidential) == (town.post("chair"), True)

    for day in range(1, 40):
        reminders.plan(at=MONDAY + day * DAY)

    assert set(Reminder.objects.values_list("recipient__title", flat=True)) == {"Chair", "Province"}


def test_silence_closes_fourteen_days_after_everybody_was_told(town: Town):
    from intake.receive import Person

    first = say(town, promised="2026-03-06", person=Person(email="tu@example.org", reach="mail"))
    ticket = ticket_of(first)
    second = say(town, joins=ticket)
    ticket.resolve(by=town.actor("head"), note="Done", no_photo="-", at=MONDAY)
    telling.record(second.item.raising, Told.How.SLIP, at=MONDAY + HOUR)
    ticket.refresh_from_db()
    assert ticket.lapse_at is None  # the first one can be reached and knows nothing yet

    assert delivery.deliver(at=MONDAY + 2 * HOUR) >= 1
    assert telling.collect_delivered() == 1

    assert closing.close_silent(at=MONDAY + 14 * DAY) == 0
    assert closing.close_silent(at=MONDAY + 14 * DAY + 2 * HOUR) == 1
    ticket.refresh_from_db()
    assert ticket.status == "lapsed"


def test_a_wait_ends_by_itself(town: Town, ticket: Ticket):
    ticket.wait(by=town.actor("head"), cause="Parts", until=date(2026, 3, 4), at=MONDAY)

    assert closing.end_waits(at=MONDAY + 2 * DAY) == 0
    assert closing.end_waits(at=MONDAY + 3 * DAY) == 1
    ticket.refresh_from_db()
    assert ticket.status == "in_progress"


def test_while_a_letter_is_out_only_its_own_clock_rings(town: Town, ticket: Ticket):
    ticket.refer(
        by=town.actor("head"), body=town.body, letter_number="12/CV", due=date(2026, 4, 10), at=MONDAY
    )

    assert rungs_until(ticket, date(2026, 4, 1)) == [
        ("chase", 0, date(2026, 3, 16)),
        ("chase", 1, date(2026, 3, 30)),
    ]


@pytest.mark.parametrize("months", [13])
def test_a_year_and_more_of_reminders_never_doubles_and_never_stops(town: Town, ticket: Ticket, months: int):
    end = MONDAY + 30 * months * DAY
    at = MONDAY
    while at < end:
        reminders.plan(at=at)
        at += 12 * HOUR

    to_owner = Reminder.objects.filter(recipient=town.post("head"))
    assert to_owner.filter(state="skipped").count() == 0
    expected = rungs_until(ticket, calendar_of(ticket.owner.office).day_of(end - 12 * HOUR))
    assert list(to_owner.order_by("due_at").values_list("stage", "repeat")) == [
        (stage, repeat) for stage, repeat, _day in expected
    ]


def test_residents_who_asked_for_mail_are_told_of_the_result(town: Town, mailoutbox):
    from intake.receive import Person

    received = say(
        town, promised="2026-03-06", person=Person(name="Bác Tư", email="tu@example.org", reach="mail")
    )
    ticket_of(received).resolve(by=town.actor("head"), note="New lamp fitted", no_photo="At night", at=MONDAY)

    assert delivery.deliver(at=MONDAY) == 0  # undo is still possible
    delivery.deliver(at=MONDAY + HOUR)

    mail = next(mail for mail in mailoutbox if mail.to == ["tu@example.org"])
    assert "New lamp fitted" in mail.body
    assert "Bác Tư" not in mail.body


def test_an_undone_result_is_told_to_nobody(town: Town):
    from intake.receive import Person

    ticket = ticket_of(say(town, promised="2026-03-06", person=Person(email="tu@example.org", reach="mail")))
    ticket.resolve(by=town.actor("head"), note="Done", no_photo="-", at=MONDAY)
    ticket.undo(by=town.actor("head"), at=MONDAY + timedelta(minutes=1))

    delivery.deliver(at=MONDAY + HOUR)

    assert not Message.objects.filter(address="tu@example.org", state="sent").exists()
    assert not Told.objects.exists()
    assert Actor.on(town.people["head"], ticket) == town.actor("head")
