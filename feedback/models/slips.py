import secrets
from datetime import datetime

from django.db import models
from django.utils.translation import pgettext_lazy

from feedback.models.items import FeedbackItem


def new_token() -> str:
    """What the QR code carries: 128 random bits, which reissuing the slip revokes."""
    return secrets.token_urlsafe(16)


class Slip(models.Model):
    """The paper a resident takes home: a code to type, a QR code to scan."""

    code = models.CharField(
        max_length=12, unique=True
    )  # feedback.codes: eleven random digits and a check digit
    token = models.CharField(max_length=32, unique=True, default=new_token)
    item = models.ForeignKey(FeedbackItem, models.CASCADE, null=True, blank=True, related_name="slips")
    issued_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("paper", "slip")
        verbose_name_plural = pgettext_lazy("paper", "slips")

    def __str__(self) -> str:
        return self.code

    def revoke(self, *, at: datetime) -> None:
        """Make the code and the token of a lost slip worthless."""
        self.revoked_at = at
        self.save(update_fields=["revoked_at"])
