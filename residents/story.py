"""What the holder of a slip may read: the life of the matter, told so that no name of a resident is in it."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.utils.translation import gettext as _

from feedback.models import Category, Contact, FeedbackItem, Kind, Photo
from residents import diary
from residents.doors import Door
from residents.veil import Veil
from tickets.lifecycle import WITH_RESULT, Status
from tickets.models import Promise, Raising, Referral, Ticket, TicketEvent, Told, Verdict
from wards.models import Neighbourhood, Post

MOST_PHOTOS = 3  # before, and after
MOST_CONTACTS = 500  # of one matter, whose names are taken out of the texts
JUDGED = frozenset({Status.RESOLVED, Status.LAPSED, Status.CONFIRMED})
BEGUN = {
    Status.RECORDED: 0,
    Status.ASSIGNED: 1,
    Status.REOPENED: 1,
    Status.IN_PROGRESS: 2,
    Status.WAITING: 2,
    Status.PASSED_UP: 2,
}


@dataclass(frozen=True)
class StepShown:
    """One of the four steps: its word, and whether it is behind us ("on"), where we are ("now") or ahead ("")."""

    word: str
    state: str


class Story:
    """The page of one slip. Each part is read from the database when the page asks for it, in a fixed number of
    statements."""

    def __init__(self, door: Door, *, at: datetime) -> None:
        assert door.slip.item is not None
        self.door = door
        self.slip = door.slip
        self.item: FeedbackItem = door.slip.item
        self.ward = self.item.ward
        self.at = at

    # -- which matter -----------------------------------------------------------------------------------

    @cached_property
    def raising(self) -> Raising | None:
        return Raising.objects.select_related("ticket__merged_into").filter(item=self.item.pk).first()

    @cached_property
    def ticket(self) -> Ticket | None:
        """The ticket that answers for this slip: the one its own was merged into, else its own."""
        if self.raising is None:
            return None
        return Ticket.objects.select_related(
            "ward", "neighbourhood", "category", "owner__office__ward", "owner__superior"
        ).get(pk=self.raising.ticket.leading.pk)

    @cached_property
    def confidential(self) -> bool:
        category = self.item.category
        return (
            self.item.kind == Kind.CONDUCT
            or bool(category and category.confidential)
            or bool(self.ticket and self.ticket.confidential)
        )

    @property
    def settled_at_the_table(self) -> bool:
        """Answered, fixed or advised on the spot, and nobody denied it."""
        return self.ticket is None

    # -- what it is -------------------------------------------------------------------------------------

    @cached_property
    def veil(self) -> Veil:
        contacts = Contact.objects.filter(item=self.item.pk)
        if self.ticket:
            contacts = Contact.objects.filter(item__raising__in=self.ticket.all_raisings())
        return Veil(contacts.values_list("name", "phone", "email")[:MOST_CONTACTS])

    @property
    def category(self) -> Category | None:
        return None if self.confidential else self.item.category

    @property
    def title(self) -> str:
        """What staff wrote about it, else its category. The resident's own words only by the QR code."""
        if self.confidential:
            return _("A confidential matter")
        if self.item.summary:
            return self.veil.over_title(self.item.summary)
        if self.door.by_token and self.item.words.strip():
            return self.item.title
        return self.item.category.name if self.item.category else _("Your concern")

    @property
    def words(self) -> str:
        """What the resident said, for the one who holds the slip."""
        return self.item.words if self.door.by_token and not self.confidential else ""

    @property
    def neighbourhood(self) -> Neighbourhood | None:
        return None if self.confidential else self.item.neighbourhood

    @cached_property
    def raised_by(self) -> int:
        """How many residents raised it."""
        return self.ticket.all_raisings().count() if self.ticket and not self.confidential else 1

    # -- where it stands --------------------------------------------------------------------------------

    @property
    def status(self) -> str:
        return self.ticket.status if self.ticket else ""

    @property
    def status_word(self) -> str:
        return str(Status(self.status).label) if self.ticket else str(self.item.get_outcome_display())

    @property
    def has_result(self) -> bool:
        return self.status in WITH_RESULT

    @property
    def steps(self) -> list[StepShown]:
        last = _("Done") if self.status not in WITH_RESULT - {Status.CONFIRMED} else self.status_word
        words = [_("Recorded"), _("Assigned"), _("In progress"), last]
        here = BEGUN.get(Status(self.status), 3) if self.status else 3
        over = self.status in WITH_RESULT - {Status.RESOLVED}
        return [
            StepShown(word, "on" if n < here or over else "now" if n == here else "")
            for n, word in enumerate(words)
        ]

    @property
    def responsible(self) -> Post | None:
        return self.ticket.owner if self.ticket and not self.confidential else None

    @property
    def telephone(self) -> str:
        """The number of the post, else of its office, else of the ward."""
        post = self.responsible
        own = (post.phone or post.office.phone) if post else ""
        return own or self.ward.phone

    # -- until when -------------------------------------------------------------------------------------

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.ward.zone).date()

    @property
    def today(self) -> date:
        return self._day(self.at)

    @cached_property
    def promised(self) -> date | None:
        """The first date promised to this resident, else to the others of the matter; None without a promise."""
        if self.ticket is None:
            return None
        promises = Promise.objects.filter(ticket__in={self.ticket.pk, self.raising.ticket_id})  # type: ignore[union-attr]
        days = [(promise.item_id != self.item.pk, promise.original_due) for promise in promises]
        return min(days)[1] if days else None

    @property
    def first_day(self) -> date:
        """The date the slip goes by: it stays, whatever moves."""
        assert self.ticket is not None
        return self.promised or self._day(self.ticket.first_due_at)

    @property
    def moved_to(self) -> date | None:
        """The day that counts now, if it lies after the first one."""
        if self.ticket is None or not self.ticket.is_open:
            return None
        due = self._day(self.ticket.paused_due_at or self.ticket.due_at)
        return due if due > self.first_day else None

    @property
    def days_left(self) -> int:
        """Calendar days until the date that counts; negative when it has passed."""
        return ((self.moved_to or self.first_day) - self.today).days

    @property
    def days_late(self) -> int:
        return -self.days_left

    @property
    def days_early(self) -> int:
        """Calendar days by which the result came before the first date; negative when it came after."""
        assert self.ticket is not None
        return (self.first_day - self._day(self.ticket.resolved_at or self.at)).days

    @property
    def days_after(self) -> int:
        return -self.days_early

    @cached_property
    def referral(self) -> Referral | None:
        """The letter whose answer is awaited."""
        if self.status != Status.PASSED_UP or self.confidential:
            return None
        awaited = Referral.objects.filter(ticket=self.ticket, answered_at__isnull=True)
        return awaited.select_related("letter__body").order_by("-pk").first()

    @property
    def question(self) -> str:
        """What the ward asks this resident, while it waits for the answer."""
        if not (self.ticket and self.status == Status.WAITING and self.ticket.waiting_for_resident):
            return ""
        if self.confidential and not self.door.by_token:
            return ""
        asked = [event for event in self.events if event.verb == "wait"]
        return self.veil.over(diary.public_note(asked[-1])) if asked else ""

    # -- what happened ----------------------------------------------------------------------------------

    @cached_property
    def events(self) -> list[TicketEvent]:
        return diary.standing_events(self.ticket) if self.ticket else []

    @cached_property
    def diary(self) -> diary.Diary:
        if self.confidential:
            return diary.Diary()
        if self.ticket is None or self.raising is None:
            return diary.Diary([diary.recorded(self.item)])
        return diary.write(self.item, self.raising.ticket, self.ticket, self.events, self.veil)

    @cached_property
    def photos(self) -> list[Photo]:
        """Everything this slip may show: the photos of its own concern and those of public steps."""
        if self.confidential:
            return []
        return [*self.item.photos.order_by("added_at", "pk"), *diary.evidence(self.events)]

    @property
    def before(self) -> list[Photo]:
        return [photo for photo in self.photos if photo.item_id == self.item.pk][-MOST_PHOTOS:]

    @property
    def after(self) -> list[Photo]:
        """The photos of the last result."""
        results = [event for event in self.events if event.verb == "resolve"]
        shown = {photo.pk for photo in diary.evidence(results[-1:])}
        return [photo for photo in self.photos if photo.pk in shown][:MOST_PHOTOS]

    @property
    def answer_at_the_table(self) -> str:
        return "" if self.confidential else self.veil.over(self.item.answer)[: diary.MOST_OF_A_NOTE]

    @property
    def table_post(self) -> Post | None:
        table = self.item.table
        return table.host if table and not self.confidential else None

    # -- what the resident may do -----------------------------------------------------------------------

    @cached_property
    def verdict(self) -> Verdict | None:
        """This resident's own last answer."""
        return self.item.verdicts.order_by("round").last()

    @property
    def can_judge(self) -> bool:
        if self.ticket is None:
            return self.item.is_on_the_spot and self.verdict is None and not self.item.disputed_at
        answered = self.verdict is not None and self.verdict.round == self.ticket.round
        return self.status in JUDGED and (not answered or self.answered_by_clerk)

    @property
    def answered_by_clerk(self) -> bool:
        """Whether a clerk spoke for this resident on the result that stands; the resident's own word goes before."""
        verdict, ticket = self.verdict, self.ticket
        return bool(verdict and ticket and verdict.by_clerk_id and verdict.round == ticket.round)

    @property
    def can_appeal(self) -> bool:
        return self.status in {Status.DECLINED, Status.REDIRECTED}

    @property
    def can_answer(self) -> bool:
        return bool(self.question)

    @property
    def can_follow(self) -> bool:
        """A resident nobody can reach may leave an address; nobody overwrites one that is there."""
        return self.ticket is not None and not Contact.objects.filter(item=self.item.pk).exists()

    @property
    def knows_already(self) -> bool:
        """Whether this page was opened before with the result that stands."""
        return Told.objects.filter(
            raising=self.raising, round=self.ticket.round if self.ticket else 0, how=Told.How.SLIP
        ).exists()
