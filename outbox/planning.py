"""Putting a message into the outbox: in the transaction of whatever it tells, and only once for each key."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from outbox.models import Message
from wards.models import User, Ward


def mail(
    *,
    key: str,
    ward: Ward,
    language: str,
    template: str,
    context: Mapping[str, Any],
    at: datetime,
    send_after: datetime,
    about: str = "",
    to: User | None = None,
    address: str = "",
) -> Message:
    """Plan one mail from `<template>.txt`, whose first line is the subject; the same key again adds nothing.

    Without an address the message is kept as failed, so that somebody sees it.
    """
    address = address or (to.email if to else "") or ""
    with translation.override(language if language in {"vi", "id", "en"} else "en"):
        text = render_to_string(f"{template}.txt", {**context, "ward": ward, "language": language})
        missing = translation.gettext("There is no e-mail address.")
    subject, _line, body = text.strip().partition("\n")
    message, _created = Message.objects.get_or_create(
        key=key,
        defaults={
            "about": about,
            "ward": ward,
            "to_user": to,
            "address": address,
            "language": language,
            "subject": " ".join(subject.split())[:200],
            "body": body.strip() + "\n",
            "planned_at": at,
            "send_after": send_after,
            "state": Message.State.PLANNED if address else Message.State.FAILED,
            "error": "" if address else missing,
        },
    )
    return message
