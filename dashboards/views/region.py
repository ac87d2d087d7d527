"""What the wards of a province passed up, and how long it has waited."""

from django.contrib.auth.decorators import login_required
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tickets.lifecycle import Status
from tickets.models import Ticket
from wards.access import Permission
from wards.models import Province
from wards.paging import page
from wards.requests import KopiRequest


@login_required
@never_cache
@require_safe
def region(request: KopiRequest) -> HttpResponse:
    """Passed-up tickets that wait for an answer, the oldest letter first."""
    mine = request.user.standing.posts_that_may(Permission.OVERSEE)
    provinces = [post.office.province_id for post in mine if post.office.province_id]
    if not provinces:
        raise Http404
    at = timezone.now()
    passed_up = (
        Ticket.objects.visible_to(request.user)
        .filter(ward__province__in=provinces, status=Status.PASSED_UP)
        .open_to_figures()
        .select_related("ward", "neighbourhood", "category")
        .annotate(letter_on=Max("referrals__letter__sent_on"))
    )
    turned = page(passed_up, order=("clock_from", "id"), after=request.GET.get("after", ""))
    for ticket in turned.rows:
        ticket.age = (at - ticket.clock_from).days  # type: ignore[attr-defined]
    context = {"page": turned, "provinces": Province.objects.filter(pk__in=provinces), "at": at}
    return render(request, "dashboards/region.html", context)
