"""Messages about single steps: to the post that has to act, to the residents who asked to be told."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings

from feedback.models import Contact, Slip
from outbox import planning
from outbox.models import Message
from tickets.actors import Actor
from tickets.lifecycle import UNDO_WINDOW
from wards.models import Post

if TYPE_CHECKING:
    from tickets.models import Raising, Ticket, TicketEvent


def key_of(event: "TicketEvent") -> str:
    """What the keys of all messages about one step begin with."""
    return f"{event.ticket.number}:{event.position}:"


def to_post(
    ticket: "Ticket", post: Post, what: str, *, event: "TicketEvent", by: Actor, at: datetime
) -> Message | None:
    """Tell whoever answers for `post`, unless that is the one who acted. It leaves when undo is no longer possible."""
    if by.quiet:
        return None
    person = post.answers_at(at)
    if person is None or (by.user and person.pk == by.user.pk):
        return None
    return planning.mail(
        key=f"{key_of(event)}{what}:{person.pk}",
        about=ticket.number,
        ward=ticket.ward,
        to=person,
        language=person.language or ticket.ward.language,
        template=f"tickets/email/{what}",
        context={
            "ticket": ticket,
            "post": post,
            "person": person,
            "event": event,
            "url": settings.PUBLIC_URL,
        },
        at=at,
        send_after=at + UNDO_WINDOW if by.user else at,
    )


def reachable(ticket: "Ticket") -> Iterator["Raising"]:
    """Raisings whose resident somebody can reach: by call, visit or mail."""
    raisings = (
        ticket.all_raisings().filter(item__contact__erased_at__isnull=True).select_related("item__contact")
    )
    return (
        raising
        for raising in raisings.exclude(item__contact__isnull=True)
        if raising.item.contact.can_be_reached
    )


def to_residents(
    ticket: "Ticket", what: str, *, event: "TicketEvent", by: Actor, at: datetime, text: str
) -> list[tuple["Raising", Message]]:
    """Write to every resident of the ticket who asked for mail, with the link of the own slip."""
    if by.quiet:
        return []
    return [
        (raising, to_resident(ticket, raising, what, event=event, at=at, text=text))
        for raising in reachable(ticket)
        if raising.item.contact.reach == Contact.Reach.MAIL and raising.item.contact.email
    ]


def to_resident(
    ticket: "Ticket", raising: "Raising", what: str, *, event: "TicketEvent", at: datetime, text: str
) -> Message:
    item = raising.item
    slip = Slip.objects.filter(item=item, revoked_at__isnull=True).order_by("-pk").first()
    return planning.mail(
        key=f"{key_of(event)}{what}:item{item.pk}",
        about=ticket.number,
        ward=ticket.ward,
        address=item.contact.email,
        language=item.language or ticket.ward.language,
        template=f"tickets/email/resident_{what}",
        context={"ticket": ticket, "item": item, "slip": slip, "text": text, "url": settings.PUBLIC_URL},
        at=at,
        send_after=at + UNDO_WINDOW,
    )


def take_back(ticket: "Ticket", event: "TicketEvent") -> bool:
    """Cancel every message about one step and what hangs on it. False if somebody was told already."""
    from tickets.models import Referral, Told, Verdict

    messages = Message.objects.filter(about=ticket.number, key__startswith=key_of(event))
    if (
        messages.filter(state=Message.State.SENT).exists()
        or messages.filter(lease_until__isnull=False).exists()
    ):
        return False
    if Told.objects.filter(raising__in=ticket.all_raisings(), round=event.round, at__gte=event.at).exists():
        return False
    Told.objects.filter(message__in=messages).delete()
    messages.cancel("undone")
    if event.verb == "refer":
        # The step's own letter is the ticket's newest; its day is no key, as UTC's and the ward's may differ.
        latest = Referral.objects.filter(ticket=ticket, answered_at__isnull=True).order_by("-pk").first()
        if latest:
            latest.delete()
    if event.verb == "confirm":
        Verdict.objects.filter(ticket=ticket, round=event.round, by_clerk=event.user_id).delete()
    return True
