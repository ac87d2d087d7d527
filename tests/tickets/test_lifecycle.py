"""Every row of the lifecycle table: from where, to where, by whom."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from feedback.models import Category
from tests.people import MONDAY, Town, say, ticket_of
from tickets import append_only, opening, telling
from tickets.actors import Actor
from tickets.lifecycle import OPEN, STEPS, Role, Status, StepRefused
from tickets.models import Ticket, TicketEvent, Told

S = Status
DAY = timedelta(days=1)
IMPORT = Actor.importer()


def drive(town: Town, status: Status) -> Ticket:
    """A ticket that reached `status` by its verbs."""
    received = say(town, promised="2026-03-06")
    ticket = ticket_of(received)
    head, chair = town.actor("head"), town.actor("chair")
    resident = Actor.resident(received.slip)

    def resolved() -> None:
        ticket.resolve(by=head, note="New lamp fitted", no_photo="At night", at=MONDAY)

    match status:
        case S.RECORDED:
            return ticket_of(say(town))
        case S.IN_PROGRESS:
            ticket.start(by=head, at=MONDAY)
        case S.WAITING:
            ticket.wait(by=head, cause="Spare parts", until=date(2026, 3, 10), at=MONDAY)
        case S.PASSED_UP:
            ticket.refer(by=head, body=town.body, letter_number="12/CV", due=date(2026, 3, 20), at=MONDAY)
        case S.RESOLVED:
            resolved()
        case S.CONFIRMED:
            resolved()
            ticket.judge(by=resident, item=received.item, answer="fixed", at=MONDAY)
        case S.LAPSED:
            resolved()
            telling.record(ticket.raisings.get(), Told.How.SLIP, at=MONDAY)
            ticket.refresh_from_db()
            ticket.lapse(by=Actor.clock(), at=MONDAY + 14 * DAY)
        case S.DECLINED:
            ticket.decline(by=chair, note="Not ours to do", at=MONDAY)
        case S.REDIRECTED:
            ticket.redirect(by=head, note="Counter 3 of the service centre", at=MONDAY)
        case S.MERGED:
            ticket.merge(by=town.actor("clerk"), into=ticket_of(say(town)), at=MONDAY)
        case S.REOPENED:
            resolved()
            ticket.dispute(by=resident, at=MONDAY)
    return ticket


def take(ticket: Ticket, verb: str, *, by: Actor, town: Town, at: datetime = MONDAY + DAY) -> TicketEvent:
    """The verb with everything it needs."""
    calls: dict[str, Callable[[], Any]] = {
        "assign": lambda: ticket.assign(by=by, post=town.post("officer"), note="Yours", at=at),
        "start": lambda: ticket.start(by=by, at=at),
        "wait": lambda: ticket.wait(by=by, cause="Rain", until=date(2026, 3, 6), at=at),
        "resume": lambda: ticket.resume(by=by, at=at),
        "refer": lambda: ticket.refer(
            by=by, body=town.body, letter_number="13/CV", due=date(2026, 3, 20), at=at
        ),
        "extend": lambda: ticket.extend(by=by, due=date(2026, 5, 4), note="Rain", at=at),
        "escalate": lambda: ticket.escalate(by=by, at=at),
        "note": lambda: ticket.note(by=by, note="Called them", at=at),
        "answer": lambda: ticket.answer(by=by, note="We are on it", at=at),
        "recategorise": lambda: ticket.recategorise(
            by=by, category=Category.objects.of_ward(town.ward).get(code="road"), at=at
        ),
        "resolve": lambda: ticket.resolve(by=by, note="Done", no_photo="Nothing to see", at=at),
        "decline": lambda: ticket.decline(by=by, note="Not possible", at=at),
        "redirect": lambda: ticket.redirect(by=by, note="Counter 3", at=at),
        "merge": lambda: ticket.merge(by=by, into=ticket_of(say(town)), at=at),
        "unmerge": lambda: ticket.unmerge(by=by, at=at),
        "confirm": lambda: ticket.confirm(by=by, at=at),
        "lapse": lambda: ticket.lapse(by=by, at=at + 14 * DAY),
        "dispute": lambda: ticket.dispute(by=by, at=at),
        "appeal": lambda: ticket.appeal(by=by, at=at),
    }
    return calls[verb]()


VERBS = [verb for verb in STEPS if verb not in {"open", "undo"}]


@pytest.mark.parametrize("status", [s for s in S if s != S.ASSIGNED])
def test_every_status_is_reached_by_verbs(town: Town, status: Status):
    assert drive(town, status).status == status


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", S)
def test_each_verb_starts_only_where_the_table_says(town: Town, verb: str, status: Status):
    """All 12 × 18 pairs, taken by an actor to whom every role is open."""
    ticket = drive(town, status)
    step, before = STEPS[verb], ticket.version

    if status in step.sources:
        event = take(ticket, verb, by=IMPORT, town=town)

        ticket.refresh_from_db()
        assert (event.verb, event.from_status, event.to_status) == (verb, status, ticket.status)
        assert ticket.status == step.target or step.target is None
        assert (ticket.version, event.position) == (before + 1, before + 1)
        assert (ticket.next_reminder_at is None) or ticket.status in OPEN
    else:
        with pytest.raises(StepRefused):
            take(ticket, verb, by=IMPORT, town=town)
        ticket.refresh_from_db()
        assert (ticket.status, ticket.version) == (status, before)


ROLE_OF = {
    Role.OWNER: "head",  # the ticket's owner
    Role.SUPERIOR: "vice_chair",  # above the owner, promised nothing
    Role.CLERK: "clerk",
    Role.READER: "secretary",
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", Role)
def test_each_verb_is_taken_only_by_those_the_table_names(town: Town, verb: str, role: Role):
    step = STEPS[verb]
    ticket = drive(town, sorted(step.sources)[0])
    if role == Role.CLOCK:
        by = Actor.clock()
    elif role == Role.RESIDENT:
        by = Actor.resident(None)
    else:
        by = town.actor(ROLE_OF[role])
    allowed = bool(step.roles & by.roles_on(ticket))
    assert (role in by.roles_on(ticket)) is True or ticket.status == S.RECORDED

    assert (verb in ticket.allowed(by)) == allowed
    if not allowed:
        with pytest.raises(StepRefused):
            take(ticket, verb, by=by, town=town)


def test_a_promise_at_the_table_opens_an_assigned_ticket_due_at_the_earlier_date(town: Town):
    received = say(town, category="road", promised="2026-03-04")
    ticket = ticket_of(received)

    assert (ticket.number, ticket.status, ticket.owner) == (
        "25760-2026-000001",
        S.ASSIGNED,
        town.post("head"),
    )
    assert ticket.due_at.astimezone(town.ward.zone).date() == date(2026, 3, 4)
    assert ticket.promises.get().post == town.post("chair")
    assert [event.verb for event in ticket.events.all()] == ["open"]


def test_what_is_noted_waits_in_the_inbox_of_the_ward(town: Town):
    ticket = ticket_of(say(town))

    assert (ticket.status, ticket.owner, ticket.route["suggested"]) == (
        S.RECORDED,
        town.post("clerk"),
        town.post("head").pk,
    )


def test_what_was_settled_at_the_table_needs_no_ticket_until_it_is_denied(town: Town):
    received = say(town, outcome="fixed", answer="Changed at once")
    assert received.ticket is None

    ticket = opening.dispute_on_the_spot(
        received.item, by=Actor.resident(received.slip), at=MONDAY, words="Dark again"
    )

    assert (ticket.status, ticket.owner) == (S.ASSIGNED, town.post("head"))
    assert ticket.due_at.astimezone(town.ward.zone).date() == date(2026, 3, 5)
    with pytest.raises(StepRefused):
        opening.dispute_on_the_spot(received.item, by=Actor.resident(received.slip), at=MONDAY)


def test_moving_a_ticket_needs_a_reason(town: Town, ticket: Ticket):
    with pytest.raises(StepRefused):
        ticket.assign(by=town.actor("clerk"), post=town.post("officer"), at=MONDAY)


def test_a_ticket_stays_in_its_ward(town: Town, other_town: Town, ticket: Ticket):
    with pytest.raises(StepRefused):
        ticket.assign(by=IMPORT, post=other_town.post("officer"), note="Yours", at=MONDAY)


def test_a_result_needs_a_photo_or_the_reason_there_is_none(town: Town, ticket: Ticket):
    with pytest.raises(StepRefused):
        ticket.resolve(by=town.actor("head"), note="Done", at=MONDAY)


def test_the_second_extension_is_the_superiors(town: Town, ticket: Ticket):
    ticket.extend(by=town.actor("head"), due=date(2026, 3, 10), note="Rain", at=MONDAY)

    with pytest.raises(StepRefused):
        ticket.extend(by=town.actor("head"), due=date(2026, 3, 12), note="More rain", at=MONDAY)
    ticket.extend(by=town.actor("vice_chair"), due=date(2026, 3, 12), note="More rain", at=MONDAY)

    assert ticket.first_due_at.astimezone(town.ward.zone).date() == date(2026, 3, 4)
    assert ticket.due_at.astimezone(town.ward.zone).date() == date(2026, 3, 12)
    assert ticket.promises.get().original_due == date(2026, 3, 6)


def test_only_a_wait_for_a_resident_who_can_be_reached_moves_the_due_date(town: Town):
    from intake.receive import Person

    lonely = ticket_of(say(town, promised="2026-03-06"))
    with pytest.raises(StepRefused):
        lonely.wait(by=town.actor("head"), question="Which lamp?", until=date(2026, 3, 5), at=MONDAY)
    due = lonely.due_at
    lonely.wait(by=town.actor("head"), cause="Parts", until=date(2026, 3, 5), at=MONDAY)
    lonely.resume(by=town.actor("head"), at=MONDAY + 2 * DAY)
    assert lonely.due_at == due

    known = ticket_of(say(town, promised="2026-03-06", person=Person(phone="+84900000001", reach="call")))
    known.wait(by=town.actor("head"), question="Which lamp?", until=date(2026, 3, 6), at=MONDAY)
    known.resume(by=Actor.resident(None), at=MONDAY + 2 * DAY)
    assert known.due_at == due + 2 * DAY


def test_a_wait_ends_within_ten_working_days(town: Town, ticket: Ticket):
    with pytest.raises(StepRefused):
        ticket.wait(by=town.actor("head"), cause="Parts", until=date(2026, 3, 17), at=MONDAY)
    ticket.wait(by=town.actor("head"), cause="Parts", until=date(2026, 3, 16), at=MONDAY)


def test_after_the_bodys_answer_three_working_days_remain(town: Town):
    ticket = drive(town, S.PASSED_UP)
    assert ticket.due_at.astimezone(town.ward.zone).date() == date(2026, 3, 20)

    ticket.resume(by=town.actor("head"), at=MONDAY + 10 * DAY)

    assert ticket.due_at.astimezone(town.ward.zone).date() == date(2026, 3, 17)
    assert ticket.referrals.get().answered_at == MONDAY + 10 * DAY


def test_a_dispute_gives_three_working_days_and_a_new_round(town: Town):
    ticket = drive(town, S.RESOLVED)
    before = ticket.round

    ticket.dispute(by=Actor.resident(None), at=MONDAY + DAY)

    assert ticket.round == before + 1
    assert ticket.due_at.astimezone(town.ward.zone).date() == date(2026, 3, 6)


def test_nobody_told_never_lapses(town: Town):
    ticket = drive(town, S.RESOLVED)

    assert ticket.lapse_at is None
    with pytest.raises(StepRefused):
        ticket.lapse(by=Actor.clock(), at=MONDAY + 400 * DAY)


def test_not_fixed_outweighs_fixed(town: Town):
    first = say(town, promised="2026-03-06")
    ticket = ticket_of(first)
    second = say(town, joins=ticket, words="Dark here too")
    ticket.resolve(by=town.actor("head"), note="Done", no_photo="-", at=MONDAY)

    ticket.judge(by=Actor.resident(first.slip), item=first.item, answer="fixed", at=MONDAY)
    ticket.judge(by=Actor.resident(second.slip), item=second.item, answer="partly", at=MONDAY)

    assert ticket.status == S.REOPENED
    ticket.resolve(by=town.actor("head"), note="Done again", no_photo="-", at=MONDAY)
    ticket.judge(by=Actor.resident(second.slip), item=second.item, answer="fixed", at=MONDAY)
    with pytest.raises(StepRefused):
        ticket.judge(by=Actor.resident(second.slip), item=second.item, answer="not", at=MONDAY)


def test_a_later_voice_on_a_confirmed_ticket_is_recorded(town: Town):
    first = say(town, promised="2026-03-06")
    ticket = ticket_of(first)
    second = say(town, joins=ticket)
    ticket.resolve(by=town.actor("head"), note="Done", no_photo="-", at=MONDAY)
    for voice in (first, second):
        ticket.judge(by=Actor.resident(voice.slip), item=voice.item, answer="fixed", at=MONDAY)

    assert (ticket.status, ticket.verdicts.count()) == (S.CONFIRMED, 2)


def test_unmerging_gives_the_status_back(town: Town):
    ticket = drive(town, S.IN_PROGRESS)
    ticket.merge(by=town.actor("clerk"), into=ticket_of(say(town)), at=MONDAY)

    ticket.unmerge(by=town.actor("clerk"), at=MONDAY)

    assert (ticket.status, ticket.merged_into) == (S.IN_PROGRESS, None)


def test_undo_takes_back_ones_own_last_step(town: Town, ticket: Ticket):
    owner, due = ticket.owner, ticket.due_at
    ticket.assign(by=town.actor("clerk"), post=town.post("officer"), note="Yours", at=MONDAY)

    ticket.undo(by=town.actor("clerk"), at=MONDAY + timedelta(minutes=4))

    ticket.refresh_from_db()
    assert (ticket.owner, ticket.due_at, ticket.status) == (owner, due, S.ASSIGNED)
    assert [event.verb for event in ticket.events.all()] == ["open", "assign", "undo"]


def test_undoing_a_letter_at_dawn_takes_its_referral_back(town: Town, ticket: Ticket):
    """At 06:00 in the ward it is still yesterday in UTC."""
    dawn = MONDAY - timedelta(hours=3)
    ticket.refer(by=town.actor("head"), body=town.body, letter_number="12/CV", due=date(2026, 3, 20), at=dawn)

    ticket.undo(by=town.actor("head"), at=dawn + timedelta(minutes=1))

    assert (ticket.status, ticket.referrals.count()) == (S.ASSIGNED, 0)


@pytest.mark.parametrize(("who", "minutes"), [("clerk", 6), ("head", 1)])
def test_undo_is_refused_to_others_and_later(town: Town, ticket: Ticket, who: str, minutes: int):
    ticket.assign(by=town.actor("clerk"), post=town.post("officer"), note="Yours", at=MONDAY)

    with pytest.raises(StepRefused):
        ticket.undo(by=town.actor(who), at=MONDAY + timedelta(minutes=minutes))


def test_recategorising_routes_anew(town: Town, ticket: Ticket):
    noise = Category.objects.of_ward(town.ward).get(code="noise")

    ticket.recategorise(by=town.actor("clerk"), category=noise, at=MONDAY)

    assert (ticket.owner, ticket.route["by"]) == (town.post("police"), "category")


@pytest.mark.django_db(transaction=True)
def test_the_ledger_refuses_to_forget(town: Town, ticket: Ticket):
    from django.db import IntegrityError, connection

    assert append_only.is_guarded(connection)
    for rewrite in (
        lambda: TicketEvent.objects.filter(ticket=ticket).update(verb="note"),
        lambda: TicketEvent.objects.filter(ticket=ticket).delete(),
    ):
        with pytest.raises(IntegrityError):
            rewrite()
