"""The pages of tickets: who sees what, in how many statements."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.models import ContactReading, Kind
from intake.receive import Person
from tests.people import MONDAY, say, ticket_of

NAME, PHONE = "Trần Thị Tư", "+84912345678"


@pytest.fixture(autouse=True)
def english(settings):
    """The pages speak English, so that tests may read them."""
    settings.KOPI_LANGUAGE = "en"


@pytest.fixture(autouse=True)
def clock():
    """It is Monday, and stays so."""
    with time_machine.travel(MONDAY + timedelta(minutes=1), tick=False):
        yield


def page(ticket):
    return f"/app/tickets/{ticket.number}/"


def statements(client, address):
    """How many statements a page takes."""
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as counted:
        assert client.get(address).status_code == 200
    return len(counted)


def test_a_ticket_tells_who_answers_until_when_and_who_is_reminded(client_of, clerk, ticket):
    shown = client_of(clerk).get(page(ticket)).content.decode()

    assert ticket.title in shown
    assert str(ticket.owner) in shown
    assert str(ticket.owner.answers_at(MONDAY)) in shown
    assert "It will be done." in shown
    assert "Next reminder" in shown
    assert "Assigned" in shown


def test_a_moved_date_stays_visible(town, client_of, clerk, ticket):
    ticket.extend(by=town.actor("chair"), due=(MONDAY + timedelta(days=9)).date(), note="Parts", at=MONDAY)

    shown = client_of(clerk).get(page(ticket)).content.decode()

    assert "11 Mar 2026" in shown
    assert "First date: 4 Mar 2026" in shown
    assert "Due: 4 Mar 2026 → 11 Mar 2026" in shown


@pytest.mark.parametrize("address", ["", "resolve/"])
def test_a_stranger_finds_nothing(client_of, stranger, ticket, address):
    assert client_of(stranger).get(page(ticket) + address).status_code == 404


def test_nobody_signed_in_is_sent_to_sign_in(client, ticket):
    answer = client.get(page(ticket))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_a_scribe_and_an_administrator_see_no_ticket(client_of, scribe, administrator, ticket):
    assert client_of(scribe).get(page(ticket)).status_code == 404
    assert client_of(administrator).get(page(ticket)).status_code == 404


def test_private_and_public_notes_look_different(town, client_of, clerk, ticket):
    ticket.note(by=town.actor("clerk"), note="Ask the pole crew", at=MONDAY)
    ticket.note(by=town.actor("clerk"), note="We come on Tuesday", public=True, at=MONDAY)

    shown = client_of(clerk).get(page(ticket)).content.decode()

    assert 'class="private"' in shown
    assert 'class="public"' in shown
    assert "Only staff read this" in shown


def test_a_verbs_address_shows_the_page_with_its_form_open(client_of, clerk, ticket):
    shown = client_of(clerk).get(page(ticket) + "resolve/").content.decode()

    before, _form, _after = shown.partition('<form id="resolve"')
    assert before.rstrip().rpartition("<details")[2].startswith(' class="verb" open>')
    assert client_of(clerk).get(page(ticket) + "lapse/").status_code == 404
    assert client_of(clerk).get(page(ticket) + "nonsense/").status_code == 404


# -- contacts ---------------------------------------------------------------------------------------------


@pytest.fixture
def reachable(town):
    return ticket_of(say(town, person=Person(name=NAME, phone=PHONE, reach="call"), promised="2026-03-06"))


def test_a_contact_is_shown_once_and_the_reading_is_logged(client_of, clerk, reachable):
    browser = client_of(clerk)
    raising = reachable.raisings.get()

    assert NAME not in browser.get(page(reachable)).content.decode()
    asked = browser.post(page(reachable) + "contact/", {"raising": raising.pk})
    assert NAME in asked.content.decode()
    assert PHONE in asked.content.decode()
    assert "no-store" in asked["Cache-Control"]
    assert NAME not in browser.get(page(reachable)).content.decode()
    assert [(reading.user, reading.contact_id) for reading in ContactReading.objects.all()] == [
        (clerk, raising.item.contact.pk)
    ]


def test_a_contact_needs_the_permission(client_of, secretary, reachable):
    answer = client_of(secretary).post(page(reachable) + "contact/", {"raising": reachable.raisings.get().pk})

    assert answer.status_code == 404
    assert ContactReading.objects.count() == 0
    assert "Show contact" not in client_of(secretary).get(page(reachable)).content.decode()


def test_a_contact_of_another_ticket_is_not_shown(town, client_of, clerk, reachable):
    other = ticket_of(say(town))

    answer = client_of(clerk).post(page(other) + "contact/", {"raising": reachable.raisings.get().pk})

    assert answer.status_code == 404
    for nonsense in ("", "x", "9" * 30, "²"):
        assert client_of(clerk).post(page(other) + "contact/", {"raising": nonsense}).status_code == 404


# -- told -------------------------------------------------------------------------------------------------


def test_somebody_notes_that_the_resident_was_told(town, client_of, clerk, reachable):
    reachable.resolve(by=town.actor("clerk"), note="New lamp", no_photo="Dark", at=MONDAY)
    raising = reachable.raisings.get()

    answer = client_of(clerk).post(
        page(reachable) + "told/", {"raising": raising.pk, "how": "call"}, follow=True
    )

    assert [(told.how, told.by) for told in raising.told.all()] == [("call", clerk)]
    assert "Told by a call" in answer.content.decode()
    assert "Told by phone" not in answer.content.decode()


@pytest.mark.parametrize("how", ["slip", "message", "", "pigeon"])
def test_what_is_measured_cannot_be_claimed(town, client_of, clerk, reachable, how):
    reachable.resolve(by=town.actor("clerk"), note="New lamp", no_photo="Dark", at=MONDAY)

    answer = client_of(clerk).post(
        page(reachable) + "told/", {"raising": reachable.raisings.get().pk, "how": how}
    )

    assert answer.status_code == 404


def test_a_reader_who_does_not_work_on_it_notes_nothing(town, client_of, neighbourhood_head, reachable):
    reachable.resolve(by=town.actor("clerk"), note="New lamp", no_photo="Dark", at=MONDAY)
    raising = reachable.raisings.get()

    answer = client_of(neighbourhood_head).post(
        page(reachable) + "told/", {"raising": raising.pk, "how": "call"}
    )

    assert answer.status_code == 404
    assert raising.told.count() == 0


# -- lists ------------------------------------------------------------------------------------------------


def test_the_list_holds_what_one_may_see_soonest_first(town, other_town, client_of, clerk):
    later = ticket_of(say(town, words="Later", promised="2026-03-06"))
    sooner = ticket_of(say(town, words="Sooner", promised="2026-03-03"))
    say(other_town, words="Foreign", promised="2026-03-03")

    rows = client_of(clerk).get("/app/tickets/").context["page"].rows

    assert rows == [sooner, later]


def test_the_list_is_narrowed_by_state_category_owner_and_place(town, client_of, clerk):
    lamp = ticket_of(say(town, words="Lamp", promised="2026-03-06"))
    drain = ticket_of(say(town, words="Drain", category="drain", neighbourhood=None, promised="2026-03-06"))
    done = ticket_of(say(town, words="Done", promised="2026-03-06"))
    done.resolve(by=town.actor("clerk"), note="New lamp", no_photo="Dark", at=MONDAY)
    browser = client_of(clerk)

    def rows(asked):
        return set(browser.get(f"/app/tickets/?{asked}").context["page"].rows)

    assert rows("") == {lamp, drain}
    assert rows("state=closed") == {done}
    assert rows("state=all") == {lamp, drain, done}
    assert rows("state=overdue") == set()
    assert rows(f"category={drain.category_id}") == {drain}
    assert rows(f"neighbourhood={town.neighbourhood.pk}") == {lamp}
    assert rows(f"owner={lamp.owner_id}") == {lamp, drain}
    assert rows("category=9999999999999999999999&owner=x&state=y&after=z") == {lamp, drain}


def test_late_ones_are_found(town, client_of, clerk, ticket):
    with time_machine.travel(MONDAY + timedelta(days=10), tick=False):
        answer = client_of(clerk).get("/app/tickets/?state=overdue")

    assert answer.context["page"].rows == [ticket]
    assert "Overdue" in answer.content.decode()


@pytest.mark.parametrize("typed", ["25760-2026-000001", " 25760-2026-000001 ", "1", "000001"])
def test_a_number_leads_to_its_ticket(client_of, clerk, ticket, typed):
    answer = client_of(clerk).get("/app/tickets/", {"q": typed})

    assert answer["Location"] == page(ticket)


@pytest.mark.parametrize("typed", ["25771-2026-000001", "999", "%", "'; --", "²"])
def test_a_number_one_may_not_see_leads_nowhere(other_town, client_of, clerk, ticket, typed):
    say(other_town)

    answer = client_of(clerk).get("/app/tickets/", {"q": typed})

    assert answer.status_code == 200
    assert "that you may see" in answer.content.decode()


def test_the_list_is_turned_by_key(town, client_of, clerk):
    for number in range(27):
        say(town, words=f"Lamp {number}", promised="2026-03-06")
    browser = client_of(clerk)

    first = browser.get("/app/tickets/").context["page"]
    second = browser.get("/app/tickets/", {"after": first.next}).context["page"]

    assert (len(first.rows), len(second.rows), second.next) == (25, 2, "")
    assert not set(first.rows) & set(second.rows)


@pytest.mark.parametrize("address", ["/app/tickets/", "/app/tickets/?state=all", "/app/inbox/"])
def test_a_list_costs_the_same_at_one_row_and_at_three(town, client_of, clerk, address):
    browser = client_of(clerk)
    more = {} if "inbox" in address else {"promised": "2026-03-06"}
    say(town, **more)
    one = statements(browser, address)
    say(town, category="drain", **more)
    say(town, category="road", **more)

    assert statements(browser, address) == one


def test_a_ticket_costs_the_same_with_one_voice_and_with_three(town, client_of, clerk):
    browser = client_of(clerk)
    ticket = ticket_of(say(town, promised="2026-03-06"))
    town.people["officer"].language = "en"
    ticket.assign(by=town.actor("clerk"), post=town.post("officer"), note="x", at=MONDAY)
    ticket.resolve(by=town.actor("clerk"), note="New lamp", no_photo="Dark", at=MONDAY)
    one = statements(browser, page(ticket))
    for _number in range(2):
        say(town, joins=ticket, person=Person(name=NAME, phone=PHONE, reach="call"))
        ticket.note(by=town.actor("clerk"), note="Once more", at=MONDAY)

    assert statements(browser, page(ticket)) == one


# -- the inbox --------------------------------------------------------------------------------------------


def test_the_inbox_proposes_a_post_and_one_tap_assigns(town, client_of, clerk):
    ticket = ticket_of(say(town))
    browser = client_of(clerk)

    shown = browser.get("/app/inbox/")
    ((found, post, why),) = shown.context["cards"]
    assert (found, str(post)) == (ticket, "Head")
    assert "Street lighting" in why

    sent = {"post": post.pk, "version": ticket.version, "next": "/app/inbox/"}
    answer = browser.post(page(ticket) + "assign/", sent, follow=True)

    ticket.refresh_from_db()
    assert ticket.owner == post
    assert answer.redirect_chain == [(f"/app/inbox/?done={ticket.number}", 302)]
    assert "The inbox is empty" in answer.content.decode()
    assert f"{page(ticket)}undo/" in answer.content.decode()


def test_the_inbox_holds_the_longest_waiting_first(town, other_town, client_of, clerk):
    newer = ticket_of(say(town, words="Newer"))
    older = ticket_of(say(town, words="Older", captured_at=MONDAY - timedelta(days=3)))
    say(other_town)

    assert client_of(clerk).get("/app/inbox/").context["page"].rows == [older, newer]


def test_only_clerks_have_an_inbox(client_of, chair, scribe):
    assert client_of(chair).get("/app/inbox/").status_code == 404
    assert client_of(scribe).get("/app/inbox/").status_code == 404


def test_a_confidential_matter_is_seen_by_those_above_only(town, client_of, chair, clerk, secretary):
    ticket = ticket_of(say(town, words="He shouted", category="conduct", kind=Kind.CONDUCT))

    assert client_of(chair).get(page(ticket)).status_code == 200
    assert client_of(clerk).get(page(ticket)).status_code == 404
    assert client_of(secretary).get(page(ticket)).status_code == 404
    assert client_of(clerk).get("/app/tickets/?state=all").context["page"].rows == []
