"""The slip a resident takes home, as an A6 page for the printer."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from feedback import qr
from feedback.models import FeedbackItem, Slip
from intake.capturing import recorded_by
from intake.receive import reissue_slip
from wards.access import Permission
from wards.requests import KopiRequest


def slip_of(request: KopiRequest, code: str) -> Slip:
    """A slip this person wrote out, or any a clerk's ward has; else 404.

    Whoever holds a slip speaks for the resident, so those who work on matters never get hold of one here.
    """
    at = timezone.now()
    clerks = request.user.standing.ward_ids(Permission.TRIAGE)
    items = Q(item__in=FeedbackItem.objects.visible_to(request.user), item__ward__in=clerks) | Q(
        item__in=recorded_by(request.user, at)
    )
    slips = Slip.objects.select_related("item__ward", "item__neighbourhood", "item__raising__ticket")
    return get_object_or_404(
        slips.filter(items),
        code=code,
        item__ward__in=request.user.standing.ward_ids(Permission.CAPTURE),
    )


def current(slip: Slip) -> Slip | None:
    """The slip that replaced a revoked one."""
    assert slip.item is not None
    return slip.item.slips.filter(revoked_at__isnull=True).order_by("-pk").first()


@login_required
@never_cache
@require_safe
def slip(request: KopiRequest, code: str) -> HttpResponse:
    """One slip, A6. The address of a replaced slip leads to the one that is good."""
    found = slip_of(request, code)
    if found.revoked_at:
        newer = current(found)
        if newer:
            return redirect("slip_print", newer.code)
    item = found.item
    assert item is not None
    raising = getattr(item, "raising", None)
    context = {
        "slip": found,
        "item": item,
        "ward": item.ward,
        "ticket": raising.ticket if raising else None,
        "promise": item.promises.select_related("post").first(),
        "qr": qr.drawing(found) if not found.revoked_at else "",
        "host": urlsplit(settings.PUBLIC_URL).netloc,
        "saved_here": item.recorded_by_id == request.user.pk,
    }
    return render(request, "papers/slip.html", context)


@login_required
@require_POST
def reissue(request: KopiRequest, code: str) -> HttpResponse:
    """A new slip for a lost one; the old number and its QR code open nothing any more."""
    found = slip_of(request, code)
    newer = current(found) if found.revoked_at else None
    if newer is None:
        assert found.item is not None
        newer = reissue_slip(found.item, at=timezone.now())
        messages.success(request, _("This is the new slip. The old one opens nothing any more."))
    return redirect("slip_print", newer.code)
