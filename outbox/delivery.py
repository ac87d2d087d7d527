"""Sending what is planned: claim a few rows, send outside the transaction, mark each with the own claim.

A sender that dies leaves rows whose lease runs out, and the next one sends them with the same Message-ID.
"""

import logging
import random
import smtplib
import uuid
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F

from outbox.models import Message

logger = logging.getLogger(__name__)
BATCH = 50
LEASE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=6)


def deliver(*, at: datetime) -> int:
    """Send everything that is due at `at`; returns how many left. Any number of senders may run at once."""
    sent = 0
    while claimed := _claim(at):
        connection = get_connection()
        try:
            sent += sum(_send(message, connection, at) for message in claimed)
        finally:
            connection.close()
    return sent


@transaction.atomic
def _claim(at: datetime) -> list[Message]:
    claim = uuid.uuid4()
    rows = list(
        Message.objects.deliverable(at)
        .order_by("send_after")
        .select_for_update(skip_locked=True, of=("self",))[:BATCH]
    )
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(
        claim=claim, lease_until=at + LEASE, attempts=F("attempts") + 1
    )
    for row in rows:
        row.claim = claim
        row.attempts += 1
    return rows


def _send(message: Message, connection: BaseEmailBackend, at: datetime) -> bool:
    # Closing a matter cancels what is unsent about it; so look once more just before sending.
    mine = Message.objects.unsent().filter(pk=message.pk, claim=message.claim)
    if not mine.exists():
        return False
    try:
        _as_mail(message, connection).send()
    except Exception as error:
        if _is_final(error):
            mine.update(state=Message.State.FAILED, error=_reason(error), claim=None, lease_until=None)
        else:
            mine.update(
                send_after=at + _backoff(message.attempts), error=_reason(error), claim=None, lease_until=None
            )
        logger.warning("Message %s was not sent: %s", message.uuid, _reason(error))
        return False
    return bool(mine.update(state=Message.State.SENT, sent_at=at, error="", claim=None, lease_until=None))


def _as_mail(message: Message, connection: BaseEmailBackend) -> EmailMessage:
    return EmailMessage(
        subject=message.subject,
        body=message.body,
        to=[message.address],
        headers={
            "Message-ID": f"<{message.uuid}@{urlsplit(settings.PUBLIC_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
        connection=connection,
    )


def _is_final(error: Exception) -> bool:
    """Whether trying again is useless: the server said 5xx about this address, or it is no address at all."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            return all(code >= 500 for code, _text in error.recipients.values())
        case smtplib.SMTPSenderRefused() | smtplib.SMTPDataError():
            return error.smtp_code >= 500
        case ValueError() | UnicodeError():
            return True  # a header that no mail can carry
    return False


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


def _backoff(attempts: int) -> timedelta:
    """1, 2, 4 … minutes up to 6 hours, with jitter so that a crowd does not knock together; it never gives up."""
    wait = min(timedelta(minutes=2 ** min(attempts - 1, 10)), LONGEST_WAIT)
    return wait * random.uniform(0.75, 1.25)
