"""The only working-day arithmetic: weekends, public holidays, make-up days, the office's own calendar.

Days are `datetime.date`s of the ward's time zone. The first working day after a day is day 1: from a
Sunday, Monday is day 1; Friday 13 February 2026 + 5 is 27 February, as Tết takes 16 to 20 February.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from django.db.models import Q

from wards.models import Holiday, MakeUpDay, Office, Ward

MORNING = time(8)  # reminders go out when offices open
_ONE = timedelta(days=1)
_HORIZON = 3_660  # days; a calendar without a single working day in ten years is wrong, not long


class NoWorkingDay(ValueError):
    """The calendar has no working day within ten years of the day asked for."""


@lru_cache(maxsize=256)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """Days off by law in `country` (ISO 3166-1), observed days included, as the holidays library knows them."""
    return frozenset(holidays.country_holidays(country, years=year))


@dataclass(frozen=True)
class Calendar:
    """When one office works.

    `weekdays` are ISO weekday numbers; `off` and `on` are single days that override the rest, `on` last.
    """

    zone: ZoneInfo
    country: str = "VN"
    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    off: Collection[date] = frozenset()
    on: Collection[date] = frozenset()

    def is_working(self, day: date) -> bool:
        if day in self.on:
            return True
        return (
            day.isoweekday() in self.weekdays
            and day not in self.off
            and day not in public_holidays(self.country, day.year)
        )

    def _walk(self, day: date, step: timedelta) -> Iterator[date]:
        """Working days from the one after `day` on, forwards or backwards."""
        for _count in range(_HORIZON):
            try:
                day += step
            except OverflowError:
                break
            if self.is_working(day):
                yield day
        raise NoWorkingDay("No working day within ten years.")

    def add(self, day: date, days: int) -> date:
        """The `days`-th working day after `day` (before it if negative); `day` itself for 0."""
        if days == 0:
            return day
        walk = self._walk(day, _ONE if days > 0 else -_ONE)
        for _count in range(abs(days) - 1):
            next(walk)
        return next(walk)

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` lies before `start`."""
        if end < start:
            return -self.between(end, start)
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def on_or_before(self, day: date) -> date:
        """The last working day that is not after `day`."""
        return day if self.is_working(day) else self.add(day, -1)

    def on_or_after(self, day: date) -> date:
        """The first working day that is not before `day`."""
        return day if self.is_working(day) else self.add(day, 1)

    def day_of(self, at: datetime) -> date:
        """The day in the ward's time zone at the moment `at`."""
        return at.astimezone(self.zone).date()

    def morning(self, day: date) -> datetime:
        """08:00 on `day` in the ward's time zone."""
        return datetime.combine(day, MORNING, self.zone)

    def end_of(self, day: date) -> datetime:
        """The last moment of `day` in the ward's time zone: a due date holds until then."""
        return datetime.combine(day, time.max, self.zone)

    def due(self, at: datetime, days: int) -> datetime:
        """The end of the `days`-th working day after `at`; of the same day, or the next working one, for 0."""
        day = self.day_of(at)
        return self.end_of(self.add(day, days) if days else self.on_or_after(day))


def calendar_of(office: Office) -> Calendar:
    """The calendar of an office: its weekdays, its country's and its own special days.

    Two statements, once per `Office` object: a sweep that holds on to its offices pays them once.
    """
    if "calendar" not in office.__dict__:
        office.__dict__["calendar"] = _read_calendar(office)
    return office.__dict__["calendar"]


def _read_calendar(office: Office) -> Calendar:
    ward = office.ward
    country = ward.preset if ward else office.province.country if office.province else "VN"
    zone = ward.zone if ward else ZoneInfo("Asia/Jakarta" if country == "ID" else "Asia/Ho_Chi_Minh")
    mine = Q(country=country, office__isnull=True) | Q(office=office)
    return Calendar(
        zone=zone,
        country=country,
        weekdays=frozenset(int(digit) for digit in office.working_weekdays),
        off=frozenset(Holiday.objects.filter(mine).values_list("day", flat=True)),
        on=frozenset(MakeUpDay.objects.filter(mine).values_list("day", flat=True)),
    )


def calendar_of_ward(ward: Ward) -> Calendar:
    """The calendar of the ward's own inbox; Monday to Friday where none is set."""
    return calendar_of(ward.inbox.office) if ward.inbox else Calendar(zone=ward.zone, country=ward.preset)
