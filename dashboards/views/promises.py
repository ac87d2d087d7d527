"""My promises: what my posts answer for, what is late, what comes next."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Avg, Count, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncWeek
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboards import charts, lists
from tickets import figures
from tickets.models import Promise, Ticket
from tickets.scope import Period, Scope
from wards.access import Permission
from wards.models import Post, User, Ward
from wards.paging import page
from wards.requests import KopiRequest
from wards.workdays import calendar_of

KEPT_DAYS = 90
RATED_WEEKS = 8
FIRST = 5  # late and soon ones shown before the link to all of them
SIZE = 20
SHOWS = ("overdue", "soon", "open")


def mine(user: User, posts: list[Post]) -> "QuerySet[Ticket]":
    """Open tickets that `posts` own or promised, also through a ticket merged into another."""
    promised = Promise.objects.by_posts(posts)
    own = (
        Q(owner__in=[post.pk for post in posts])
        | Q(pk__in=promised.values("ticket"))
        | Q(pk__in=promised.filter(ticket__merged_into__isnull=False).values("ticket__merged_into"))
    )
    return Ticket.objects.visible_to(user).filter(own).unresolved()


def shown(tickets: "QuerySet[Ticket]") -> "QuerySet[Ticket]":
    """Tickets with what a card shows: how many raised it, and the first date promised."""
    first = Promise.objects.filter(ticket=OuterRef("pk")).order_by().values("ticket")
    return lists.tickets_of(tickets).annotate(
        promised_first=Subquery(first.annotate(day=Min("original_due")).values("day"))
    )


@login_required
@never_cache
@require_safe
def promises(request: KopiRequest) -> HttpResponse:
    """The page a leader opens for three minutes a day."""
    posts = request.user.standing.posts_that_may(Permission.OWN)
    if not posts:
        raise Http404
    at = timezone.now()
    calendar = calendar_of(posts[0].office)
    ward = posts[0].office.ward
    show, after = request.GET.get("show", ""), request.GET.get("after", "")
    tickets = mine(request.user, posts)
    soon = lists.soon_until(calendar, at)
    piles = {
        "overdue": Q(due_at__lt=at),
        "soon": Q(due_at__gte=at, due_at__lte=soon),
        "later": Q(due_at__gt=soon),
        "open": Q(),
    }
    counts = tickets.aggregate(
        overdue=Count("pk", filter=piles["overdue"]),
        soon=Count("pk", filter=piles["soon"]),
        open=Count("pk"),
    )
    context: dict[str, Any] = {
        "ward": ward,
        "at": at,
        "counts": counts,
        "posts": posts,
        "show": show if show in SHOWS else "",
    }
    rest = piles[show] if show in SHOWS else piles["later"]
    turned = page(shown(tickets.filter(rest)), order=("due_at", "id"), after=after, size=SIZE)
    context |= {"page": turned, "rest": lists.ready(turned.rows, calendar, at, posts)}
    if not context["show"] and not turned.after:
        for pile in ("overdue", "soon"):
            first = shown(tickets.filter(piles[pile])).order_by("due_at", "id")[:FIRST]
            context[pile] = lists.ready(first, calendar, at, posts)
    if ward:
        context |= kept_and_rated(ward, posts, at=at)
    return render(request, "dashboards/promises.html", context)


def kept_and_rated(ward: Ward, posts: list[Post], *, at: datetime) -> dict[str, object]:
    """The share of promises these posts kept, beside the ward's, and how residents rated what they did."""
    own, all_of_it = Scope(ward, posts={post.pk for post in posts}), Scope(ward)
    period = Period.last(KEPT_DAYS, at, ward)
    kept, of_ward = figures.kept(own, period), figures.kept(all_of_it, period)
    recent = Period.last(RATED_WEEKS * 7, at, ward)
    given = figures.verdicts(own, recent).filter(rating__isnull=False).order_by()
    weeks = {
        week.date(): (average, n)
        for week, average, n in given.annotate(week=TruncWeek("at", tzinfo=ward.zone))
        .values("week")
        .annotate(average=Avg("rating"), n=Count("pk"))
        .values_list("week", "average", "n")
    }
    today = at.astimezone(ward.zone).date()
    monday = today - timedelta(days=today.weekday())
    line = [weeks.get(monday - timedelta(weeks=back), (None, 0)) for back in reversed(range(RATED_WEEKS))]
    rated = sum(n for _average, n in line)
    return {
        "kept": kept,
        "kept_share": figures.share(kept["kept"], kept["passed"]),
        "ward_share": figures.share(of_ward["kept"], of_ward["passed"]),
        "rated": rated,
        "rating": sum((average or 0) * n for average, n in line) / rated if rated else None,
        "rating_line": charts.spark([average for average, _n in line]),
        "rating_weeks": [average for average, _n in line if average is not None],
    }
