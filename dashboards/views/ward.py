"""The ward at a glance: five figures, what is late, what came and went; every figure opens its rows."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboards import charts, lists
from dashboards.titles import TITLES
from feedback.models import Category
from tickets import figures
from tickets.models import Ticket
from tickets.scope import Period, Scope
from wards.models import Neighbourhood
from wards.paging import page
from wards.requests import KopiRequest
from wards.workdays import Calendar, calendar_of_ward

PERIODS = (7, 30, 90)
PLACES, KINDS, AGAIN = 4, 6, 3  # rows and columns that fit a screen on the wall


def _scope(request: KopiRequest) -> Scope:
    """Whose figures are asked for: the named ward's, else the first one's; strangers get 404."""
    found = lists.scopes_of(request.user)
    asked = request.GET.get("ward")
    if not found or (asked and asked not in found):
        raise Http404
    return found[asked] if asked else next(iter(found.values()))


def _days(request: KopiRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in {str(days) for days in PERIODS} else 30


@login_required
@never_cache
@require_safe
def ward(request: KopiRequest) -> HttpResponse:
    """The dashboard of a ward, an office or a neighbourhood, as the reader's post allows."""
    scope, days, at = _scope(request), _days(request), timezone.now()
    calendar = calendar_of_ward(scope.ward)
    period = Period.last(days, at, scope.ward)
    weeks = figures.weekly(scope, at)
    everywhere = request.GET.get("places") == "all"
    context = {
        "ward": scope.ward,
        "scope": scope,
        "places": Neighbourhood.objects.filter(pk__in=scope.neighbourhoods) if scope.neighbourhoods else [],
        "office_posts": {p.office for p in request.user.standing.posts if p.office_id in scope.offices},
        "wards": [other.ward for other in lists.scopes_of(request.user).values()],
        "at": at,
        "days": days,
        "periods": PERIODS,
        "kiosk": request.GET.get("kiosk") == "1",
        "everywhere": everywhere,
        "weeks": weeks,
        "chart": charts.lines(weeks, width=860, height=230, every=3),
        "small_chart": charts.lines(weeks[-8:], width=340, height=190, every=3),
        "heat": heat(scope, everywhere=everywhere),
        "again": _again(scope, calendar, at),
    }
    return render(request, "dashboards/ward.html", context | _five(scope, period, calendar))


def _five(scope: Scope, period: Period, calendar: Calendar) -> dict[str, Any]:
    """The five figures, now and in the period before."""
    table, table_before = (figures.at_the_table(scope, each) for each in (period, period.before()))
    kept, kept_before = (figures.kept(scope, each) for each in (period, period.before()))
    rated, rated_before = (figures.satisfaction(scope, each) for each in (period, period.before()))
    spot = figures.share(table["on_the_spot"], table["received"])
    spot_before = figures.share(table_before["on_the_spot"], table_before["received"])
    share = figures.share(kept["kept"], kept["passed"])
    share_before = figures.share(kept_before["kept"], kept_before["passed"])
    ladder = figures.overdue_ladder(scope, calendar, period.at)
    most = max(ladder["overdue_1"], ladder["overdue_2"], ladder["overdue_3"], 1)
    return {
        "table": table,
        "received_change": table["received"] - table_before["received"],
        "spot": spot,
        "spot_change": _change(spot, spot_before),
        "reopen_share": figures.share(table["disputed"], table["on_the_spot"]),
        "kept": kept,
        "kept_share": share,
        "kept_change": _change(share, share_before),
        "ladder": ladder,
        "rungs": [
            {"name": f"overdue_{rung}", "rung": rung, "n": n, "width": 100 * n / most}
            for rung in (1, 2, 3)
            for n in [ladder[f"overdue_{rung}"]]
        ],
        "rated": rated,
        "rated_before": rated_before,
        "told": figures.told(scope, period),
        "ended": figures.silent_or_sure(scope, period),
    }


def _change(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else now - before


def _again(scope: Scope, calendar: Calendar, at: datetime) -> list[Ticket]:
    often = lists.tickets_of(figures.raised_again(scope)).order_by("-raised", "due_at", "id")
    return lists.ready(often[:AGAIN], calendar, at)


def heat(scope: Scope, *, everywhere: bool) -> dict[str, Any]:
    """Open tickets by neighbourhood (rows) and category (columns), the fullest first; the rest behind a link."""
    counted = figures.by_place(scope)
    rows: dict[int | None, int] = {}
    columns: dict[int | None, int] = {}
    cells: dict[tuple[int | None, int | None], int] = {}
    for row in counted:
        place, kind, n = row["neighbourhood"], row["category"], row["n"]
        cells[place, kind] = n
        rows[place] = rows.get(place, 0) + n
        columns[kind] = columns.get(kind, 0) + n
    by_most = sorted(rows, key=lambda pk: (-rows[pk], pk or 0))
    kinds = sorted(columns, key=lambda pk: (-columns[pk], pk or 0))[:KINDS]
    shown = by_most if everywhere else by_most[:PLACES]
    places = Neighbourhood.objects.in_bulk([pk for pk in shown if pk])
    names = Category.objects.in_bulk([pk for pk in kinds if pk])
    most = max(cells.values(), default=1)
    return {
        "kinds": [{"pk": kind or 0, "category": names.get(kind)} for kind in kinds],
        "rows": [
            {
                "pk": place or 0,
                "place": places.get(place),
                "total": rows[place],
                "cells": [
                    {"kind": kind or 0, "n": n, "heat": -(-4 * n // most) if n else 0}
                    for kind in kinds
                    for n in [cells.get((place, kind), 0)]
                ],
            }
            for place in shown
        ],
        "count": len(by_most),
        "more": len(by_most) > len(shown),
    }


@login_required
@never_cache
@require_safe
def rows(request: KopiRequest, figure: str) -> HttpResponse:
    """What one figure counted, row by row."""
    if figure not in figures.ROWS:
        raise Http404
    scope, days, at = _scope(request), _days(request), timezone.now()
    calendar = calendar_of_ward(scope.ward)
    period = Period.last(days, at, scope.ward)
    found = lists.seen_by(request.user, figures.rows(figure, scope, period, calendar))
    place = _named(request, "neighbourhood", Neighbourhood.objects.filter(ward=scope.ward))
    kind = _named(request, "category", Category.objects.of_ward(scope.ward))
    if found.model is Ticket:
        found = figures.with_raisings(found) if figure != "raised_again" else found
        found = found.filter(**{name: (row.pk or None) for name, row in (place | kind).items() if row.pk})
        for name in [name for name, row in (place | kind).items() if not row.pk]:
            found = found.filter(**{f"{name}__isnull": True})
    turned = page(found, order=lists.order_of(found), after=request.GET.get("after", ""))
    for row in turned.rows:
        if (ticket := row if found.model is Ticket else _ticket_of(row)) is not None:
            lists.ready([ticket], calendar, at)
    context = {
        "ward": scope.ward,
        "figure": figure,
        "title": TITLES[figure],
        "sort": found.model._meta.model_name,
        "days": days,
        "by_period": figure not in NOW,
        "page": turned,
        "place": place.get("neighbourhood"),
        "kind": kind.get("category"),
    }
    return render(request, "dashboards/rows.html", context)


NOW = frozenset({"open", "overdue", "overdue_1", "overdue_2", "overdue_3", "raised_again", "not_due"})


def _ticket_of(row: Any) -> Ticket | None:
    """The ticket that answers for a promise, a concern or a verdict, set on the row as `matter`."""
    ticket = getattr(row, "ticket", None) or getattr(getattr(row, "raising", None), "ticket", None)
    row.matter = ticket.leading if ticket and ticket.merged_into_id and hasattr(row, "ticket") else ticket
    return row.matter


def _named(request: KopiRequest, name: str, rows: Any) -> dict[str, Any]:
    """The neighbourhood or category the address asks for; 0 asks for those without one, nonsense for 404."""
    asked = request.GET.get(name, "")
    if not asked:
        return {}
    if asked == "0":
        return {name: rows.model(pk=0)}
    row = rows.model.objects.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 10 else None
    if row is None or (name == "neighbourhood" and not rows.filter(pk=row.pk).exists()):
        raise Http404
    return {name: row}
