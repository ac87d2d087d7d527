"""Messages leave once, late rather than never, and never after they were taken back."""

import smtplib
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from outbox import delivery
from outbox.models import Message
from tests.people import MONDAY, Town

MINUTE = timedelta(minutes=1)


def letter(town: Town, key: str = "one", **more: Any) -> Message:
    fields = {
        "planned_at": MONDAY,
        "send_after": MONDAY,
        "ward": town.ward,
        "address": "somebody@example.org",
        "subject": "Hello",
        "body": "Hello there",
    }
    return Message.objects.create(key=key, **(fields | more))


def failing(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: EmailBackend, messages: Any) -> int:
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)


def test_a_due_message_leaves_once(town: Town):
    message = letter(town)

    assert delivery.deliver(at=MONDAY) == 1
    assert delivery.deliver(at=MONDAY + MINUTE) == 0

    message.refresh_from_db()
    assert (message.state, message.sent_at, message.attempts) == ("sent", MONDAY, 1)
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{message.uuid}@localhost>"


def test_a_message_waits_for_its_time(town: Town):
    letter(town, send_after=MONDAY + MINUTE)

    assert delivery.deliver(at=MONDAY) == 0
    assert delivery.deliver(at=MONDAY + MINUTE) == 1


def test_what_another_sender_holds_is_left_to_it_until_its_lease_ends(town: Town):
    letter(town, lease_until=MONDAY + MINUTE)

    assert delivery.deliver(at=MONDAY) == 0
    assert delivery.deliver(at=MONDAY + 2 * MINUTE) == 1


def test_a_cancelled_message_never_leaves(town: Town):
    letter(town)
    Message.objects.all().cancel("closed")

    assert delivery.deliver(at=MONDAY) == 0


def test_cancelling_between_claim_and_sending_wins(town: Town, monkeypatch: pytest.MonkeyPatch):
    letter(town)
    claim = delivery._claim

    def cancel_then(at: datetime) -> list[Message]:
        rows = claim(at)
        Message.objects.all().cancel("closed")
        return rows

    monkeypatch.setattr(delivery, "_claim", cancel_then)

    assert delivery.deliver(at=MONDAY) == 0
    assert mail.outbox == []


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPServerDisconnected("gone"),
        ConnectionRefusedError("refused"),
        smtplib.SMTPRecipientsRefused({"somebody@example.org": (450, b"later")}),
    ],
)
def test_a_passing_fault_is_tried_again_later(town: Town, monkeypatch: pytest.MonkeyPatch, error: Exception):
    message = letter(town)
    failing(error, monkeypatch)

    assert delivery.deliver(at=MONDAY) == 0

    message.refresh_from_db()
    assert (message.state, message.attempts) == ("planned", 1)
    assert message.send_after > MONDAY
    assert message.error
    monkeypatch.undo()
    assert delivery.deliver(at=MONDAY + 5 * MINUTE) == 1


def test_an_address_the_server_refuses_for_good_is_given_up(town: Town, monkeypatch: pytest.MonkeyPatch):
    message = letter(town)
    failing(smtplib.SMTPRecipientsRefused({"somebody@example.org": (550, b"unknown")}), monkeypatch)

    delivery.deliver(at=MONDAY)

    message.refresh_from_db()
    assert message.state == "failed"
    assert "550" in message.error


def test_one_failing_message_does_not_stop_the_others(town: Town):
    letter(town, "bad", subject="two\nlines")
    letter(town, "good")

    assert delivery.deliver(at=MONDAY) == 1
    assert Message.objects.get(key="bad").state == "failed"


def test_the_wait_between_tries_grows_and_ends_at_hours():
    waits = [delivery._backoff(attempt) for attempt in (1, 5, 50)]

    assert waits == sorted(waits)
    assert waits[-1] <= timedelta(hours=8)
