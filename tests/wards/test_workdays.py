"""Working days: weekends, Tết, make-up days, an office's own week."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.people import Town
from wards.models import Holiday, MakeUpDay
from wards.workdays import Calendar, NoWorkingDay, calendar_of

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
WARD = Calendar(zone=SAIGON)
SATURDAYS_TOO = Calendar(zone=SAIGON, weekdays=frozenset({1, 2, 3, 4, 5, 6}))

days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
terms = st.integers(1, 40)


def test_five_working_days_over_tet():
    assert WARD.add(date(2026, 2, 13), 5) == date(2026, 2, 27)


def test_from_a_sunday_monday_is_day_one():
    assert WARD.add(date(2026, 3, 1), 1) == date(2026, 3, 2)


def test_an_office_open_on_saturdays_is_done_a_day_earlier():
    assert SATURDAYS_TOO.add(date(2026, 3, 6), 1) == date(2026, 3, 7)
    assert WARD.add(date(2026, 3, 6), 1) == date(2026, 3, 9)


def test_indonesian_offices_rest_on_their_own_holidays():
    assert not Calendar(zone=ZoneInfo("Asia/Jakarta"), country="ID").is_working(date(2026, 8, 17))
    assert WARD.is_working(date(2026, 8, 17))


def test_a_make_up_saturday_is_worked_and_its_bridge_day_is_not():
    bridged = Calendar(zone=SAIGON, off={date(2026, 3, 9)}, on={date(2026, 3, 7)})

    assert bridged.add(date(2026, 3, 6), 1) == date(2026, 3, 7)
    assert bridged.add(date(2026, 3, 6), 2) == date(2026, 3, 10)


def test_the_due_day_ends_at_midnight_of_the_ward():
    late_evening = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)  # already 3 March in the ward

    due = WARD.due(late_evening, 1)

    assert due.astimezone(SAIGON).date() == date(2026, 3, 4)
    assert due.astimezone(SAIGON).hour == 23


def test_a_matter_of_the_same_day_taken_on_sunday_is_due_on_monday():
    assert WARD.day_of(WARD.due(datetime(2026, 3, 1, 2, tzinfo=UTC), 0)) == date(2026, 3, 2)


def test_a_calendar_without_working_days_says_so():
    with pytest.raises(NoWorkingDay):
        Calendar(zone=SAIGON, weekdays=frozenset()).add(date(2026, 3, 2), 1)


def test_an_office_reads_its_weekdays_and_special_days(town: Town):
    office = town.offices["economy"]
    office.working_weekdays = "123456"
    Holiday.objects.create(country="VN", day=date(2026, 3, 3), name="Ward day")
    Holiday.objects.create(country="ID", day=date(2026, 3, 4), name="Elsewhere")
    MakeUpDay.objects.create(country="VN", office=office, day=date(2026, 3, 8), name="Open Sunday")

    calendar = calendar_of(office)

    assert [day for day in range(2, 10) if calendar.is_working(date(2026, 3, day))] == [2, 4, 5, 6, 7, 8, 9]


@given(days, terms)
def test_adding_lands_on_a_working_day_that_many_days_on(day: date, term: int):
    landed = WARD.add(day, term)

    assert WARD.is_working(landed)
    assert WARD.between(day, landed) == term


@given(days, terms, terms)
def test_adding_twice_is_adding_the_sum(day: date, first: int, second: int):
    assert WARD.add(WARD.add(day, first), second) == WARD.add(day, first + second)


@given(days, terms)
def test_going_back_undoes_going_on(day: date, term: int):
    start = WARD.on_or_after(day)

    assert WARD.add(WARD.add(start, term), -term) == start


@given(days, days)
def test_counting_back_is_the_negative(first: date, second: date):
    assert WARD.between(first, second) == -WARD.between(second, first)
