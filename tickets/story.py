"""What a ticket's page tells, read in a number of statements that does not grow with what it tells."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from feedback.models import Category, Contact, Photo
from outbox.models import Message
from tickets import ladder, routing
from tickets.actors import Actor, ActorKind
from tickets.lifecycle import STEPS, UNDO_WINDOW, WITH_RESULT, Role, Status
from tickets.models import Raising, Ticket, TicketEvent, Told, Verdict
from tickets.notices import key_of
from wards.access import Permission, PostKind
from wards.models import Post, User
from wards.templatetags.kopi import ward_date
from wards.workdays import NoWorkingDay, calendar_of

LOOKS = {  # how a step looks on the timeline
    "resolve": "done",
    "confirm": "done",
    "refer": "esc",
    "escalate": "esc",
    "decline": "late",
    "dispute": "late",
    "appeal": "late",
    "wait": "soon",
    "extend": "soon",
    "start": "work",
    "resume": "work",
    "assign": "work",
}
WITH_PHONE = [Told.How.CALL, Told.How.VISIT, Told.How.SESSION]  # what a person says, the rest is measured


@dataclass(frozen=True)
class Line:
    """One step of the ledger, in words."""

    event: TicketEvent
    label: str
    icon: str
    look: str
    who: str
    changes: list[str]
    text: str
    public: bool
    erased: bool
    photos: list[Photo]


@dataclass
class Voice:
    """What one resident raised, and what became of it with that resident. Never a name."""

    raising: Raising
    told: list[Told] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    contact: Contact | None = None  # only after it was read, and the reading logged
    has_contact: bool = False
    may_be_told: bool = False


@dataclass(frozen=True)
class NextReminder:
    """Which rung rings when, and for which posts."""

    at: datetime
    label: str
    posts: list[Post]


class Story:
    """One ticket as one person sees it at one moment."""

    def __init__(self, ticket: Ticket, user: User, at: datetime, *, read: Contact | None = None) -> None:
        self.ticket, self.user, self.at, self.read = ticket, user, at, read
        self.by = Actor.on(user, ticket)
        self.roles = self.by.roles_on(ticket) if self.by else frozenset()

    @property
    def overdue(self) -> bool:
        return self.ticket.is_overdue(self.at)

    @property
    def days_late(self) -> int:
        """Working days since the due day."""
        calendar = calendar_of(self.ticket.owner.office)
        return max(0, calendar.between(calendar.day_of(self.ticket.due_at), calendar.day_of(self.at)))

    @property
    def moved(self) -> bool:
        return self.ticket.due_at != self.ticket.first_due_at

    @cached_property
    def answers(self) -> User | None:
        return self.ticket.owner.answers_at(self.at)

    @property
    def why(self) -> str:
        return routing.explain(self.ticket)

    @property
    def works(self) -> bool:
        """Whether the reader works on it, and so may say that a resident was told."""
        return bool(self.roles & {Role.OWNER, Role.SUPERIOR, Role.CLERK})

    @property
    def may_read_contacts(self) -> bool:
        return self.user.standing.may(Permission.READ_CONTACTS, self.ticket.ward)

    @cached_property
    def next_reminder(self) -> NextReminder | None:
        at = self.ticket.next_reminder_at
        if at is None:
            return None
        chair = Post.objects.filter(kind=PostKind.CHAIR, office__ward=self.ticket.ward_id).first()
        try:
            rung = ladder.next_rung(
                self.ticket, calendar_of(self.ticket.owner.office), at - timedelta(microseconds=1)
            )
        except NoWorkingDay:
            return None
        return NextReminder(at, str(rung.stage.label), ladder.recipients(self.ticket, rung.stage, chair))

    @cached_property
    def undoable(self) -> TicketEvent | None:
        """The reader's own last step, as long as it can be taken back."""
        last = self.events[0] if self.events else None
        if last is None or last.verb in {"open", "undo"} or last.user_id != self.user.pk:
            return None
        if self.at - last.at > UNDO_WINDOW:
            return None
        sent = Message.objects.filter(
            about=self.ticket.number, key__startswith=key_of(last), state=Message.State.SENT
        )
        return None if sent.exists() else last

    # -- the ledger -------------------------------------------------------------------------------------

    @cached_property
    def events(self) -> list[TicketEvent]:
        """The steps, newest first."""
        return list(
            self.ticket.events.select_related("user", "post", "body", "slip", "note", "ticket")
            .prefetch_related("evidence__photo")
            .order_by("-position")
        )

    @cached_property
    def lines(self) -> list[Line]:
        names = _Names(self.events)
        return [self._line(event, names) for event in self.events]

    def since(self, version: int) -> list[Line]:
        """The steps taken after the page somebody acts on was read."""
        return [line for line in self.lines if line.event.position > version]

    def _line(self, event: TicketEvent, names: "_Names") -> Line:
        step = STEPS[event.verb]
        note = getattr(event, "note", None)
        return Line(
            event=event,
            label=str(step.label),
            icon=step.icon,
            look=LOOKS.get(event.verb, ""),
            who=_who(event),
            changes=names.differences(event, self.ticket),
            text=note.text if note else "",
            public=bool(note and note.public),
            erased=bool(event.digest and not note),
            photos=[evidence.photo for evidence in event.evidence.all()],
        )

    @property
    def after(self) -> list[Photo]:
        return [photo for line in self.lines for photo in line.photos]

    @property
    def before(self) -> list[Photo]:
        return [photo for voice in self.voices for photo in voice.raising.item.photos.all()]

    # -- the residents ----------------------------------------------------------------------------------

    @cached_property
    def voices(self) -> list[Voice]:
        raisings = list(
            self.ticket.all_raisings()
            .select_related("item__contact", "item__neighbourhood", "item__table", "ticket")
            .prefetch_related("item__photos")
        )
        told, verdicts = defaultdict(list), defaultdict(list)
        for row in Told.objects.filter(raising__in=raisings).order_by("pk"):
            told[row.raising_id].append(row)
        for verdict in Verdict.objects.filter(item__raising__in=raisings).order_by("round"):
            verdicts[verdict.item_id].append(verdict)
        return [self._voice(raising, told[raising.pk], verdicts[raising.item_id]) for raising in raisings]

    def _voice(self, raising: Raising, told: list[Told], verdicts: list[Verdict]) -> Voice:
        contact = getattr(raising.item, "contact", None)
        usable = contact if contact and contact.erased_at is None else None
        knows = any(row.at and row.round == self.ticket.round for row in told)
        return Voice(
            raising=raising,
            told=told,
            verdicts=verdicts,
            contact=self.read if self.read and usable and self.read.pk == usable.pk else None,
            has_contact=usable is not None,
            may_be_told=self.works and self.ticket.status in WITH_RESULT and not knows,
        )

    @cached_property
    def promises(self) -> list[Any]:
        return list(self.ticket.promises.select_related("post").order_by("original_due", "pk"))

    @cached_property
    def referrals(self) -> list[Any]:
        return list(self.ticket.referrals.select_related("letter__body").order_by("-pk"))

    @cached_property
    def merged(self) -> list[Ticket]:
        return list(self.ticket.merged.order_by("pk"))


class _Names:
    """The names behind the keys that changes hold: posts, categories, tickets; one statement for each kind."""

    def __init__(self, events: Iterable[TicketEvent]) -> None:
        keys: dict[str, set[int]] = defaultdict(set)
        for event in events:
            for name in ("owner", "category", "merged_into"):
                keys[name] |= {key for key in event.changes.get(name, []) if isinstance(key, int)}
        self.posts = Post.objects.in_bulk(keys["owner"])
        self.categories = Category.objects.in_bulk(keys["category"])
        self.tickets = Ticket.objects.in_bulk(keys["merged_into"])

    def differences(self, event: TicketEvent, ticket: Ticket) -> list[str]:
        """What a step changed, in words."""
        found: list[str] = []
        if event.verb == "undo":
            undone = STEPS.get(event.changes.get("undone", ""))
            if undone:
                found.append(_("“%(step)s” was taken back.") % {"step": undone.label})
        if event.from_status and event.from_status != event.to_status:
            found.append(
                _("Status: %(before)s → %(after)s")
                % {"before": Status(event.from_status).label, "after": Status(event.to_status).label}
            )
        before, after = event.changes.get("owner", [None, None])
        if before != after and before:
            found.append(
                _("Owner: %(before)s → %(after)s")
                % {"before": self.posts.get(before, "–"), "after": self.posts.get(after, "–")}
            )
        before, after = event.changes.get("due_at", [None, None])
        if before and after:
            found.append(
                _("Due: %(before)s → %(after)s")
                % {
                    "before": ward_date(parse_datetime(before), ticket.ward),
                    "after": ward_date(parse_datetime(after), ticket.ward),
                }
            )
        before, after = event.changes.get("category", [None, None])
        if before != after:
            found.append(
                _("Category: %(before)s → %(after)s")
                % {"before": self.categories.get(before, "–"), "after": self.categories.get(after, "–")}
            )
        _before, after = event.changes.get("merged_into", [None, None])
        if after in self.tickets:
            found.append(_("Merged into %(number)s") % {"number": self.tickets[after]})
        return found


def _who(event: TicketEvent) -> str:
    match event.actor_kind:
        case ActorKind.STAFF:
            if event.user and event.post:
                return _("%(person)s for “%(post)s”") % {"person": event.user, "post": event.post}
            return str(event.user or event.post or "")
        case ActorKind.RESIDENT:
            return _("A resident, with the slip") if event.slip_id else _("A resident")
        case ActorKind.BODY:
            return str(event.body or _("An outside body"))
        case ActorKind.CLOCK:
            return _("The clock, by itself")
    return _("Brought in from elsewhere")
