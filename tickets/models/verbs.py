"""The verbs of a ticket: one method per row of the lifecycle table, each one transaction."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from django.db import transaction
from django.utils.translation import gettext as _

from feedback.models import Category, FeedbackItem, Kind, Photo
from tickets.actors import Actor
from tickets.lifecycle import (
    LAPSE_DAYS,
    OPEN,
    RETURN_DAYS,
    STEPS,
    UNDO_WINDOW,
    WAIT_DAYS,
    Role,
    Status,
    Step,
    StepRefused,
)
from wards.access import MAY, Permission
from wards.models import Body, Post
from wards.workdays import Calendar, calendar_of

if TYPE_CHECKING:
    from tickets.models import Ticket, TicketEvent, Verdict

S = TypeVar("S", bound="Verbs")
P = ParamSpec("P")
R = TypeVar("R")


def verb(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """One transaction, and one look at the row: whatever the verb calls works on the same locked ticket."""

    @wraps(method)
    def take(ticket: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if ticket._held:
            return method(ticket, *args, **kwargs)
        with transaction.atomic(), ticket.held():
            return method(ticket, *args, **kwargs)

    return take


class Verbs:
    """What can be done with a ticket. Every method either takes the step whole or raises StepRefused."""

    _held = False  # this object is the row as the database has it, and nobody else can change it
    _newborn = False  # stored by this very transaction: nobody else can see it, nothing was planned about it
    _changed: frozenset[str] = frozenset()  # fields of a newborn that are saved once, when the block ends

    # -- the shared step --------------------------------------------------------------------------------

    @contextmanager
    def held(self, *, newborn: bool = False) -> Iterator[None]:
        """Inside, this object is the ticket as the database has it, locked until the transaction ends.

        Verbs inside neither read the row again nor have a savepoint of their own: if one fails, the whole block
        fails. `newborn` says that this very transaction stored the ticket from this object, so that not even
        the first look is needed.
        """
        ticket = cast("Ticket", self)
        if not newborn:
            ticket.refresh_from_db(from_queryset=type(ticket).objects.select_for_update())
        self._held, self._newborn = True, newborn
        try:
            yield
            if self._changed:
                ticket.save(update_fields=self._changed)
        finally:
            self._held = self._newborn = False
            self._changed = frozenset()

    def keep(self, *fields: str) -> None:
        """Save these fields: at once, or with all others when the block around a newborn ends."""
        if self._newborn:
            self._changed |= {*fields}
        else:
            cast("Ticket", self).save(update_fields=fields)

    def _step(
        self,
        verb: str,
        *,
        by: Actor,
        at: datetime,
        note: str = "",
        public: bool = False,
        photos: Sequence[Photo] = (),
        target: Status | None = None,
        **changes: Any,
    ) -> "TicketEvent":
        """Check the row of the table, change the held ticket, write the event; messages follow in the caller's transaction."""
        from tickets import ledger, reminders

        ticket = cast("Ticket", self)
        step = STEPS[verb]
        ticket._check(step, by)
        before = Status(ticket.status)
        after = target or step.target or before
        if before in {Status.WAITING, Status.PASSED_UP} and after != before:
            changes = ticket._end_pause(at) | changes
        if "due_at" in changes and changes["due_at"] != ticket.due_at:
            changes |= {"round": ticket.round + 1, "clock_from": at}
        changes["status"] = after
        event = ledger.write(
            ticket, verb, by=by, at=at, changes=changes, note=note, public=public, photos=photos
        )
        if (before in OPEN) != (after in OPEN) and not self._newborn:
            reminders.withdraw(ticket)
        return event

    def _check(self, step: Step, by: Actor) -> None:
        ticket = cast("Ticket", self)
        if ticket.status not in step.sources:
            raise StepRefused(
                _(
                    "“%(step)s” is not possible now: the ticket is “%(status)s”. Somebody may have been quicker."
                )
                % {"step": step.label, "status": Status(ticket.status).label}
            )
        if not (step.roles & by.roles_on(ticket)):
            raise StepRefused(_("“%(step)s” is not yours to do on this ticket.") % {"step": step.label})

    @property
    def calendar(self) -> Calendar:
        """The working days of the owner's office."""
        return calendar_of(cast("Ticket", self).owner.office)

    def _end_pause(self, at: datetime) -> dict[str, Any]:
        """What changes when a wait or a referral ends: the due date comes back, moved by what the rules allow."""
        ticket = cast("Ticket", self)
        due = ticket.paused_due_at or ticket.due_at
        if ticket.status == Status.PASSED_UP:
            due = max(due, self.calendar.due(at, RETURN_DAYS))
        elif ticket.waiting_for_resident and ticket.waiting_since:
            day = self.calendar.day_of
            due = self.calendar.end_of(
                self.calendar.add(day(due), self.calendar.between(day(ticket.waiting_since), day(at)))
            )
        return {
            "due_at": due,
            "paused_due_at": None,
            "waiting_since": None,
            "waiting_until": None,
            "waiting_for_resident": False,
        }

    def allowed(self, by: Actor) -> dict[str, Step]:
        """The verbs `by` may use on this ticket now, in the table's order; `open` and `undo` are not among them."""
        ticket = cast("Ticket", self)
        roles = by.roles_on(ticket)
        return {
            verb: step
            for verb, step in STEPS.items()
            if verb not in {"open", "undo"} and ticket.status in step.sources and step.roles & roles
        }

    # -- who and when -----------------------------------------------------------------------------------

    @verb
    def assign(self, *, by: Actor, post: Post, at: datetime, note: str = "") -> "TicketEvent":
        """Give the ticket to `post` of the same ward. A move away from somebody needs a note."""
        from tickets import notices

        ticket = cast("Ticket", self)
        if post.office.ward_id != ticket.ward_id or Permission.OWN not in MAY[post.kind]:
            raise StepRefused(_("This post cannot take tickets of the ward."))
        if ticket.status != Status.RECORDED and post.pk != ticket.owner_id and not note.strip():
            raise StepRefused(_("Please say why the matter moves on."))
        event = self._step("assign", by=by, at=at, note=note, owner=post, route={"by": "hand"})
        notices.to_post(ticket, post, "assigned", event=event, by=by, at=at)
        return event

    @verb
    def start(self, *, by: Actor, at: datetime, note: str = "") -> "TicketEvent":
        """Say that the work has begun."""
        return self._step("start", by=by, at=at, note=note)

    @verb
    def wait(
        self, *, by: Actor, until: date, at: datetime, question: str = "", cause: str = "", note: str = ""
    ) -> "TicketEvent":
        """Wait for a resident (with a question) or for a stated cause, until the end of the day `until` at the latest.

        Only the wait for a resident who can be reached moves the due date.
        """
        from tickets import notices

        ticket = cast("Ticket", self)
        calendar = self.calendar
        if not question.strip() and not cause.strip():
            raise StepRefused(_("Please write the question to the resident, or what you are waiting for."))
        for_resident = bool(question.strip())
        if for_resident and not any(notices.reachable(ticket)):
            raise StepRefused(_("None of the residents can be reached, so nobody could answer the question."))
        today = calendar.day_of(at)
        if not today < until <= calendar.add(today, WAIT_DAYS):
            raise StepRefused(
                _("A wait ends within %(days)s working days, by %(date)s at the latest.")
                % {"days": WAIT_DAYS, "date": calendar.add(today, WAIT_DAYS).strftime("%d/%m/%Y")}
            )
        due = ticket.due_at
        if for_resident:
            moved = calendar.add(calendar.day_of(due), calendar.between(today, until))
            due = calendar.end_of(moved)
        event = self._step(
            "wait",
            by=by,
            at=at,
            note=question or cause,
            public=for_resident,
            due_at=due,
            paused_due_at=ticket.due_at,
            waiting_since=at,
            waiting_until=calendar.end_of(until),
            waiting_for_resident=for_resident,
        )
        if for_resident:
            notices.to_residents(ticket, "question", event=event, by=by, at=at, text=question)
        return event

    @verb
    def resume(self, *, by: Actor, at: datetime, note: str = "", public: bool = False) -> "TicketEvent":
        """Go on after a wait or after the body's answer."""
        event = self._step("resume", by=by, at=at, note=note, public=public)
        cast("Ticket", self).referrals.filter(answered_at__isnull=True).update(answered_at=at)
        return event

    @verb
    def refer(
        self, *, by: Actor, body: Body, letter_number: str, due: date, at: datetime, note: str = ""
    ) -> "TicketEvent":
        """Pass the matter up by letter; the ward's post stays its owner until the residents are told."""
        from tickets.models import Letter, Referral

        ticket = cast("Ticket", self)
        today = self.calendar.day_of(at)
        if not letter_number.strip():
            raise StepRefused(_("Please give the number of the letter."))
        if due <= today:
            raise StepRefused(_("The answer is due on a day after today."))
        event = self._step(
            "refer", by=by, at=at, note=note, due_at=self.calendar.end_of(due), paused_due_at=ticket.due_at
        )
        letter, _new = Letter.objects.get_or_create(
            ward=ticket.ward,
            number=letter_number.strip(),
            defaults={"body": body, "sent_on": today, "due": due},
        )
        if letter.body_id != body.pk:
            raise StepRefused(_("A letter with this number went to another body."))
        Referral.objects.update_or_create(ticket=ticket, letter=letter, defaults={"answered_at": None})
        return event

    @verb
    def extend(self, *, by: Actor, due: date, note: str, at: datetime) -> "TicketEvent":
        """Move the due date to the end of the day `due`. The first date stays visible; a second move is the superior's."""
        from tickets import notices

        ticket = cast("Ticket", self)
        if not note.strip():
            raise StepRefused(_("Please give the reason; residents read it."))
        calendar = self.calendar
        old = ticket.paused_due_at or ticket.due_at
        if due <= max(calendar.day_of(old), calendar.day_of(at)):
            raise StepRefused(_("The new date lies after today and after the old one."))
        undone = ticket.events.filter(verb="undo", changes__undone="extend").count()
        extended = ticket.events.filter(verb="extend").count() - undone
        if extended and Role.SUPERIOR not in by.roles_on(ticket):
            raise StepRefused(_("It was extended once already. A second time needs the superior."))
        moved: dict[str, Any] = {"due_at": calendar.end_of(due)}
        if ticket.paused_due_at:  # the date that comes back when the wait or the letter ends
            moved = {"paused_due_at": calendar.end_of(due)}
            if ticket.status == Status.WAITING:
                moved["due_at"] = max(ticket.due_at, calendar.end_of(due))
        event = self._step("extend", by=by, at=at, note=note, public=True, **moved)
        notices.to_residents(ticket, "extended", event=event, by=by, at=at, text=note)
        return event

    @verb
    def escalate(self, *, by: Actor, at: datetime, note: str = "") -> "TicketEvent":
        """Hand the ticket to the post above its owner."""
        from tickets import notices

        ticket = cast("Ticket", self)
        superior = ticket.owner.superior
        if superior is None:
            raise StepRefused(_("There is no post above this one."))
        event = self._step("escalate", by=by, at=at, note=note, owner=superior, route={"by": "escalated"})
        notices.to_post(ticket, superior, "escalated", event=event, by=by, at=at)
        return event

    # -- words ------------------------------------------------------------------------------------------

    @verb
    def note(self, *, by: Actor, note: str, at: datetime, public: bool = False) -> "TicketEvent":
        """Write something into the diary; staff read it, residents only if it is public."""
        if not note.strip():
            raise StepRefused(_("Please write something."))
        return self._step("note", by=by, at=at, note=note, public=public)

    @verb
    def answer(self, *, by: Actor, note: str, at: datetime) -> "TicketEvent":
        """Answer the residents. The first one stops the first-answer clock."""
        from tickets import notices

        if not note.strip():
            raise StepRefused(_("Please write something."))
        ticket = cast("Ticket", self)
        event = self._step(
            "answer", by=by, at=at, note=note, public=True, answered_at=ticket.answered_at or at
        )
        notices.to_residents(ticket, "answered", event=event, by=by, at=at, text=note)
        return event

    @verb
    def recategorise(self, *, by: Actor, category: Category, at: datetime, note: str = "") -> "TicketEvent":
        """Correct the category. An open ticket is routed anew, and its service time counts again from its opening."""
        from tickets import notices, routing

        ticket = cast("Ticket", self)
        if category.pk == ticket.category_id:
            raise StepRefused(_("The ticket has this category already."))
        changes: dict[str, Any] = {"category": category, "confidential": category.confidential}
        moved = None
        if ticket.is_open:
            route = routing.answerable(ticket.ward, category, ticket.neighbourhood, about=ticket.about)
            if route.post.pk != ticket.owner_id and ticket.status != Status.RECORDED:
                moved = route.post
                changes |= {"owner": route.post}
            changes["route"] = route.reason
            if ticket.due_at == ticket.first_due_at and ticket.paused_due_at is None:
                due = routing.due_at(
                    ticket.ward, route.post, category, ticket.opened_at, ticket.promises.all()
                )
                changes |= {"due_at": due, "first_due_at": due}
        event = self._step("recategorise", by=by, at=at, note=note, **changes)
        kind = Kind.CONDUCT if category.confidential else Kind.PROBLEM
        if category.confidential or ticket.raisings.filter(item__kind=Kind.CONDUCT).exists():
            FeedbackItem.objects.filter(raising__ticket=ticket).update(kind=kind)
        if moved:
            notices.to_post(ticket, moved, "assigned", event=event, by=by, at=at)
        return event

    # -- results ----------------------------------------------------------------------------------------

    @verb
    def resolve(
        self, *, by: Actor, note: str, at: datetime, photos: Sequence[Photo] = (), no_photo: str = ""
    ) -> "TicketEvent":
        """Settle the matter. Residents read the note on their page; a photo shows it, or `no_photo` says why none."""
        if not note.strip():
            raise StepRefused(_("Please say what was done; residents read it."))
        if not photos and not no_photo.strip() and not by.is_import:
            raise StepRefused(_("Please add a photo of the result, or say why there is none."))
        text = note if photos or not no_photo.strip() else f"{note.rstrip()}\n{no_photo}"
        return self._result("resolve", by=by, at=at, note=text, photos=photos)

    def decline(self, *, by: Actor, note: str, at: datetime) -> "TicketEvent":
        """Say no, with a reason residents read. Only a post above the owner signs it; residents may appeal."""
        if not note.strip():
            raise StepRefused(_("Please give the reason; residents read it."))
        return self._result("decline", by=by, at=at, note=note)

    def redirect(self, *, by: Actor, note: str, at: datetime) -> "TicketEvent":
        """Show the way to the proper procedure, and where it is done. Residents may appeal."""
        if not note.strip():
            raise StepRefused(_("Please name the procedure and where it is done."))
        return self._result("redirect", by=by, at=at, note=note)

    @verb
    def _result(
        self, verb: str, *, by: Actor, at: datetime, note: str, photos: Sequence[Photo] = ()
    ) -> "TicketEvent":
        from tickets import telling

        ticket = cast("Ticket", self)
        event = self._step(
            verb,
            by=by,
            at=at,
            note=note,
            public=True,
            photos=photos,
            resolved_at=at,
            lapse_at=None,
            answered_at=ticket.answered_at or at,
        )
        telling.announce(ticket, verb, event=event, by=by, at=at, text=note)
        return event

    # -- merging ----------------------------------------------------------------------------------------

    @verb
    def merge(self, *, by: Actor, into: "Ticket", at: datetime, note: str = "") -> "TicketEvent":
        """Let `into` answer for this ticket too. Raisings, promises and slips stay; they follow the other's steps."""
        ticket = cast("Ticket", self)
        if into.pk == ticket.pk or into.ward_id != ticket.ward_id or into.confidential != ticket.confidential:
            raise StepRefused(_("These two tickets cannot be merged."))
        if into.status == Status.MERGED:
            raise StepRefused(
                _("That ticket was merged into %(number)s itself.") % {"number": into.merged_into}
            )
        if ticket.merged.exists():
            raise StepRefused(_("Other tickets were merged into this one. Merge the other way round."))
        return self._step("merge", by=by, at=at, note=note, merged_into=into)

    @verb
    def unmerge(self, *, by: Actor, at: datetime, note: str = "") -> "TicketEvent":
        """Give the ticket its own life back, in the status it had."""
        ticket = cast("Ticket", self)
        merged = ticket.events.filter(verb="merge").last()
        before = Status(merged.from_status) if merged else Status.RECORDED
        # A pause ended with the merge, so a ticket that waited goes on.
        target = Status.IN_PROGRESS if before in {Status.WAITING, Status.PASSED_UP} else before
        return self._step("unmerge", by=by, at=at, note=note, target=target, merged_into=None)

    # -- the resident's word ----------------------------------------------------------------------------

    @verb
    def judge(
        self,
        *,
        by: Actor,
        item: FeedbackItem,
        answer: str,
        at: datetime,
        rating: int | None = None,
        words: str = "",
    ) -> "Verdict":
        """Record what one resident says of this round's result, and confirm or reopen accordingly."""
        from tickets.models import Verdict

        ticket = cast("Ticket", self)
        if Verdict.objects.filter(item=item, round=ticket.round).exists():
            raise StepRefused(_("Your answer is already recorded. Thank you."))
        round_judged = ticket.round
        if answer == Verdict.Answer.FIXED:
            self.confirm(by=by, at=at, note=words)
        elif Role.CLERK in by.roles_on(ticket) and not by.is_import:
            raise StepRefused(_("Only the resident can say that it is not fixed, with the slip."))
        else:
            self.dispute(by=by, at=at, note=words)
        return Verdict.objects.create(
            item=item,
            ticket=ticket,
            ward_id=ticket.ward_id,
            round=round_judged,
            answer=answer,
            rating=rating,
            words=words,
            by_clerk=by.user,
            at=at,
        )

    @verb
    def confirm(self, *, by: Actor, at: datetime, note: str = "") -> "TicketEvent":
        """A resident says it is fixed, or a clerk on the resident's word, which is counted apart."""
        return self._step("confirm", by=by, at=at, note=note, lapse_at=None)

    @verb
    def lapse(self, *, by: Actor, at: datetime) -> "TicketEvent":
        """Close by silence: everybody who can be reached was told 14 days ago, and nobody objected."""
        ticket = cast("Ticket", self)
        if not by.is_import and (ticket.lapse_at is None or ticket.lapse_at > at):
            raise StepRefused(_("It is not %(days)s days since everybody was told.") % {"days": LAPSE_DAYS})
        return self._step("lapse", by=by, at=at, lapse_at=None)

    def dispute(self, *, by: Actor, at: datetime, note: str = "") -> "TicketEvent":
        """A resident says it is not fixed, or only partly: a new round, and the superior hears of it."""
        return self._reopen("dispute", by=by, at=at, note=note)

    def appeal(self, *, by: Actor, at: datetime, note: str = "") -> "TicketEvent":
        """A resident disagrees with a decline or a redirection: a new round, and the superior hears of it."""
        return self._reopen("appeal", by=by, at=at, note=note)

    @verb
    def _reopen(self, verb: str, *, by: Actor, at: datetime, note: str) -> "TicketEvent":
        from tickets import notices

        ticket = cast("Ticket", self)
        event = self._step(
            verb,
            by=by,
            at=at,
            note=note,
            round=ticket.round
            + 1,  # a new result is judged anew, even where the date happens to stay the same
            clock_from=at,
            due_at=self.calendar.due(at, RETURN_DAYS),
            resolved_at=None,
            lapse_at=None,
        )
        notices.to_post(ticket, ticket.owner, "reopened", event=event, by=by, at=at)
        if ticket.owner.superior:
            notices.to_post(ticket, ticket.owner.superior, "reopened", event=event, by=by, at=at)
        return event

    # -- back -------------------------------------------------------------------------------------------

    @verb
    def undo(self, *, by: Actor, at: datetime) -> "TicketEvent":
        """Take back one's own last step within 5 minutes, as long as nobody was told of it."""
        from tickets import ledger, notices, reminders

        ticket = cast("Ticket", self)
        last = ticket.events.last()
        self._check(STEPS["undo"], by)
        if last is None or last.verb in {"open", "undo"} or by.user is None or last.user_id != by.user.pk:
            raise StepRefused(_("Only your own last step can be undone."))
        if at - last.at > UNDO_WINDOW:
            raise StepRefused(_("More than 5 minutes have passed. Please take the next step instead."))
        if not notices.take_back(ticket, last):
            raise StepRefused(_("Somebody was already told. Please take the next step instead."))
        event = ledger.write(ticket, "undo", by=by, at=at, changes=ledger.before(last), undone=last.verb)
        if ticket.is_open:
            reminders.restore(ticket)
        else:
            reminders.withdraw(ticket)
        return event
