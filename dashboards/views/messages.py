"""The outbox to look at: what was planned, sent, failed or taken back, and why."""

import re
from datetime import timedelta

from django.conf import settings
from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from outbox.models import Message
from tickets.lifecycle import OPEN
from tickets.models import Reminder, Ticket
from wards.access import Permission
from wards.models import User
from wards.paging import page
from wards.requests import KopiRequest

MOST_FAILED = 99  # counted no further

_MAIL = re.compile(r"[^\s<>@,;:()]+@[^\s<>@,;:()]+\.\w+")
_PHONE = re.compile(r"(?<![\w/-])(?:\+\d{1,3}|0)[\d .]{7,14}\d(?![\w-])")
_SLIP = re.compile(r"(?<=/[sp]/)[\w-]+|(?<!\d)\d{4} \d{4} \d{4}(?!\d)|(?<![\d-])\d{12}(?!\d)")


def masked(text: str) -> str:
    """`text` without addresses, telephone numbers and slips, which open a resident's page."""
    for pattern in (_SLIP, _MAIL, _PHONE):
        text = pattern.sub("•••", text)
    return text


def visible_to(user: User) -> "QuerySet[Message]":
    """Messages of the wards whose outbox `user` keeps; `is_secret` ones concern a confidential matter."""
    about = Ticket.objects.filter(number=OuterRef("about"), confidential=True)
    reminds = Reminder.objects.filter(message=OuterRef("pk"), ticket__confidential=True)
    return (
        Message.objects.filter(ward__in=user.standing.ward_ids(Permission.READ_MESSAGES))
        .annotate(is_secret=Exists(about) | Exists(reminds))
        .select_related("to_user", "ward")
    )


def _mine(request: KopiRequest) -> "QuerySet[Message]":
    if not request.user.standing.may(Permission.READ_MESSAGES):
        raise Http404
    return visible_to(request.user)


@login_required
@never_cache
@require_safe
def messages(request: KopiRequest) -> HttpResponse:
    """The newest messages first, filtered by state."""
    found, at = _mine(request), timezone.now()
    state = request.GET.get("state", "")
    if state not in Message.State.values:
        state = ""
    shown = found.filter(state=state) if state else found
    failed = len(found.filter(state=Message.State.FAILED).values_list("pk")[: MOST_FAILED + 1])
    # Delivery looks every minute: what left its hour behind just now is not late yet.
    waiting = found.filter(state=Message.State.PLANNED, send_after__lt=at - timedelta(minutes=2)).order_by(
        "send_after"
    )
    context = {
        "page": page(shown, order=("-id",), after=request.GET.get("after", "")),
        "state": state,
        "states": Message.State.choices,
        "failed": failed,
        "most_failed": MOST_FAILED,
        "oldest": waiting.values_list("send_after", flat=True).first(),
        "ward": request.user.standing.ward,
        "mail_folder": settings.DEMO,
    }
    return render(request, "dashboards/messages.html", context)


@login_required
@never_cache
@require_safe
def message(request: KopiRequest, uuid: str) -> HttpResponse:
    """One message as it went out, without what would reach or recognise a resident."""
    found = get_object_or_404(_mine(request), uuid=uuid)
    context = {
        "message": found,
        "ward": found.ward,
        "subject": masked(found.subject),
        "body": masked(found.body),
        "error": masked(found.error),
    }
    return render(request, "dashboards/message.html", context)


@login_required
@require_POST
def again(request: KopiRequest, uuid: str) -> HttpResponse:
    """Send a failed message once more: it is planned anew, for now."""
    found = get_object_or_404(_mine(request), uuid=uuid)
    address = found.address or (found.to_user.email if found.to_user else "") or ""
    closed = Reminder.objects.filter(message=found).exclude(ticket__status__in=OPEN)
    if not address:
        flash.error(request, _("There is no e-mail address. Please enter one for this person first."))
    elif closed.exists():
        flash.error(request, _("The matter it reminds of is closed, so there is nothing to send."))
    elif Message.objects.filter(Q(state=Message.State.FAILED), pk=found.pk).update(
        state=Message.State.PLANNED,
        address=address,
        send_after=timezone.now(),
        error="",
        claim=None,
        lease_until=None,
    ):
        flash.success(request, _("It will be tried again within a minute."))
    else:
        flash.info(request, _("This message did not fail."))
    return redirect("message", uuid=uuid)
