"""The administrator's look at the outbox, and the province's at what was passed up."""

from datetime import date, timedelta

import pytest

from dashboards.views.messages import masked
from outbox.models import Message
from tests.people import say, ticket_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(ward, now):
    def write(key, **fields):
        common = {
            "ward": ward,
            "subject": f"About {key}",
            "body": "Text",
            "planned_at": now,
            "send_after": now,
        }
        return Message.objects.create(key=key, **common | fields)

    return write


def test_states_are_filtered_and_failures_stand_out(page_of, administrator, message, now, chair):
    message("one", to_user=chair, state="sent", sent_at=now)
    message("two", to_user=chair, state="failed", error="no such box")
    message("three", to_user=chair, send_after=now - timedelta(hours=2))
    shown = page_of(administrator, "/app/messages/")

    assert (shown.context["failed"], shown.context["oldest"]) == (1, now - timedelta(hours=2))
    assert [row.key for row in shown.context["page"].rows] == ["three", "two", "one"]
    (failed,) = page_of(administrator, "/app/messages/", state="failed").context["page"].rows
    assert failed.key == "two"


def test_nothing_of_a_resident_is_shown(page_of, administrator, message):
    mail = message(
        "one",
        address="ba.tu@example.org",
        body="Write to ba.tu@example.org, call 0912 345 678. https://kopi.example/p/AbC_d-1/ or 1234 5678 9012",
        error="SMTPRecipientsRefused: ba.tu@example.org",
    )
    for address in ("/app/messages/", f"/app/messages/{mail.uuid}/"):
        text = page_of(administrator, address).content.decode()
        for secret in ("ba.tu", "0912", "AbC_d-1", "5678 9012"):
            assert secret not in text


def test_a_tickets_number_and_dates_survive_the_mask():
    text = (
        "25760-2026-000123 is due on 06/03/2026, 15:20, https://kopi.example/app/tickets/25760-2026-000123/"
    )
    assert masked(text) == text


def test_of_a_confidential_matter_only_the_state_is_shown(page_of, administrator, message, town, chair):
    ticket = ticket_of(say(town, category="conduct"))
    mail = message("one", about=ticket.number, to_user=chair, subject="He was rude", body="He was rude")
    for address in ("/app/messages/", f"/app/messages/{mail.uuid}/"):
        shown = page_of(administrator, address)
        assert shown.status_code == 200
        assert "He was rude" not in shown.content.decode() and ticket.number not in shown.content.decode()


def test_trying_again_plans_a_failed_message_for_now(client_of, administrator, message, chair, now):
    failed = message("one", to_user=chair, address=chair.email, state="failed", error="550")
    sent = message("two", to_user=chair, address=chair.email, state="sent", sent_at=now)
    lost = message("three", state="failed")
    for mail in (failed, sent, lost):
        client_of(administrator).post(f"/app/messages/{mail.uuid}/again/")
        mail.refresh_from_db()

    assert (failed.state, failed.send_after, failed.error) == ("planned", now, "")
    assert (sent.state, lost.state) == ("sent", "failed")


def test_only_the_wards_administrator_reads_its_messages(
    page_of, client_of, town, other_town, message, chair
):
    mail = message("one", to_user=chair, address=chair.email, state="failed")
    theirs = other_town.people["administrator"]
    assert page_of(theirs, "/app/messages/").context["page"].rows == []
    for user in (theirs, chair, town.people["clerk"]):
        assert page_of(user, f"/app/messages/{mail.uuid}/").status_code == 404
        assert client_of(user).post(f"/app/messages/{mail.uuid}/again/").status_code == 404
    mail.refresh_from_db()
    assert mail.state == "failed"
    assert page_of(chair, "/app/messages/").status_code == 404


def test_the_province_sees_what_was_passed_up_and_nothing_else(
    page_of, town, by, monday, province, clerk, now
):
    ticket = ticket_of(say(town, category="land", words="The power line hangs low."))
    say(town, words="A matter of the ward alone.")
    ticket.refer(by=by("clerk"), body=town.body, letter_number="12/CV", due=date(2026, 3, 20), at=monday)
    shown = page_of(province, "/app/region/")

    assert [(row.number, row.age) for row in shown.context["page"].rows] == [(ticket.number, 28)]
    assert page_of(clerk, "/app/region/").status_code == 404


def test_each_post_begins_its_day_on_its_own_page(page_of, town):
    homes = {
        "chair": "/app/promises/",
        "officer": "/app/promises/",
        "clerk": "/app/inbox/",
        "scribe": "/app/capture/",
        "youth": "/app/capture/",
        "neighbourhood_head": "/app/ward/",
        "administrator": "/app/messages/",
        "province": "/app/region/",
    }
    assert {key: page_of(town.people[key], "/app/").headers["Location"] for key in homes} == homes


def test_an_account_without_a_post_is_told_so(page_of, town, chair, now):
    chair.appointments.update(until=now - timedelta(days=1))

    assert page_of(chair, "/app/").headers["Location"] == "/app/me/"
