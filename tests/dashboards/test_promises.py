"""My promises."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import say, ticket_of

pytestmark = pytest.mark.django_db


def test_the_owner_and_the_one_who_promised_both_have_it_on_their_page(
    page_of, late, head, chair, vice_chair
):
    for user in (head, chair):
        shown = page_of(user, "/app/promises/")
        assert shown.status_code == 200
        assert shown.context["counts"] == {"overdue": 1, "soon": 0, "open": 1}
        assert f"/app/tickets/{late.number}/#resolve" in shown.content.decode()
    assert page_of(vice_chair, "/app/promises/").context["counts"]["open"] == 0


def test_a_card_says_who_raised_it_until_when_and_what_comes_next(page_of, town, late, chair):
    say(town, joins=late)
    text = page_of(chair, "/app/promises/", hl="en").content.decode()

    assert "Raised by 2 residents" in text
    assert "First promised for 6 Mar 2026" in text
    assert "Next reminder" in text
    days = late.calendar.between(late.due_at.date(), date(2026, 3, 30))
    assert f"{days} working days late" in text


def test_late_soon_and_later_are_three_piles(page_of, town, now, head):
    say(town, promised="2026-03-06", at=now - timedelta(days=26))
    for day in ("2026-04-01", "2026-04-02"):
        say(town, promised=day, at=now, category="land")
    far = ticket_of(say(town, promised="2026-05-20", at=now, category="land"))
    shown = page_of(head, "/app/promises/")

    assert shown.context["counts"] == {"overdue": 1, "soon": 2, "open": 4}
    assert [ticket.pk for ticket in shown.context["rest"]] == [far.pk]
    for show in ("overdue", "soon", "open"):
        rows = page_of(head, "/app/promises/", show=show).context["rest"]
        assert len(rows) == shown.context["counts"][show]


def test_nothing_open_says_what_to_do(page_of, chair):
    shown = page_of(chair, "/app/promises/", hl="en")

    assert "Nothing is open" in shown.content.decode()


def test_posts_that_own_nothing_have_no_promises(page_of, town, scribe, administrator, neighbourhood_head):
    for user in (scribe, administrator, neighbourhood_head):
        assert page_of(user, "/app/promises/").status_code == 404


def test_without_signing_in_one_is_asked_to(client, town):
    for address in ("/app/promises/", "/app/ward/", "/app/region/", "/app/messages/"):
        assert client.get(address).status_code == 302


def test_the_page_costs_the_same_at_one_and_at_three_rows(client_of, town, late, head, now):
    browser, costs = client_of(head), []
    browser.get("/app/promises/")
    for _turn in range(2):
        with CaptureQueriesContext(connection) as seen:
            browser.get("/app/promises/")
        costs.append(len(seen))
        say(town, promised="2026-03-06")
        say(town, promised="2026-05-20", at=now, category="land")

    assert costs[0] == costs[1]


def test_a_matter_about_a_colleague_is_seen_by_its_owner_alone(page_of, town, now, chair, vice_chair, clerk):
    ticket = ticket_of(say(town, category="conduct", words="He was rude."))

    owner = ticket.owner
    for user in (chair, vice_chair, clerk):
        seen = ticket.number in page_of(user, "/app/promises/").content.decode()
        assert seen == (user in [town.people[key] for key, post in town.posts.items() if post == owner])
