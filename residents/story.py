"""What the holder of a slip may read: the life of the matter, told so that no name of a resident is in it."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from feedback.models import Category, Contact, Kind, Photo
from residents import diary
from residents.matter import Matter
from residents.veil import Veil
from tickets.lifecycle import WITH_RESULT, Status
from tickets.models import Referral, TicketEvent, Told, Verdict
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


class Story(Matter):
    """The page of one slip. Each part is read from the database when the page asks for it, in a fixed number of
    statements."""

    @cached_property
    def confidential(self) -> bool:
        category = self.item.category
        return (
            self.item.kind == Kind.CONDUCT
            or bool(category and category.confidential)
            or bool(self.ticket and self.ticket.confidential)
        )

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

    # -- what is waited for -----------------------------------------------------------------------------

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
        if self.hides_question:
            return ""
        asked = [event for event in self.events if event.verb == "wait"]
        return self.veil.over(diary.public_note(asked[-1])) if asked else ""

    @property
    def hides_question(self) -> bool:
        """A question about a person is read by the QR code only."""
        waits = bool(self.ticket and self.status == Status.WAITING and self.ticket.waiting_for_resident)
        return waits and self.confidential and not self.door.by_token

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
        """A resident nobody can reach may leave an address; nobody overwrites one that is there.

        Letters name the matter by the staff's summary, else by the resident's own words. Those belong to the
        holder of the QR code alone, so without a summary a typed number is not enough.
        """
        if self.ticket is None or not (self.door.by_token or self.item.summary or self.confidential):
            return False
        return not Contact.objects.filter(item=self.item.pk).exists()

    @property
    def knows_already(self) -> bool:
        """Whether this page was opened before with the result that stands."""
        return Told.objects.filter(
            raising=self.raising, round=self.ticket.round if self.ticket else 0, how=Told.How.SLIP
        ).exists()
