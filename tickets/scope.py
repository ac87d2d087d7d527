"""Whose figures, and of when: what every figure is asked with."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

from django.db.models import Q, QuerySet

from feedback.models import FeedbackItem
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from wards.models import Ward


@dataclass(frozen=True)
class Scope:
    """Whose figures: a ward's, or in it only some neighbourhoods', offices' or posts'. At most one narrows."""

    ward: Ward
    neighbourhoods: Collection[int] = ()
    offices: Collection[int] = ()
    office_kinds: Collection[str] = ()  # of `offices`: a concern without a ticket belongs to its category's
    posts: Collection[int] = ()

    def tickets(self) -> TicketQuerySet:
        return Ticket.objects.open_to_figures().filter(self.of_ticket(), ward=self.ward)

    def of_ticket(self, path: str = "") -> Q:
        """The narrowing as a condition on the ticket at `path`."""
        if self.neighbourhoods:
            return Q(**{f"{path}neighbourhood__in": self.neighbourhoods})
        if self.offices:
            return Q(**{f"{path}owner__office__in": self.offices})
        return Q(**{f"{path}owner__in": self.posts}) if self.posts else Q()

    def items(self) -> QuerySet[FeedbackItem]:
        narrow = Q()
        if self.neighbourhoods:
            narrow = Q(neighbourhood__in=self.neighbourhoods)
        elif self.offices:
            narrow = Q(category__office_kind__in=self.office_kinds)
        return FeedbackItem.objects.open_to_figures().filter(narrow, ward=self.ward)


@dataclass(frozen=True)
class Period:
    """The moments [since, until) by which a figure is cut; `at` is now."""

    since: datetime
    until: datetime
    at: datetime

    @classmethod
    def last(cls, days: int, at: datetime, ward: Ward) -> Self:
        """The last `days` days of the ward up to and including today."""
        today = at.astimezone(ward.zone).date()
        return cls(
            start_of(today - timedelta(days=days - 1), ward), start_of(today + timedelta(days=1), ward), at
        )

    def before(self) -> "Period":
        """As many days again, just before."""
        return Period(self.since - (self.until - self.since), self.since, self.at)


def start_of(day: date, ward: Ward) -> datetime:
    """Midnight at which `day` begins in the ward."""
    return datetime.combine(day, time.min, ward.zone)
