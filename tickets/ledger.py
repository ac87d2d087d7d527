"""Writing into the ledger: the ticket and its event change together, or not at all."""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django.db import models

from feedback.models import Photo
from tickets.actors import Actor

if TYPE_CHECKING:
    from tickets.models import EventNote, Ticket, TicketEvent


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
        field = cast("models.Field[Any, Any]", ticket._meta.get_field(name))
        old = getattr(ticket, field.attname)
        setattr(ticket, name, value)
        new = getattr(ticket, field.attname)
        if old != new:
            differences[name] = [_plain(old), _plain(new)]
            fields.append(name)
    ticket.version += 1
    ticket.next_reminder_at = None if by.quiet else reminders.next_at(ticket, after=at)
    if ticket.pk is None:
        ticket.save()
    else:
        ticket.keep(*fields, "version", "next_reminder_at")
    salt = secrets.token_hex(16) if note.strip() else ""
    event = TicketEvent(
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
    pages = _pages.get()
    if pages is not None:
        assert not photos  # evidence needs the event at once
        pages.add(event, note.strip(), public, salt)
        return event
    event.save()
    if salt:
        _write_note(event, note.strip(), public, salt)
    for photo in photos:
        event.evidence.create(photo=photo)
    return event


def _write_note(event: "TicketEvent", text: str, public: bool, salt: str) -> None:
    from tickets.models import EventNote

    EventNote.objects.create(event=event, text=text, public=public, salt=salt)


class Pages:
    """Events that are not written yet: those of many tickets go into the database with one statement."""

    def __init__(self) -> None:
        self.events: list[TicketEvent] = []
        self.notes: list[EventNote] = []

    def add(self, event: "TicketEvent", text: str, public: bool, salt: str) -> None:
        from tickets.models import EventNote

        self.events.append(event)
        if salt:
            self.notes.append(EventNote(event=event, text=text, public=public, salt=salt))

    @contextmanager
    def or_nothing(self) -> Iterator[None]:
        """Forget what was added inside if it fails, as the savepoint around it does."""
        events, notes = len(self.events), len(self.notes)
        try:
            yield
        except BaseException:
            del self.events[events:], self.notes[notes:]
            raise

    def write(self) -> None:
        from tickets.models import EventNote, TicketEvent

        TicketEvent.objects.bulk_create(self.events)
        for note in self.notes:
            note.event_id = note.event.pk
        EventNote.objects.bulk_create(self.notes)


_pages: ContextVar[Pages | None] = ContextVar("pages", default=None)


@contextmanager
def together() -> Iterator[Pages]:
    """Inside, events wait and are written when the block ends; stay within one transaction.

    For imports: meanwhile the tickets are there without their events, so verbs that look back (extend,
    unmerge, undo) are not for this block.
    """
    pages = Pages()
    token = _pages.set(pages)
    try:
        yield pages
        pages.write()
    finally:
        _pages.reset(token)


def digest(text: str, salt: str) -> str:
    """SHA-256 of the salted text, hexadecimal: proves a note without keeping it."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def before(event: "TicketEvent") -> dict[str, Any]:
    """The values the event's step replaced, ready to be set again."""
    values: dict[str, Any] = {}
    for name, difference in event.changes.items():
        if name == "undone":
            continue
        field = cast("models.Field[Any, Any]", event.ticket._meta.get_field(name))
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
