"""What every page's frame needs: the looks a reader chose, the way back here, the tabs of a person's posts."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from wards.access import Permission, Standing

TEXT_SIZES = [
    ("", pgettext_lazy("text size", "Normal text")),
    ("lg", gettext_lazy("Large text")),
    ("xl", gettext_lazy("Largest text")),
]
THEMES = [
    ("", gettext_lazy("As on my device"), "contrast"),
    ("light", gettext_lazy("Light"), "sun"),
    ("dark", gettext_lazy("Dark"), "moon"),
]
ON_A_PHONE = 5  # tabs that fit side by side at 390 px


@dataclass
class Tab:
    """One entry of the bar on a phone, of the rail on a desk; `rest` ones show on a desk only."""

    href: str
    name: str
    icon: str
    here: bool = False
    rest: bool = False


def rooms(standing: Standing) -> list[Tab]:
    """Every page a person's posts open, most used first."""
    may = standing.may
    found = []
    if may(Permission.OWN) or may(Permission.LEAD):
        found.append(Tab("/app/promises/", _("Promises"), "coffee"))
    if may(Permission.TRIAGE):
        found.append(Tab("/app/inbox/", _("Inbox"), "inbox"))
    if may(Permission.CAPTURE):
        found.append(Tab("/app/capture/", _("Write down"), "mic"))
    if standing.wards:
        found.append(Tab("/app/sessions/", _("Sessions"), "calendar"))
    if may(Permission.LEAD) or may(Permission.READ_WARD) or may(Permission.READ_NEIGHBOURHOOD):
        found.append(Tab("/app/ward/", pgettext("the tab", "Ward"), "chart-column"))
    if may(Permission.OVERSEE):
        found.append(Tab("/app/region/", _("Passed up"), "arrow-up-from-line"))
    if any(may(one) for one in (Permission.OWN, Permission.READ_NEIGHBOURHOOD, Permission.OVERSEE)):
        found.append(Tab("/app/tickets/", _("Tickets"), "ticket"))
    if may(Permission.READ_MESSAGES):
        found.append(Tab("/app/messages/", _("Messages"), "mail"))
    return found


def home_of(standing: Standing) -> str:
    """Where the day of a person begins: the page of the post; empty without a post."""
    may = standing.may
    for address, mine in (
        ("/app/inbox/", may(Permission.TRIAGE)),
        ("/app/region/", may(Permission.OVERSEE)),
        ("/app/promises/", may(Permission.OWN)),
        ("/app/messages/", may(Permission.READ_MESSAGES)),
        ("/app/ward/", may(Permission.READ_NEIGHBOURHOOD)),
        ("/app/capture/", may(Permission.CAPTURE)),
    ):
        if mine:
            return address
    return ""


def tabs(request: HttpRequest) -> list[Tab]:
    """The tabs of the signed-in person; none for residents and strangers."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.standing:
        return []
    found = rooms(user.standing)
    for tab in found[ON_A_PHONE - 1 :]:
        tab.rest = True
    found.append(Tab("/app/me/", pgettext("the tab", "Me"), "user"))
    for tab in found:
        tab.here = request.path.startswith(tab.href)
    return found


def here(request: HttpRequest) -> str:
    """Where this page can be read again: its address, or where a posted form came from."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    before = request.META.get("HTTP_REFERER", "")
    if url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(before)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return "/"


def frame(request: HttpRequest) -> dict[str, Any]:
    """Feed base.html."""
    text, theme = request.COOKIES.get("text", ""), request.COOKIES.get("theme", "")
    return {
        "demo": settings.DEMO,
        "languages": settings.LANGUAGES,
        "look_text": text if text in ("lg", "xl") else "",
        "look_theme": theme if theme in ("light", "dark") else "",
        "text_sizes": TEXT_SIZES,
        "themes": THEMES,
        "here": here(request),
        "tabs": lambda: tabs(request),
    }
