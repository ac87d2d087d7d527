"""The list of sessions and the board of one: the ring of tables."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from intake import tables
from sessions_app.models import CoffeeSession, Table
from wards.access import Permission
from wards.paging import page
from wards.requests import KopiRequest

COMING = 30  # coming sessions shown; further ones wait until they come nearer


def seen_by(request: KopiRequest) -> QuerySet[CoffeeSession]:
    """Sessions this person may open; whoever has no business with any finds no such page."""
    if not request.user.standing.wards:
        raise Http404
    return CoffeeSession.objects.visible_to(request.user).select_related("ward", "neighbourhood", "programme")


@login_required
@require_safe
def sessions(request: KopiRequest) -> HttpResponse:
    """Today's sessions first, then those that come, then those that were held, page by page."""
    at = timezone.now()
    found = seen_by(request)
    days = Q(pk__in=[])
    for ward in request.user.standing.wards:
        days |= tables.day_in(ward, at.astimezone(ward.zone).date())
    after = request.GET.get("after", "")
    held = page(
        found.filter(starts_at__lt=at).exclude(days), order=("-starts_at", "-id"), after=after, size=20
    )
    first = not held.after
    context = {
        "today": found.filter(days).order_by("starts_at", "pk") if first else [],
        "coming": found.filter(starts_at__gt=at).exclude(days).order_by("starts_at", "pk")[:COMING]
        if first
        else [],
        "held": held,
        "first": first,
        "at": at,
        "may_capture": request.user.standing.may(Permission.CAPTURE),
    }
    return render(request, "intake/sessions.html", context)


@login_required
@never_cache
@require_safe
def board(request: KopiRequest, uuid: UUID) -> HttpResponse:
    """The ring of tables; htmx fetches the ring alone."""
    session = get_object_or_404(seen_by(request), uuid=uuid)
    part = request.headers.get("HX-Request") == "true"
    name = "intake/_tables.html" if part else "intake/board.html"
    response = render(request, name, board_context(request, session, timezone.now()))
    response.headers["Vary"] = "HX-Request, Cookie, Accept-Language"
    return response


def board_context(request: KopiRequest, session: CoffeeSession, at: datetime) -> dict[str, Any]:
    ring = tables.ring(session, at)
    day = at.astimezone(session.ward.zone).date()
    return {
        "session": session,
        "tables": ring,
        "said": sum(table.said for table in ring),
        "settled": sum(table.settled for table in ring),
        "at": at,
        "minutes": max(0, int((session.ends_at - at).total_seconds() // 60)),
        "begun": session.starts_at <= at,
        "over": session.ends_at <= at,
        "may_capture": request.user.standing.may(Permission.CAPTURE, session.ward)
        and not session.cancelled
        and session.starts_at.astimezone(session.ward.zone).date() <= day,
        "mine": [post.pk for post in request.user.standing.posts],
    }


def own_table(request: KopiRequest, pk: int) -> Table:
    """A table at which this person may write; anything else does not exist."""
    standing = request.user.standing
    return get_object_or_404(
        Table.objects.select_related("session__ward", "session__neighbourhood", "host__office"),
        pk=pk,
        session__in=CoffeeSession.objects.visible_to(request.user),
        session__ward__in=standing.ward_ids(Permission.CAPTURE),
    )


@login_required
@require_POST
def take(request: KopiRequest, pk: int) -> HttpResponse:
    """Sit down at a free table."""
    table = own_table(request, pk)
    if table.session.cancelled or table.session.ends_at <= timezone.now():
        messages.info(request, _("This morning is over."))
        return redirect("board", table.session.uuid)
    if not tables.take(table, by=request.user):
        messages.warning(request, _("Somebody took this table just before you."))
        return redirect("board", table.session.uuid)
    messages.success(request, _("%(table)s is yours.") % {"table": table})
    return redirect("board", table.session.uuid)


@login_required
@require_POST
def release(request: KopiRequest, pk: int) -> HttpResponse:
    """Stand up, so that somebody else can sit down."""
    table = own_table(request, pk)
    if tables.release(table, by=request.user):
        messages.success(request, _("%(table)s is free again.") % {"table": table})
    else:
        messages.info(request, _("This table is not yours."))
    return redirect("board", table.session.uuid)
