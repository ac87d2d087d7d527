"""Making rows ready to be shown: what a list needs beside the row, fetched for the whole page at once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from feedback.models import FeedbackItem
from tickets import figures
from tickets.models import Promise, Raising, Ticket, Verdict
from tickets.scope import Scope
from wards.access import Permission
from wards.models import Post, User
from wards.workdays import Calendar

SOON_DAYS = 3  # working days ahead that count as soon


def seen_by(user: User, rows: figures.Rows) -> figures.Rows:
    """The rows of a figure that `user` may read, with what their lines show."""
    tickets = Ticket.objects.visible_to(user).values("pk")
    model = rows.model
    if model is Ticket:
        return rows.filter(pk__in=tickets).select_related("neighbourhood", "category", "owner")
    if model is Promise:
        return rows.filter(ticket__in=tickets).select_related(
            "post", "ticket__neighbourhood", "ticket__owner", "ticket__merged_into__owner", "ticket__category"
        )
    items = FeedbackItem.objects.visible_to(user).values("pk")
    if model is FeedbackItem:
        return rows.filter(pk__in=items).select_related("neighbourhood", "category", "raising__ticket__owner")
    both = rows.filter(Q(item__in=items) | Q(ticket__in=tickets))
    if model is Verdict:
        return both.select_related("item__category", "item__neighbourhood", "ticket__owner")
    return both.select_related(
        "item__category", "ticket__neighbourhood", "ticket__owner", "ticket__merged_into__owner"
    )


ORDERS: dict[type, tuple[str, ...]] = {
    FeedbackItem: ("-captured_at", "-id"),
    Ticket: ("due_at", "id"),
    Promise: ("original_due", "id"),
    Verdict: ("-at", "-id"),
    Raising: ("-at", "-id"),
}


def order_of(rows: figures.Rows) -> tuple[str, ...]:
    """In which order the rows of a figure are turned."""
    return ORDERS[rows.model]


def ready(
    tickets: "Iterable[Ticket]", calendar: Calendar, at: datetime, own: Iterable[Post] = ()
) -> list[Ticket]:
    """Tickets with `state_now` (late, soon, or empty), `late_days`, the working days past the due date,
    and `owner_name`, the owner's title unless it is one of the `own` posts."""
    mine = {post.pk for post in own}
    today = calendar.day_of(at)
    soon = soon_until(calendar, at)
    shown = list(tickets)
    for ticket in shown:
        late = ticket.is_overdue(at)
        ticket.owner_name = "" if ticket.owner_id in mine else ticket.owner.title  # type: ignore[attr-defined]
        ticket.state_now = (  # type: ignore[attr-defined]
            "late" if late else "soon" if ticket.is_open and ticket.due_at <= soon else ""
        )
        ticket.late_days = (  # type: ignore[attr-defined]
            calendar.between(calendar.day_of(ticket.due_at), today) if late else 0
        )
    return shown


def soon_until(calendar: Calendar, at: datetime) -> datetime:
    """The end of the working days that count as soon."""
    return calendar.due(at, SOON_DAYS)


def scopes_of(user: User) -> dict[str, Scope]:
    """What of which ward `user` may see figures of, by ward code: the whole, one's offices or one's streets."""
    standing = user.standing
    found: dict[str, Scope] = {}
    for ward in standing.wards:
        offices = {
            post.office_id: post.office.kind
            for post in standing.posts_that_may(Permission.READ_OFFICE, ward)
            if standing.may(Permission.LEAD, ward)
        }
        streets = {
            post.neighbourhood_id
            for post in standing.posts_that_may(Permission.READ_NEIGHBOURHOOD, ward)
            if post.neighbourhood_id
        }
        if standing.may(Permission.READ_WARD, ward):
            found[ward.code] = Scope(ward)
        elif offices:
            found[ward.code] = Scope(ward, offices=set(offices), office_kinds=set(offices.values()))
        elif streets:
            found[ward.code] = Scope(ward, neighbourhoods=streets)
    return found


def tickets_of(rows: QuerySet[Ticket]) -> QuerySet[Any]:
    """What the line of a ticket shows."""
    return figures.with_raisings(rows).select_related("ward", "neighbourhood", "category", "owner")
