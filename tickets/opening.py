"""From what a resident said to a ticket: opening one, or joining one that is there."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from feedback.models import FeedbackItem, Kind, Outcome
from tickets import ledger, notices, routing
from tickets.actors import Actor
from tickets.lifecycle import RETURN_DAYS, Status, StepRefused
from tickets.models import NumberSeries, Promise, Raising, Ticket
from wards.models import Post
from wards.workdays import calendar_of


@dataclass(frozen=True)
class PromiseMade:
    """What was promised at the table: by which post, until which day, in which words."""

    post: Post
    due: date
    words: str = ""


def follow_up(
    item: FeedbackItem,
    *,
    by: Actor,
    at: datetime,
    promise: PromiseMade | None = None,
    joins: Ticket | None = None,
) -> Ticket | None:
    """Open the ticket that the item's outcome asks for, or let the item join `joins`.

    Answered, fixed and advised at the table need none; promised goes to the post that answers for it;
    noted and passed up wait in the ward's inbox for the clerk.
    """
    if joins is not None:
        return join(item, joins, at=at, promise=promise)
    if item.is_on_the_spot:
        return None
    return _open(item, by=by, at=at, promise=promise)


def dispute_on_the_spot(item: FeedbackItem, *, by: Actor, at: datetime, words: str = "") -> Ticket:
    """A resident denies what was settled at the table: a ticket opens, due in 3 working days, and the superior hears."""
    with transaction.atomic():
        item = FeedbackItem.objects.select_for_update().get(pk=item.pk)
        if item.disputed_at or Raising.objects.filter(item=item).exists():
            raise StepRefused(_("Your answer is already recorded. Thank you."))
        item.disputed_at = at
        item.save(update_fields=["disputed_at"])
        ticket = _open(item, by=by, at=at, words=words, days=RETURN_DAYS)
        if ticket.owner.superior:
            event = ticket.events.get(position=1)
            notices.to_post(ticket, ticket.owner.superior, "reopened", event=event, by=by, at=at)
        return ticket


@transaction.atomic
def join(item: FeedbackItem, ticket: Ticket, *, at: datetime, promise: PromiseMade | None = None) -> Ticket:
    """Add one more resident to a ticket of the same ward; the resident keeps own words and slip."""
    ticket = ticket.leading
    if ticket.ward_id != item.ward_id or ticket.confidential:
        raise StepRefused(_("This concern cannot join that ticket."))
    Raising.objects.create(item=item, ticket=ticket, at=at)
    _promise(ticket, item, promise, at)
    return ticket


@transaction.atomic(savepoint=False)
def _open(
    item: FeedbackItem,
    *,
    by: Actor,
    at: datetime,
    promise: PromiseMade | None = None,
    words: str = "",
    days: int | None = None,
) -> Ticket:
    waits_for_clerk = item.outcome in {Outcome.NOTED, Outcome.PASSED_UP} and item.kind != Kind.CONDUCT
    suggested = routing.answerable(item.ward, item.category, item.neighbourhood, about=item.about)
    route = routing.inbox(item.ward) if waits_for_clerk else suggested
    calendar = calendar_of(route.post.office)
    due = calendar.due(at, days) if days else routing.due_at(item.ward, route.post, item.category, at)
    if promise:
        due = min(due, calendar.end_of(promise.due))
    reason: dict[str, Any] = route.reason
    if waits_for_clerk and suggested.post.pk != route.post.pk:
        reason = reason | {"suggested": suggested.post.pk}
    ticket = Ticket(
        number=NumberSeries.next_number(item.ward, at),
        ward=item.ward,
        neighbourhood=item.neighbourhood,
        category=item.category,
        title=item.title[:200],
        owner=route.post,
        route=reason,
        status=Status.RECORDED if waits_for_clerk or route.reason["by"] == "inbox" else Status.ASSIGNED,
        opened_at=at,
        clock_from=at,
        due_at=due,
        first_due_at=due,
        about=item.about,
        confidential=item.kind == Kind.CONDUCT or bool(item.category and item.category.confidential),
    )
    event = ledger.write(ticket, "open", by=by, at=at, changes={}, note=words)
    Raising.objects.create(item=item, ticket=ticket, at=at)
    _promise(ticket, item, promise, at)
    notices.to_post(ticket, ticket.owner, "assigned", event=event, by=by, at=at)
    return ticket


def _promise(ticket: Ticket, item: FeedbackItem, promise: PromiseMade | None, at: datetime) -> None:
    if promise:
        Promise.objects.create(
            ticket=ticket,
            ward_id=ticket.ward_id,
            post=promise.post,
            item=item,
            words=promise.words,
            original_due=promise.due,
            made_at=at,
        )
