"""What every request meets before its page: a guard against malformed addresses, and the reader's language."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

Next = Callable[[HttpRequest], HttpResponse]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
CODES = [code for code, _name in settings.LANGUAGES]


class GuardMiddleware:
    """Refuse what no page could answer: TRACE and the like, and NUL, which PostgreSQL cannot look up."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404
        return self.get_response(request)


class LanguageMiddleware:
    """Speak the reader's language: asked for by ?hl=, else the cookie, the account, the browser, the house."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("hl", "")
        language = asked if asked in CODES else language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        if asked in CODES:
            remember(response, settings.LANGUAGE_COOKIE_NAME, asked)
        return response


def language_of(request: HttpRequest) -> str:
    """The language of a request that does not ask for one."""
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if cookie in CODES:
        return cookie
    # Only somebody with a session can be signed in: strangers cost no query.
    if settings.SESSION_COOKIE_NAME in request.COOKIES and hasattr(request, "user"):
        saved = getattr(request.user, "language", "")
        if saved in CODES:
            return saved
    for name, _weight in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        spoken = name.split("-")[0]
        if spoken in CODES:
            return spoken
    return settings.KOPI_LANGUAGE


def remember(response: HttpResponse, name: str, value: str) -> None:
    """Keep a reader's choice for a year, in a cookie that says nothing about the person."""
    response.set_cookie(
        name,
        value,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )
