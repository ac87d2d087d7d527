"""Who stands before the page: a resident who reads it, a machine that only looks, a form of another site."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

# Messengers fetch a link to draw its preview, and search engines fetch everything: nobody has read it then.
MACHINES = re.compile(
    r"bot\b|crawl|spider|preview|facebookexternalhit|facebookcatalog|whatsapp/|skypeuri|curl/|wget/|python-",
    re.IGNORECASE,
)
AHEAD_OF_TIME = ("HTTP_PURPOSE", "HTTP_SEC_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")

View = Callable[..., HttpResponseBase]


def reads(request: HttpRequest) -> bool:
    """Whether a resident has this page before the eyes: no HEAD, no prefetch, no link preview, nobody of the staff."""
    if request.method != "GET" or MACHINES.search(request.META.get("HTTP_USER_AGENT", "")):
        return False
    purposes = " ".join(request.META.get(key, "") for key in AHEAD_OF_TIME).lower()
    if any(word in purposes for word in ("prefetch", "prerender", "preview")):
        return False
    return not request.user.is_authenticated


def comes_from_here(request: HttpRequest) -> bool:
    """Whether a form was sent by a page of this house: its Origin, else its Referer, names this host."""
    origin = request.META.get("HTTP_ORIGIN", "")
    sender = origin if origin not in {"", "null"} else request.META.get("HTTP_REFERER", "")
    try:
        return bool(sender) and urlsplit(sender).netloc == request.get_host()
    except ValueError:
        return False


def own_form(view: View) -> View:
    """Take POSTs of the house's own pages only. Residents carry no cookie, so no CSRF token can stand for it."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not comes_from_here(request):
            return render(request, "residents/elsewhere.html", status=403)
        return view(request, *args, **kwargs)

    return guarded
