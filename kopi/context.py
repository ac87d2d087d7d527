"""What only the trial version shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from kopi import demo


def people(request: HttpRequest) -> dict[str, Any]:
    """Whom a newcomer may come in as, for the front page and the sign-in page; nobody outside the demo."""
    return {"demo_accounts": demo.accounts, "demo_password": demo.PASSWORD} if settings.DEMO else {}
