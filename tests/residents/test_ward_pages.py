"""The ward's public pages: dates, places, and figures that point at nobody."""

import re
from datetime import timedelta

import pytest

from feedback.models import Kind, Outcome
from sessions_app.models import CoffeeSession, Programme
from tests.residents.conftest import text_of, visitor_in_english
from tickets.opening import PromiseMade

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(ward, clock, monday, chair):
    """A coffee in five days, with the Chair at two tables."""
    programme = Programme.objects.create(ward=ward, name="Weekend coffee")
    session = CoffeeSession.objects.create(
        ward=ward,
        programme=programme,
        neighbourhood=ward.neighbourhoods.first(),
        venue="Park by the canal",
        starts_at=monday + timedelta(days=5),
        ends_at=monday + timedelta(days=5, hours=2),
    )
    for number in (1, 2):
        session.tables.create(number=number, host=chair.posts_at(monday)[0])
    return session


def shown(ward, more=""):
    return text_of(visitor_in_english().get(f"/w/{ward.code}/{more}"))


@pytest.mark.parametrize("more", ["", "sessions/"])
def test_the_next_coffee_has_a_date_a_place_and_its_leaders(ward, session, chair, monday, more):
    page = shown(ward, more)

    assert "Saturday, 7 Mar 2026" in page
    assert "Park by the canal" in page
    assert page.count(chair.posts_at(monday)[0].title) == 1


def test_a_past_and_a_cancelled_coffee(ward, session, clock, monday):
    clock.move_to(monday + timedelta(days=6))
    assert "Past" in shown(ward, "sessions/")

    CoffeeSession.objects.update(cancelled=True)

    assert "No date yet" in shown(ward, "sessions/")


@pytest.mark.parametrize("more", ["", "sessions/"])
def test_an_empty_ward_says_what_to_expect(ward, clock, more):
    assert "date" in shown(ward, more)


@pytest.mark.parametrize("more", ["", "sessions/"])
def test_an_unknown_ward_is_not_found(db, more):
    assert visitor_in_english().get(f"/w/99999/{more}").status_code == 404


def test_fewer_than_five_concerns_are_not_counted_in_public(ward, raises):
    for n in range(4):
        raises(summary=f"Lamp {n}")
    raises(kind=Kind.CONDUCT)

    assert "concerns written down" not in shown(ward)


def test_five_concerns_are_counted_but_not_named(ward, raises):
    for n in range(5):
        raises(summary=f"Lamp {n}")

    page = shown(ward)

    assert "concerns written down" in page
    assert "Lamp" not in page


def test_past_coffees_are_turned_page_by_page(ward, session, clock, monday):
    for week in range(1, 31):
        start = monday - timedelta(weeks=week)
        CoffeeSession.objects.create(
            ward=ward,
            programme=session.programme,
            venue=f"Park {week}.",
            starts_at=start,
            ends_at=start + timedelta(hours=2),
        )

    first = shown(ward, "sessions/")
    further = re.search(r'href="(\?after=[^"]+)"', first)
    assert further is not None
    second = shown(ward, f"sessions/{further[1]}")

    assert [week for week in range(1, 31) if f"Park {week}." in first] == list(range(1, 26))
    assert [week for week in range(1, 31) if f"Park {week}." in second] == list(range(26, 31))


def test_the_share_of_kept_promises_stands_beside_its_number(ward, raises, resolves, head, clock, monday):
    post = head.posts_at(monday)[0]
    made = PromiseMade(post, (monday + timedelta(days=1)).date())
    residents = [raises(summary=f"Lamp {n}", outcome=Outcome.PROMISED, promise=made) for n in range(5)]
    for resident in residents[:2]:
        resolves(resident)
        resident.sends("verdict", answer="fixed")
    clock.move_to(monday + timedelta(days=7))

    page = " ".join(shown(ward).split())

    assert "40%" in page
    assert "of 5 promises kept in time" in page


def test_under_five_promises_no_share_is_shown(ward, promised, clock, monday):
    clock.move_to(monday + timedelta(days=7))

    assert "promises kept" not in shown(ward)
