"""Any verbs, by anybody, in any order, while time passes: no invariant breaks, and nothing is lost.

A Hypothesis state machine over the lifecycle. It stands in this room because the invariants do.
"""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from feedback.models import Category, FeedbackItem
from intake.receive import Person, Received
from kopi import invariants
from outbox import delivery
from outbox.models import Message
from tests.people import MONDAY, Town, say
from tickets import closing, opening, reminders, telling
from tickets.actors import Actor
from tickets.lifecycle import OPEN, STEPS, StepRefused
from tickets.models import Reminder, Ticket, Told
from wards.workdays import calendar_of_ward

VERBS = [verb for verb in STEPS if verb not in {"open", "dispute", "confirm"}]
PEOPLE = ["head", "officer", "vice_chair", "chair", "clerk", "secretary", "clock"]
WHO = st.sampled_from(PEOPLE)
WHICH = st.integers(0, 3)


class Concerns(RuleBasedStateMachine):
    """A few concerns in one ward; `town` is set by the test."""

    town: Town

    def __init__(self) -> None:
        super().__init__()
        self.undo_everything = transaction.atomic()
        self.undo_everything.__enter__()
        self.at: datetime = MONDAY
        self.said: list[Received] = []
        self.refused = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo_everything.__exit__(None, None, None)

    # -- what people do ---------------------------------------------------------------------------------

    @precondition(lambda self: len(self.said) < 4)
    @rule(
        promised=st.sampled_from(["", "2026-03-06", "2026-03-20"]),
        outcome=st.sampled_from(["noted", "passed_up", "fixed"]),
        category=st.sampled_from(["light", "road", "noise", "conduct"]),
        person=st.sampled_from(
            [None, Person(email="tu@example.org", reach="mail"), Person(phone="1", reach="call")]
        ),
        joins=st.booleans(),
    )
    def somebody_speaks(self, promised, outcome, category, person, joins):
        other = next((r.ticket for r in self.said if r.ticket and not r.ticket.confidential), None)
        more = {} if promised else {"outcome": outcome}
        if joins and other and category != "conduct":
            more["joins"] = other
        self.said.append(
            say(self.town, at=self.at, category=category, promised=promised, person=person, **more)
        )

    @precondition(lambda self: self.said)
    @rule(verb=st.sampled_from(VERBS), who=WHO, which=WHICH, days=st.integers(1, 20), other=WHICH)
    def somebody_takes_a_step(self, verb, who, which, days, other):
        ticket, into = self.ticket(which), self.ticket(other)
        if ticket is None:
            return
        by = Actor.clock() if who == "clock" else self.town.actor(who)
        day = (self.at + timedelta(days=days)).date()
        more = {
            "assign": {"post": self.town.post("officer"), "note": "Yours"},
            "wait": {"cause": "Parts", "until": day},
            "refer": {"body": self.town.body, "letter_number": f"{which}/CV", "due": day},
            "extend": {"due": day, "note": "Rain"},
            "note": {"note": "Seen"},
            "answer": {"note": "We are on it"},
            "recategorise": {"category": Category.objects.of_ward(self.town.ward).get(code="drain")},
            "resolve": {"note": "Done", "no_photo": "-"},
            "decline": {"note": "Not ours"},
            "redirect": {"note": "Counter 3"},
            "merge": {"into": into},
        }.get(verb, {})
        if verb != "merge" or into is not None:
            self.attempt(lambda: getattr(ticket, verb)(by=by, at=self.at, **more))

    @precondition(lambda self: self.said)
    @rule(which=WHICH, answer=st.sampled_from(["fixed", "partly", "not"]))
    def a_resident_judges(self, which, answer):
        received = self.said[which % len(self.said)]
        item = FeedbackItem.objects.get(pk=received.item.pk)
        by = Actor.resident(received.slip)
        raising = getattr(item, "raising", None)
        if raising:
            ticket = raising.ticket.leading
            self.attempt(lambda: ticket.judge(by=by, item=item, answer=answer, at=self.at))
        elif answer != "fixed":
            self.attempt(lambda: opening.dispute_on_the_spot(item, by=by, at=self.at))

    @precondition(lambda self: self.said)
    @rule(which=WHICH)
    def a_resident_opens_the_slip(self, which):
        raising = getattr(
            FeedbackItem.objects.get(pk=self.said[which % len(self.said)].item.pk), "raising", None
        )
        if raising:
            telling.record(raising, Told.How.SLIP, at=self.at)

    @rule(minutes=st.sampled_from([1, 10, 60, 1440, 5 * 1440, 20 * 1440]))
    def time_passes(self, minutes):
        self.at += timedelta(minutes=minutes)
        reminders.plan(at=self.at)
        closing.close_silent(at=self.at)
        closing.end_waits(at=self.at)

    @rule()
    def the_worker_sends(self):
        delivery.deliver(at=self.at)
        telling.collect_delivered()

    # -- what must hold ---------------------------------------------------------------------------------

    @invariant()
    def nothing_that_must_hold_is_broken(self):
        broken = [line for name in invariants.INVARIANTS for line in invariants.violations(name, at=self.at)]
        assert broken == []

    @invariant()
    def no_reminder_of_a_closed_ticket_waits(self):
        closed = Ticket.objects.exclude(status__in=OPEN).values("pk")
        waiting = Reminder.objects.filter(ticket__in=closed, message__state=Message.State.PLANNED)
        assert not waiting.exists()

    @invariant()
    def the_first_date_never_moves_for_a_promise(self):
        day = calendar_of_ward(self.town.ward).day_of
        for ticket in Ticket.objects.filter(promises__isnull=False).distinct():
            assert day(ticket.first_due_at) <= max(
                promise.original_due for promise in ticket.promises.all()
            ) or (ticket.events.filter(verb="recategorise").exists() or ticket.raisings.count() > 1)

    # -- how ----------------------------------------------------------------------------------------------

    def ticket(self, which: int) -> Ticket | None:
        tickets = list(Ticket.objects.order_by("pk"))
        return tickets[which % len(tickets)] if tickets else None

    def attempt(self, step) -> None:
        try:
            with transaction.atomic():
                step()
        except StepRefused as refusal:
            assert str(refusal)
            self.refused += 1


def test_no_order_of_steps_breaks_an_invariant(town: Town):
    run_state_machine_as_test(
        type("Machine", (Concerns,), {"town": town}),
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
            derandomize=True,
            database=None,
        ),
    )


@pytest.mark.parametrize("guarded", [True, False])
def test_the_machine_sees_a_reminder_that_outlives_its_ticket(
    town: Town, monkeypatch: pytest.MonkeyPatch, guarded: bool
):
    """The control: the same steps without the guard leave a reminder behind, and the machine says so."""
    if not guarded:
        monkeypatch.setattr(reminders, "withdraw", lambda ticket: None)
    machine = type("Machine", (Concerns,), {"town": town})()
    try:
        machine.somebody_speaks(promised="2026-03-06", outcome="", category="light", person=None, joins=False)
        machine.time_passes(5 * 1440)
        machine.somebody_takes_a_step(verb="resolve", who="head", which=0, days=1, other=0)
        if guarded:
            machine.no_reminder_of_a_closed_ticket_waits()
        else:
            with pytest.raises(AssertionError):
                machine.no_reminder_of_a_closed_ticket_waits()
    finally:
        machine.teardown()
