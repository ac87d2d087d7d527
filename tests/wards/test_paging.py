"""Turning a list by key."""

import pytest
from django.core import signing
from django.core.exceptions import FieldError

from wards.models import Holiday, Ward
from wards.paging import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def days():
    """Seven rows, three of them on one day."""
    Holiday.objects.bulk_create(
        [Holiday(country=c, day=f"2026-02-{d:02}") for d in (1, 2, 3) for c in ("VN", "ID")]
        + [Holiday(country="VN", day="2026-02-04")]
    )
    return Holiday.objects.all()


def walk(queryset, order, size=2):
    """Every row by turning page after page, and how many pages it took."""
    found, after, turns = [], "", 0
    while True:
        shown = page(queryset, order=order, after=after, size=size)
        found += shown.rows
        turns += 1
        if not shown.next:
            return found, turns
        after = shown.next


@pytest.mark.parametrize(
    "order", [("-id",), ("day", "id"), ("-day", "-id"), ("-day", "id"), ("country", "-day", "id")]
)
def test_turning_the_pages_shows_every_row_once_in_order(days, order):
    assert walk(days, order) == (list(days.order_by(*order)), 4)


def test_the_last_page_has_no_next(days):
    assert page(days, order=("id",), size=7).next == ""
    assert page(days, order=("id",), size=6).next != ""


def test_a_row_that_arrives_meanwhile_shifts_nothing(days):
    first = page(days, order=("-id",), size=2)
    expected = list(days.order_by("-id")[2:4])
    Holiday.objects.create(country="VN", day="2026-05-01")

    assert page(days, order=("-id",), size=2, after=first.next).rows == expected


def test_a_broken_token_leads_to_the_first_page(days):
    first = page(days, order=("-id",), size=2)
    other = page(days, order=("id",), size=2).next
    forged = signing.dumps([["-id"], ["x"]], salt="kopi.page")

    for token in ("", "x", "a:b:c", "\x00", "9" * 4000, other, forged, first.next + "x"):
        assert page(days, order=("-id",), size=2, after=token) == first


def test_one_statement_a_page(days, django_assert_num_queries):
    token = page(days, order=("day", "id"), size=3).next

    with django_assert_num_queries(1) as seen:
        page(days, order=("day", "id"), size=3, after=token)
    assert "OFFSET" not in seen[0]["sql"] and "COUNT" not in seen[0]["sql"]


def test_a_list_cannot_be_turned_by_what_may_be_missing():
    with pytest.raises(FieldError):
        page(Ward.objects.all(), order=("population", "id"))
