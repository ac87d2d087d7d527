"""The ward's dashboard and the rows behind its figures."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboards import charts
from dashboards.titles import TITLES
from feedback.models import Outcome
from tests.people import say, ticket_of
from tickets import figures
from tickets.actors import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(town, late, by, now):
    """A ward in which something of everything happened."""
    say(town, joins=late)
    say(town, outcome=Outcome.FIXED, at=now - timedelta(days=1))
    say(town, outcome=Outcome.ANSWERED, at=now - timedelta(days=1))
    say(town, category="conduct", words="He was rude.", at=now - timedelta(days=1))
    say(town, neighbourhood=None, category="", at=now - timedelta(days=1))
    done = say(town, promised="2026-03-27", at=now - timedelta(days=5))
    ticket = ticket_of(done)
    ticket.resolve(by=by("head"), note="New lamp", no_photo="Dark", at=now - timedelta(days=4))
    ticket.judge(
        by=Actor.resident(None), item=done.item, answer="fixed", rating=3, at=now - timedelta(days=3)
    )
    return town


def everything(page_of, user, figure, **asked):
    """All rows a person finds behind a figure, page after page."""
    rows, after = [], ""
    while True:
        shown = page_of(user, f"/app/ward/rows/{figure}/", days="90", after=after, **asked)
        assert shown.status_code == 200, figure
        rows += shown.context["page"].rows
        after = shown.context["page"].next
        if not after:
            return rows


@pytest.mark.parametrize("who", ["chair", "clerk", "head", "neighbourhood_head"])
def test_every_figure_opens_as_many_rows_as_it_says(busy, page_of, who):
    user = busy.people[who]
    context = page_of(user, "/app/ward/", days="90").context
    shown = context["table"] | context["kept"] | context["ladder"] | context["rated"]
    shown |= context["told"] | context["ended"]
    shown |= {
        "raised_again": len(context["again"]),
        "open": sum(row["total"] for row in context["heat"]["rows"]),
    }
    shown.pop("average")

    assert shown == {figure: len(everything(page_of, user, figure)) for figure in figures.ROWS}


def test_a_cell_of_the_table_opens_its_tickets(busy, page_of, chair, late):
    (row,) = [row for row in page_of(chair, "/app/ward/").context["heat"]["rows"] if row["pk"]]
    (cell,) = [cell for cell in row["cells"] if cell["n"]]
    asked = {"neighbourhood": row["pk"], "category": cell["kind"]}

    assert [ticket.pk for ticket in everything(page_of, chair, "open", **asked)] == [late.pk]
    assert len(everything(page_of, chair, "open", neighbourhood="0", category="0")) == 1


def test_confidential_matters_are_in_no_figure_for_nobody(busy, page_of):
    for who in ("chair", "clerk", "vice_chair"):
        for figure in ("received", "open"):
            shown = page_of(busy.people[who], f"/app/ward/rows/{figure}/", days="90").content.decode()
            assert "He was rude." not in shown


def test_the_wall_between_wards(busy, other_town, page_of, stranger, late):
    theirs = page_of(stranger, "/app/ward/", days="90").context
    assert theirs["ward"] == other_town.ward
    assert theirs["table"]["received"] == 0 and theirs["ladder"]["overdue"] == 0

    for address in ("/app/ward/", "/app/ward/rows/open/"):
        assert page_of(stranger, address, ward=busy.ward.code).status_code == 404
    asked = {"neighbourhood": busy.neighbourhood.pk}
    assert page_of(stranger, "/app/ward/rows/open/", **asked).status_code == 404


@pytest.mark.parametrize("who", ["officer", "police", "scribe", "youth", "administrator", "province"])
def test_posts_that_lead_nothing_see_no_dashboard(busy, page_of, who):
    for address in ("/app/ward/", "/app/ward/rows/received/"):
        assert page_of(busy.people[who], address).status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        {"neighbourhood": "x"},
        {"neighbourhood": "9" * 30},
        {"category": "-1"},
        {"category": "²"},
    ],
)
def test_a_nonsense_filter_is_not_found(busy, page_of, chair, asked):
    assert page_of(chair, "/app/ward/rows/open/", **asked).status_code == 404


def test_a_nonsense_figure_or_period_harms_nothing(busy, page_of, chair):
    assert page_of(chair, "/app/ward/rows/nothing/").status_code == 404
    assert page_of(chair, "/app/ward/", days="x").context["days"] == 30
    assert page_of(chair, "/app/ward/rows/open/", after="x").status_code == 200


def test_the_kiosk_refreshes_itself(town, page_of, chair):
    assert 'http-equiv="refresh"' in page_of(chair, "/app/ward/", kiosk="1").content.decode()
    assert 'http-equiv="refresh"' not in page_of(chair, "/app/ward/").content.decode()


def test_an_empty_ward_has_no_shares(town, page_of, chair):
    context = page_of(chair, "/app/ward/").context

    assert (context["spot"], context["kept_share"], context["rated"]["average"]) == (None, None, None)


@pytest.mark.parametrize("address", ["/app/ward/", "/app/ward/rows/open/", "/app/ward/rows/received/"])
def test_the_pages_cost_the_same_at_one_and_at_three_rows(client_of, busy, chair, now, address):
    browser, costs = client_of(chair), []
    browser.get(address)
    for _turn in range(2):
        with CaptureQueriesContext(connection) as seen:
            browser.get(address)
        costs.append(len(seen))
        say(busy, at=now)
        say(busy, at=now, category="road")

    assert costs[0] == costs[1]


def test_every_figure_has_a_title():
    assert set(TITLES) == set(figures.ROWS)


def test_the_top_of_a_chart_is_a_round_number_not_under_the_highest():
    assert [charts.top_of(n) for n in (1, 2, 3, 7, 11, 38, 61, 101)] == [2, 2, 4, 10, 20, 40, 100, 200]
