"""How signing in and up works here: anybody may have an account, only an appointment gives power."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):
    """Mails speak the reader's language and stay out of the outbox: a code is nobody else's business."""

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("welcome")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("me")

    def format_email_subject(self, subject: str) -> str:
        """The subjects name Kopi themselves, in the order of words of each language."""
        return subject
