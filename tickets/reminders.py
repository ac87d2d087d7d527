"""Reminders until a matter is closed. A reminder is a row with a unique key: the plan and the proof.

Any number of planners may run at once, late, or twice: the database keeps one row for each rung and
recipient, and after an outage only the latest rung rings.
"""

import hashlib
import logging
from collections import defaultdict
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from outbox import planning
from outbox.models import Message
from tickets import ladder
from tickets.models import Reminder, Ticket
from tickets.models.reminder import Stage
from wards.access import PostKind
from wards.models import Post, User
from wards.workdays import Calendar, NoWorkingDay, calendar_of

logger = logging.getLogger(__name__)
BATCH = 500


def next_at(ticket: Ticket, *, after: datetime) -> datetime | None:
    """When the ticket reminds next; None once it is closed."""
    if not ticket.is_open:
        return None
    return ladder.next_rung(ticket, calendar_of(ticket.owner.office), after).at


def schedule(ticket: Ticket, *, at: datetime) -> None:
    """Start the clock of a ticket that was brought in quietly: it reminds from `at` on, never about the past."""
    ticket.next_reminder_at = next_at(ticket, after=at)
    ticket.save(update_fields=["next_reminder_at"])


def withdraw(ticket: Ticket) -> None:
    """Take back what is on its way about a ticket that was just closed or reopened.

    A digest that other tickets share is taken back too, and their reminders wait for the next digest.
    """
    rows = Reminder.objects.filter(ticket=ticket, state=Reminder.State.PLANNED)
    digests = list(
        rows.filter(message__state=Message.State.PLANNED).values_list("message", flat=True).distinct()
    )
    if digests:
        Message.objects.filter(pk__in=digests).cancel("closed")
        Reminder.objects.filter(message__in=digests).update(message=None)
    rows.filter(message__isnull=True).update(state=Reminder.State.CANCELLED)
    Message.objects.filter(about=ticket.number).cancel("closed")


def restore(ticket: Ticket) -> None:
    """Let the reminders that a withdrawn step had taken back ring after all."""
    Reminder.objects.filter(
        ticket=ticket, round=ticket.round, state=Reminder.State.CANCELLED, message__isnull=True
    ).update(state=Reminder.State.PLANNED)


def plan(*, at: datetime) -> int:
    """Plan every reminder due by `at`, and write each person's into one message. Returns the reminders planned."""
    planned = 0
    while True:
        looked_at, rows = _plan_batch(at)
        planned += rows
        if looked_at < BATCH:
            break
    while _write_digests(at) == BATCH:
        pass
    return planned


@transaction.atomic
def _plan_batch(at: datetime) -> tuple[int, int]:
    due = list(
        Ticket.objects.filter(next_reminder_at__lte=at)
        .select_related("ward", "owner__office__ward", "owner__superior__superior__superior")
        .prefetch_related("promises__post")
        .order_by("next_reminder_at")
        .select_for_update(skip_locked=True, of=("self",))[:BATCH]
    )
    calendars: dict[int, Calendar] = {}
    chairs = _chairs({ticket.ward_id for ticket in due})
    rows: list[Reminder] = []
    for ticket in due:
        calendar = calendars.setdefault(ticket.owner.office_id, calendar_of(ticket.owner.office))
        try:
            rows += _rows(ticket, calendar, chairs.get(ticket.ward_id), at)
            ticket.next_reminder_at = ladder.next_rung(ticket, calendar, at).at
        except NoWorkingDay:
            # One broken calendar must not silence the others; look again tomorrow.
            logger.exception("No working day for ticket %s", ticket.number)
            ticket.next_reminder_at = at + timedelta(days=1)
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    Ticket.objects.bulk_update(due, ["next_reminder_at"])
    return len(due), sum(row.state == Reminder.State.PLANNED for row in rows)


def _chairs(wards: set[int]) -> dict[int, Post]:
    chairs = Post.objects.filter(kind=PostKind.CHAIR, office__ward__in=wards).select_related("office")
    return {post.office.ward_id: post for post in chairs if post.office.ward_id}


def _rows(ticket: Ticket, calendar: Calendar, chair: Post | None, at: datetime) -> list[Reminder]:
    """One planned row per recipient of the latest rung, and skipped rows for those an outage swallowed."""
    assert ticket.next_reminder_at is not None
    found = ladder.reached(ticket, calendar, ticket.next_reminder_at, at)
    return [
        Reminder(
            ticket=ticket,
            ward_id=ticket.ward_id,
            round=ticket.round,
            stage=rung.stage,
            repeat=rung.repeat,
            recipient=post,
            due_at=rung.at,
            planned_at=at,
            state=Reminder.State.PLANNED if rung is found[-1] else Reminder.State.SKIPPED,
        )
        for rung in found
        for post in ladder.recipients(ticket, rung.stage, chair)
    ]


@transaction.atomic
def _write_digests(at: datetime) -> int:
    """One message per person for the reminders that have none yet. Returns how many rows it looked at."""
    rows = list(
        Reminder.objects.filter(message__isnull=True, state=Reminder.State.PLANNED)
        .filter(Q(planned_at__lte=at))
        .select_related("ticket__ward", "ticket__category", "recipient__office__ward")
        .prefetch_related("ticket__promises")
        .order_by("pk")
        .select_for_update(skip_locked=True, of=("self",))[:BATCH]
    )
    people: dict[int, User | None] = {}
    piles: dict[User, list[Reminder]] = defaultdict(list)
    for row in rows:
        if row.recipient_id not in people:
            people[row.recipient_id] = row.recipient.answers_at(at)
        person = people[row.recipient_id]
        if person is not None:
            piles[person].append(row)
    for person, pile in piles.items():
        message = _digest(person, pile, at)
        Reminder.objects.filter(pk__in=[row.pk for row in pile]).update(message=message)
    return len(rows) if piles else 0


def _digest(person: User, pile: list[Reminder], at: datetime) -> Message:
    latest = {row.ticket_id: row for row in pile}  # two posts of one person are told once
    ward = pile[0].ticket.ward
    key = hashlib.sha256(",".join(str(row.pk) for row in pile).encode()).hexdigest()[:40]
    numbers = {row.ticket.number for row in pile}
    return planning.mail(
        key=f"reminders:{key}",
        about=numbers.pop() if len(numbers) == 1 else "",
        ward=ward,
        to=person,
        language=person.language or ward.language,
        template="tickets/email/reminders",
        context={
            "person": person,
            "rows": sorted(latest.values(), key=lambda row: row.ticket.due_at),
            "stages": Stage,
            "url": settings.PUBLIC_URL,
        },
        at=at,
        send_after=at,
    )
