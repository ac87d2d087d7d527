"""The diary of a matter as residents read it: plain steps, public notes, and no name of anybody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.models import FeedbackItem, Photo
from outbox.models import Message
from residents.veil import Veil
from tickets.actors import ActorKind
from tickets.lifecycle import Status
from tickets.models import Reminder, Ticket, TicketEvent
from wards.models import Post, Ward
from wards.templatetags.kopi import ward_date

MOST_LINES = 20
MOST_LETTERS = 6_000  # of all notes together, so that the page stays light on an old phone
MOST_OF_A_NOTE = 2_000

LOOKS = {
    "assign": ("user", ""),
    "start": ("construction", "work"),
    "wait": ("hourglass", "wait"),
    "resume": ("route", "work"),
    "refer": ("arrow-up-from-line", "esc"),
    "extend": ("calendar-clock", "wait"),
    "escalate": ("arrow-up-from-line", "esc"),
    "note": ("message-square", ""),
    "answer": ("message-square", "work"),
    "resolve": ("check", "done"),
    "confirm": ("thumbs-up", "done"),
    "lapse": ("clock", "done"),
    "decline": ("ban", "late"),
    "redirect": ("landmark", "wait"),
    "dispute": ("repeat", "late"),
    "appeal": ("repeat", "late"),
    "merge": ("merge", ""),
    "unmerge": ("split", ""),
}


@dataclass(frozen=True)
class Line:
    """One thing that happened: what, when, which post took the step, and what it wrote to the residents."""

    at: datetime
    text: str
    icon: str = "check"
    look: str = ""
    post: str = ""
    note: str = ""


@dataclass
class Diary:
    """The newest lines, and how many older ones the page leaves out."""

    lines: list[Line] = field(default_factory=list)
    older: int = 0


def standing_events(ticket: Ticket) -> list[TicketEvent]:
    """The steps of a ticket that were not taken back, oldest first; two statements, whatever their number."""
    events: list[TicketEvent] = []
    found = ticket.events.select_related("note", "post").prefetch_related("evidence__photo")
    for event in found:
        if event.verb == "undo":
            events = events[:-1]
        else:
            events.append(event)
    return events


def public_note(event: TicketEvent) -> str:
    """What a step says to the residents; empty for the notes of the house."""
    note = getattr(event, "note", None)
    return note.text if note is not None and note.public else ""


def evidence(events: Iterable[TicketEvent]) -> list[Photo]:
    """The photos by which public steps show what they claim."""
    return [shown.photo for event in events if public_note(event) for shown in event.evidence.all()]


def write(
    item: FeedbackItem, own: Ticket, leading: Ticket, events: Sequence[TicketEvent], veil: Veil
) -> Diary:
    """The diary of one slip, newest first: how it was recorded, the steps of the ticket that leads, the reminders."""
    posts = _Posts(leading, events)
    beginning = recorded(item)
    lines = [beginning, *_reminded(leading)]
    for event in events:
        text = _text(event, posts, item.ward)
        if text:
            icon, look = LOOKS.get(event.verb, ("user", ""))
            post = event.post.title if event.post and event.actor_kind == ActorKind.STAFF else ""
            note = veil.over(public_note(event))[:MOST_OF_A_NOTE]
            lines.append(Line(event.at, text, icon, look, post, note))
    if own.pk != leading.pk:
        merged = own.events.filter(verb="merge").last()
        if merged:
            text = _("Put together with the same matter of other residents.")
            lines.append(Line(merged.at, text, *LOOKS["merge"]))
    lines.reverse()  # of two steps in the same moment the later one stands above
    lines.sort(key=lambda line: line.at, reverse=True)
    return _shortened(lines, beginning)


def recorded(item: FeedbackItem) -> Line:
    """Where and when it was said."""
    text = _("Recorded.")
    if item.table:
        place = item.table.session.neighbourhood or item.table.session.venue
        text = _("Recorded at table %(number)s of the morning coffee, %(place)s.") % {
            "number": item.table.number,
            "place": place,
        }
    return Line(item.captured_at, text, "coffee")


class _Posts:
    """The titles of all posts that ever owned the ticket: one statement."""

    def __init__(self, leading: Ticket, events: Sequence[TicketEvent]) -> None:
        moves = [event.changes["owner"] for event in events if "owner" in event.changes]
        self._first = moves[0][0] if moves else leading.owner_id
        keys = {self._first, *(pk for move in moves for pk in move)}
        self._titles = dict(Post.objects.filter(pk__in=keys).values_list("pk", "title"))

    def first(self) -> str:
        """The one the ticket opened with."""
        return self._titles.get(self._first, "")

    def after(self, event: TicketEvent) -> str:
        """The one this step gave the ticket to; empty if it stayed where it was."""
        return self._titles.get(event.changes.get("owner", [None, None])[1], "")


def _text(event: TicketEvent, posts: _Posts, ward: Ward) -> str:
    """A step in plain words; empty for what only concerns the house."""
    note, owner = public_note(event), posts.after(event)
    match event.verb:
        case "open" if event.slip_id:
            return _("A resident did not accept the answer at the table. The matter is open.")
        case "open" if event.to_status == Status.ASSIGNED:
            return _("Assigned to: %(post)s.") % {"post": posts.first()}
        case "assign" | "escalate" if owner:
            return _("Assigned to: %(post)s.") % {"post": owner}
        case "assign":
            return _("Assigned.")
        case "start":
            return _("The work has begun.")
        case "wait":
            return _("A question to you:") if note else _("The work has to pause.")
        case "resume":
            return _("The work goes on.")
        case "refer":
            return _("Passed up by letter to a higher office.")
        case "extend":
            return _("The date moves to %(date)s:") % {"date": ward_date(_moved_to(event), ward)}
        case "note":
            return _("From the ward:") if note else ""
        case "answer":
            return _("Answer of the ward:")
        case "resolve":
            return _("Reported done:")
        case "decline":
            return _("The ward will not do this, for this reason:")
        case "redirect":
            return _("This goes another way:")
        case "confirm" if event.actor_kind == ActorKind.RESIDENT:
            return _("A resident confirmed that it is fixed.")
        case "confirm":
            return _("The office confirmed it on a resident's word.")
        case "lapse":
            return _("Closed, as nobody objected for 14 days.")
        case "dispute":
            return _("A resident says it is not fixed. The matter is open again.")
        case "appeal":
            return _("A resident disagreed. The matter is open again.")
    return ""


def _moved_to(event: TicketEvent) -> datetime:
    moved = event.changes.get("due_at", [None, None])[1]
    return datetime.fromisoformat(moved) if moved else event.at


def _reminded(leading: Ticket) -> list[Line]:
    """One line for all reminders that left: how often the ward was reminded, and when last."""
    rungs = (
        Reminder.objects.filter(ticket=leading, message__state=Message.State.SENT)
        .order_by()
        .values("round", "stage", "repeat")
        .annotate(last=Max("message__sent_at"))
    )
    sent = [rung["last"] for rung in rungs]
    if not sent:
        return []
    text = ngettext(
        "The ward was reminded %(count)s time.", "The ward was reminded %(count)s times.", len(sent)
    ) % {"count": len(sent)}
    return [Line(max(sent), text, "bell")]


def _shortened(lines: list[Line], beginning: Line) -> Diary:
    """The newest lines that fit; how the matter began always stays."""
    kept: list[Line] = []
    letters = 0
    for line in lines[:MOST_LINES]:
        letters += len(line.note)
        if letters > MOST_LETTERS and kept:
            break
        kept.append(line)
    if beginning not in kept:
        kept.append(beginning)
    return Diary(kept, older=len(lines) - len(kept))
