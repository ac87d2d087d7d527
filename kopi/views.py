"""The pages that belong to the whole house: its front door, the way in, one's own page, the small print."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from kopi import demo
from kopi.middleware import remember
from wards.context import TEXT_SIZES, THEMES, home_of, rooms
from wards.forms import OwnPageForm
from wards.models import Ward
from wards.requests import KopiRequest

WARDS_SHOWN = 40
BACKEND = settings.AUTHENTICATION_BACKENDS[0]


@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """The front door: type a slip's number, find a ward; in the demo, whom to sign in as and what to try."""
    asked = request.GET.get("q", "").strip()[:80]
    wards = Ward.objects.select_related("province").order_by("name", "code")
    many = wards.count() > 12
    if asked:
        wards = wards.filter(name__icontains=asked)
    return render(
        request,
        "kopi/welcome.html",
        {
            "wards": wards[:WARDS_SHOWN],
            "many": many,
            "asked": asked,
            "slips": demo.sample_slips() if settings.DEMO else [],
        },
    )


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Come in as one of the demo's people without typing. Outside the demo this address does not exist."""
    if not settings.DEMO:
        raise Http404
    email = request.POST.get("email", "")
    person = get_user_model().objects.filter(email=email, is_active=True).first()
    if person is None or email not in {account.email for account in demo.accounts()}:
        messages.info(request, _("The demo is still being filled. Please try again in a minute."))
        return redirect("account_login")
    login(request, person, backend=BACKEND)
    return redirect(way_back(request, "home"))


@login_required
@require_safe
def home(request: KopiRequest) -> HttpResponse:
    """Open the page on which the day of the person's post begins; without a post, the page that says so."""
    return redirect(home_of(request.user.standing) or "me")


@login_required
@never_cache
def me(request: KopiRequest) -> HttpResponse:
    """One's own page: posts, language, every room that is open, the way out."""
    form = OwnPageForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        response = redirect("me")
        if form.cleaned_data["language"]:
            remember(response, settings.LANGUAGE_COOKIE_NAME, form.cleaned_data["language"])
        return response
    return render(request, "kopi/me.html", {"form": form, "rooms": rooms(request.user.standing)})


@require_GET
def looks(request: HttpRequest) -> HttpResponse:
    """Keep the text size or the colours a reader chose, and go back to the page."""
    response = redirect(way_back(request, "welcome"))
    choices = {
        "text": [value for value, _name in TEXT_SIZES],
        "theme": [value for value, _name, _icon in THEMES],
    }
    for name, allowed in choices.items():
        if name in request.GET and request.GET[name] in allowed:
            remember(response, name, request.GET[name])
    return response


def way_back(request: HttpRequest, otherwise: str) -> str:
    """Where `next` leads, if it stays in this house."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure()):
        return asked
    return otherwise


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "kopi/privacy.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "kopi/accessibility.html")


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to put Kopi on its first screen."""
    icons = [
        {"src": static("img/icon-192.png"), "sizes": "192x192", "type": "image/png", "purpose": "any"},
        {"src": static("img/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any"},
        {
            "src": static("img/maskable-512.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
    ]
    return JsonResponse(
        {
            "id": "/app/",
            "name": _("Kopi, the memory of the coffee table"),
            "short_name": "Kopi",
            "lang": get_language(),
            "start_url": "/app/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#FBF6EF",
            "theme_color": "#FBF6EF",
            "icons": icons,
        },
        content_type="application/manifest+json",
    )


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For browsers that ask at the old place."""
    return redirect(static("img/favicon.ico"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when the form or its files were too big to read."""
    if isinstance(exception, RequestDataTooBig | TooManyFilesSent):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)
