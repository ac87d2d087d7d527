"""The matter behind a slip, and its dates as a resident counts them: the first one stays, whatever moves."""

from datetime import date, datetime
from functools import cached_property

from feedback.models import FeedbackItem
from residents.doors import Door
from tickets.models import Promise, Raising, Ticket


class Matter:
    """One slip, its ticket, and until when. Days are those of the ward's time zone, differences are calendar days."""

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
