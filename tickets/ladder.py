"""The ladder of reminders as arithmetic: which rung of a ticket is reached when, and who hears of it.

Rungs by working days of the owner's office: half-time (skipped under 4 days) → due → 2 late → 5 late →
every 5 until it is closed. While a letter is unanswered only its own clock rings, every 10 working days.
All fall on 08:00 of a working day in the ward's time zone; a due date on a day off reminds the working day before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING

from tickets.lifecycle import Status
from tickets.models.reminder import Stage
from wards.access import PostKind
from wards.models import Post
from wards.workdays import Calendar

if TYPE_CHECKING:
    from tickets.models import Ticket

HALF_TIME_FROM = 4  # working days; a shorter term has no half-time
CHASE_DAYS = 10  # working days between two looks after a letter


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: the `repeat`-th of its stage, reached at `at`."""

    stage: Stage
    repeat: int
    at: datetime


def rungs(ticket: "Ticket", calendar: Calendar) -> Iterator[Rung]:
    """The rungs of the ticket's present round in the order of time, without end."""
    start = calendar.day_of(ticket.clock_from)
    if ticket.status == Status.PASSED_UP:
        for turn in count():
            yield Rung(Stage.CHASE, turn, calendar.morning(calendar.add(start, CHASE_DAYS * (turn + 1))))
    due = calendar.day_of(ticket.due_at)
    term = calendar.between(start, due)
    if term >= HALF_TIME_FROM:
        yield Rung(Stage.HALF_TIME, 0, calendar.morning(calendar.add(start, term // 2)))
    yield Rung(Stage.DUE, 0, calendar.morning(calendar.on_or_before(due)))
    yield Rung(Stage.TWO_LATE, 0, calendar.morning(calendar.add(due, 2)))
    day = calendar.add(due, 5)
    yield Rung(Stage.FIVE_LATE, 0, calendar.morning(day))
    for turn in count(1):
        day = calendar.add(day, 5)
        yield Rung(Stage.REPEAT, turn, calendar.morning(day))


def next_rung(ticket: "Ticket", calendar: Calendar, after: datetime) -> Rung:
    """The first rung reached later than `after`."""
    return next(rung for rung in rungs(ticket, calendar) if rung.at > after)


def reached(ticket: "Ticket", calendar: Calendar, since: datetime, at: datetime) -> list[Rung]:
    """The rungs from `since` up to `at`, both included."""
    found: list[Rung] = []
    for rung in rungs(ticket, calendar):
        if rung.at > at:
            return found
        if rung.at >= since:
            found.append(rung)
    return found


def recipients(ticket: "Ticket", stage: Stage, chair: Post | None) -> list[Post]:
    """The posts that hear of `stage`: the owner and whoever promised, then the head of division, then the Chair.

    A confidential matter climbs only along the owner's own superiors.
    """
    posts = [ticket.owner]
    if stage in {Stage.HALF_TIME, Stage.CHASE} or ticket.confidential:
        promisers: list[Post] = []
    else:
        promisers = [promise.post for promise in ticket.promises.all()]
    posts += promisers
    above = ticket.owner.superiors()
    if stage == Stage.TWO_LATE:
        head = next(
            (post for post in above if post.kind == PostKind.DIVISION_HEAD), above[0] if above else None
        )
        posts += [head] if head else []
    if stage in {Stage.FIVE_LATE, Stage.REPEAT}:
        top = chair if not ticket.confidential else (above[-1] if above else None)
        posts += [top] if top else []
    return list({post.pk: post for post in posts}.values())
