"""The mornings of the demo ward: seventeen weekends behind, one today, four ahead."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from wards.workdays import Calendar

PAST = 17
AHEAD = 4
# Khu phố 5, where the road ĐX 043 is, sees the leaders again and again.
ROUND = [5, 16, 12, 19, 4, 14, 2, 10, 5, 17, 7, 13, 1, 18, 3, 5, 9]
TODAY = 11
NEXT = [6, 15, 8, 20]


@dataclass(frozen=True)
class Morning:
    """One session: in which neighbourhood, from when until when."""

    number: int
    kp: int
    starts_at: datetime
    ends_at: datetime

    @property
    def day(self) -> date:
        return self.starts_at.date()


def weekend(today: date, weeks: int) -> date:
    """A Saturday or, every other week, a Sunday; 0 is the last weekend that was over before `today`."""
    saturday = today - timedelta(days=(today.weekday() + 1) % 7 + 1)
    return saturday + timedelta(weeks=weeks, days=weeks % 2)


def mornings(now: datetime, calendar: Calendar) -> list[Morning]:
    """Every session in the order of time, today's and the coming ones included; times are the ward's."""
    local = now.astimezone(calendar.zone)
    today = local.date()
    past = [weekend(today, weeks) for weeks in range(1 - PAST, 1)]
    ahead = [day for weeks in range(1, AHEAD + 2) if (day := weekend(today, weeks)) > today][:AHEAD]
    found = []
    for number, (day, kp) in enumerate([*zip(past, ROUND, strict=True), *zip(ahead, NEXT, strict=True)]):
        opens = datetime.combine(day, time(6), calendar.zone)
        found.append(Morning(number, kp, opens, opens + timedelta(minutes=90)))
    found.append(this_morning(now, calendar, number=PAST + AHEAD))
    return sorted(found, key=lambda morning: morning.starts_at)


def this_morning(now: datetime, calendar: Calendar, *, number: int = 0) -> Morning:
    """Today's session stays open for the day, so that whoever tries Kopi at any hour can sit down at a table."""
    local = now.astimezone(calendar.zone)
    opens = datetime.combine(local.date(), time(6), calendar.zone)
    opens = min(opens, local.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1))
    closes = datetime.combine(local.date(), time(23), calendar.zone)
    return Morning(number, TODAY, opens, max(closes, local + timedelta(hours=2)))
