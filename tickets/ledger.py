"""Writing into the ledger: the ticket and its event change together, or not at all."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models

from feedback.models import Photo
from tickets.actors import Actor

if TYPE_CHECKING:
    from tickets.models import Ticket, TicketEvent


def write(
    ticket: "Ticket",
    verb: str,
    *,
    by: Actor,
    at: datetime,
    changes: dict[str, Any],
    note: str = "",
    public: bool = False,
    photos: Sequence[Photo] = (),
    undone: str = "",
) -> "TicketEvent":
    """Apply `changes` to a locked ticket and append the event that says so.

    The reminder clock follows in the same write, so that no reader ever sees one without the other.
    """
    from tickets import reminders
    from tickets.models import TicketEvent

    from_status = ticket.status if ticket.version else ""
    differences: dict[str, Any] = {"undone": undone} if undone else {}
    fields = []
    for name, value in changes.items():
        field = ticket._meta.get_field(name)
        old = getattr(ticket, field.attname)
        setattr(ticket, name, value)
        new = getattr(ticket, field.attname)
        if old != new:
            differences[name] = [_plain(old), _plain(new)]
            fields.append(name)
    ticket.version += 1
    ticket.next_reminder_at = None if by.quiet else reminders.next_at(ticket, after=at)
    ticket.save(update_fields=[*fields, "version", "next_reminder_at"] if ticket.pk else None)
    salt = secrets.token_hex(16) if note.strip() else ""
    event = TicketEvent.objects.create(
        ticket=ticket,
        ward_id=ticket.ward_id,
        position=ticket.version,
        verb=verb,
        from_status=from_status,
        to_status=ticket.status,
        round=ticket.round,
        actor_kind=by.kind,
        user=by.user,
        post=by.post,
        slip=by.slip,
        body=by.body,
        at=at,
        digest=digest(note.strip(), salt) if salt else "",
        changes=differences,
    )
    if salt:
        _write_note(event, note.strip(), public, salt)
    for photo in photos:
        event.evidence.create(photo=photo)
    return event


def _write_note(event: "TicketEvent", text: str, public: bool, salt: str) -> None:
    from tickets.models import EventNote

    EventNote.objects.create(event=event, text=text, public=public, salt=salt)


def digest(text: str, salt: str) -> str:
    """SHA-256 of the salted text, hexadecimal: proves a note without keeping it."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def before(event: "TicketEvent") -> dict[str, Any]:
    """The values the event's step replaced, ready to be set again."""
    values: dict[str, Any] = {}
    for name, difference in event.changes.items():
        if name == "undone":
            continue
        field = event.ticket._meta.get_field(name)
        values[field.attname if isinstance(field, models.ForeignKey) else name] = field.to_python(
            difference[0]
        )
    return values


def _plain(value: Any) -> Any:
    return (
        value.isoformat()
        if isinstance(value, datetime)
        else str(value)
        if isinstance(value, models.TextChoices)
        else value
    )
