from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from wards.models import Ward


class MessageQuerySet(models.QuerySet["Message"]):
    def unsent(self) -> Self:
        return self.filter(state=Message.State.PLANNED)

    def deliverable(self, at: datetime) -> Self:
        """Planned, due, and leased to nobody at `at`."""
        return self.unsent().filter(Q(lease_until__isnull=True) | Q(lease_until__lt=at), send_after__lte=at)

    def cancel(self, why: str) -> int:
        """Take back what is not sent yet; the row stays as the record."""
        return self.unsent().update(state=Message.State.CANCELLED, error=why)


class Message(models.Model):
    """One message to one person: the plan before it is sent, the proof afterwards."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("E-mail")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    uuid = models.UUIDField(
        unique=True, default=uuid7, editable=False
    )  # its Message-ID, the same at every attempt
    key = models.CharField(
        max_length=160, unique=True
    )  # what it is: planning the same thing twice adds nothing
    about = models.CharField(max_length=80, blank=True)  # a ticket's number or another human key
    ward = models.ForeignKey(Ward, models.PROTECT, null=True, related_name="messages")
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="messages")
    address = models.CharField(max_length=254, blank=True)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.MAIL)
    language = models.CharField(max_length=8, blank=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    planned_at = models.DateTimeField()
    send_after = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    claim = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    error = models.CharField(max_length=300, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent"),
                name="sent_message_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["send_after"], condition=Q(state="planned"), name="message_deliverable"),
            models.Index(fields=["ward", "-id"], name="message_of_ward"),
            models.Index(fields=["about"], condition=Q(state="planned"), name="message_unsent_about"),
        ]

    def __str__(self) -> str:
        return self.subject
