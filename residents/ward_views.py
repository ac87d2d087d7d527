"""The ward's own public pages: when it meets its residents, and the few figures that harm nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from residents.forms import LookUpForm
from sessions_app.models import CoffeeSession, Table
from tickets import figures
from tickets.figures import Period, Scope
from wards.models import Ward
from wards.paging import page

LEAST = 5  # a smaller number could point at somebody, so it is not shown
DAYS = 365
KEPT_FOR = 300  # seconds; many phones may open the page in the same minute
COMING_ON_THE_FRONT = 3
MOST = 30  # coming sessions of one list
LEADERS = 3  # posts named beside a session; the others are counted


@dataclass(frozen=True)
class Figures:
    """What a ward may tell everybody, of the last 365 days; None where the number is too small to show."""

    sessions: int
    heard: int | None
    promises: int | None  # whose first date has passed
    kept: int | None  # of them, in whole percent


def figures_of(ward: Ward, *, at: datetime) -> Figures:
    """Read the public figures, at most every five minutes."""

    known: Figures | None = cache.get(f"ward-figures:{ward.pk}")
    if known is None:
        scope, year = Scope(ward), Period.last(DAYS, at, ward)
        sessions = CoffeeSession.objects.filter(ward=ward, starts_at__gte=year.since, cancelled=False)
        heard = figures.received(scope, year).count()
        promises = figures.kept(scope, year)
        enough = promises["passed"] >= LEAST
        known = Figures(
            sessions=sessions.filter(ends_at__lte=at).count(),
            heard=heard if heard >= LEAST else None,
            promises=promises["passed"] if enough else None,
            kept=round(100 * promises["kept"] / promises["passed"]) if enough else None,
        )
        cache.set(f"ward-figures:{ward.pk}", known, KEPT_FOR)
    return known


def sessions_of(ward: Ward) -> QuerySet[CoffeeSession]:
    """Sessions with what a resident wants to know: where, and who will sit there."""
    hosts = Table.objects.filter(host__isnull=False).select_related("host")
    return (
        CoffeeSession.objects.filter(ward=ward, cancelled=False)
        .select_related("neighbourhood", "programme")
        .prefetch_related(Prefetch("tables", hosts, to_attr="hosted"))
    )


def coming(ward: Ward, *, at: datetime, most: int) -> list[CoffeeSession]:
    """The next sessions, the nearest first; the running one is among them."""
    return with_leaders(sessions_of(ward).filter(ends_at__gt=at).order_by("starts_at", "pk")[:most])


def with_leaders(sessions: Iterable[Any]) -> list[CoffeeSession]:
    """Each session with `leaders`, the first posts that sit at its tables, and how many `others` do."""
    found = list(sessions)
    for session in found:
        titles = list(dict.fromkeys(table.host.title for table in session.hosted))
        session.leaders, session.others = titles[:LEADERS], max(0, len(titles) - LEADERS)
    return found


@require_safe
def ward_public(request: HttpRequest, code: str) -> HttpResponse:
    """The ward's front page for residents."""
    ward = get_object_or_404(Ward, code=code)
    at = timezone.now()
    context = {
        "ward": ward,
        "form": LookUpForm(),
        "coming": coming(ward, at=at, most=COMING_ON_THE_FRONT),
        "figures": figures_of(ward, at=at),
        "least": LEAST,
    }
    return render(request, "residents/ward.html", context)


@require_safe
def ward_sessions(request: HttpRequest, code: str) -> HttpResponse:
    """When and where the ward meets its residents, ahead and back."""
    ward = get_object_or_404(Ward, code=code)
    at = timezone.now()
    ended = sessions_of(ward).filter(ends_at__lte=at)
    past = page(ended, order=("-starts_at", "-id"), after=request.GET.get("after", ""))
    context = {
        "ward": ward,
        "coming": [] if past.after else coming(ward, at=at, most=MOST),
        "past": past,
        "held": with_leaders(past.rows),
    }
    return render(request, "residents/ward_sessions.html", context)
