"""Writing down what a resident says, and reading it back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from uuid6 import uuid7

from feedback import qr
from feedback.models import Category, Contact, FeedbackItem
from intake import capturing, tables
from intake.choices import similar, ticket_choices
from intake.correcting import CorrectForm
from intake.forms import CaptureForm
from intake.receive import AnotherBody
from intake.views_board import own_table
from sessions_app.models import Table
from tickets.lifecycle import StepRefused
from wards.access import Permission
from wards.models import Neighbourhood, Ward
from wards.requests import KopiRequest

RECENT_PLACES = 6


def wards_to_capture_in(request: KopiRequest) -> list[Ward]:
    """The wards in which this person writes down concerns; 404 for everybody else."""
    standing = request.user.standing
    wards = [ward for ward in standing.wards if standing.may(Permission.CAPTURE, ward)]
    if not wards:
        raise Http404
    return wards


@login_required
@require_safe
def capture(request: KopiRequest) -> HttpResponse:
    """To my table of today; else to today's board; else a choice, or the counter when nothing is on."""
    wards = wards_to_capture_in(request)
    at = timezone.now()
    table = tables.my_table(request.user, at)
    if table is not None:
        return redirect("capture_table", table.pk)
    sessions = list(tables.today(request.user, at).select_related("ward", "neighbourhood", "programme"))
    if len(sessions) == 1:
        return redirect("board", sessions[0].uuid)
    return render(request, "intake/capture_choice.html", {"sessions": sessions, "wards": wards, "at": at})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def at_table(request: KopiRequest, pk: int) -> HttpResponse:
    """Write down a concern at a table."""
    table = own_table(request, pk)
    session = table.session
    if session.cancelled:
        messages.info(request, _("This morning was cancelled."))
        return redirect("board", session.uuid)
    if session.starts_at.astimezone(session.ward.zone).date() > timezone.localdate(
        timezone=session.ward.zone
    ):
        messages.info(request, _("This morning has not come yet."))
        return redirect("board", session.uuid)
    return write_down(request, session.ward, table)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def at_counter(request: KopiRequest, code: str) -> HttpResponse:
    """Write down a concern without a session: at the counter, on the street."""
    return write_down(request, capture_ward(request, code))


def capture_ward(request: KopiRequest, code: str) -> Ward:
    return get_object_or_404(Ward, code=code, pk__in=request.user.standing.ward_ids(Permission.CAPTURE))


def write_down(request: KopiRequest, ward: Ward, table: Table | None = None) -> HttpResponse:
    at = timezone.now()
    if request.method != "POST":
        form = CaptureForm(ward=ward, at=at, table=table, initial=same_person(request))
        return capture_page(request, form)
    form = CaptureForm(request.POST, request.FILES, ward=ward, at=at, table=table)
    if form.is_valid():
        try:
            received = capturing.save(form, by=request.user, at=at)
        except AnotherBody:
            form = anew(request, form)
        except StepRefused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("captured", received.item.uuid)
    return capture_page(request, form, status=form.status)


def anew(request: KopiRequest, form: CaptureForm) -> CaptureForm:
    """The same words on a fresh form: what was saved under its number stays as it is."""
    data = request.POST.copy()
    data["uuid"] = str(uuid7())
    fresh = CaptureForm(data, ward=form.ward, at=form.at, table=form.table)
    fresh.is_valid()
    fresh.add_error(
        None,
        _(
            "This page was saved before, with other words. Your words are still here: "
            "save again and they become a concern of their own. Please choose photos again."
        ),
    )
    fresh.status = 409
    return fresh


def capture_page(request: KopiRequest, form: CaptureForm, status: int = 200) -> HttpResponse:
    recent = FeedbackItem.objects.filter(recorded_by=request.user, ward=form.ward).exclude(place="")
    newest = recent.order_by("-id").values_list("place", flat=True)[:40]
    context = {
        "form": form,
        "ward": form.ward,
        "table": form.table,
        "session": form.table.session if form.table else None,
        "places": list(dict.fromkeys(newest))[:RECENT_PLACES],
    }
    return render(request, "intake/capture.html", context, status=status)


def same_person(request: KopiRequest) -> dict[str, Any]:
    """The contact of the concern just written, for the next one of the same person; the reading is logged."""
    at = timezone.now()
    try:
        uuid = UUID(request.GET.get("same", ""))
    except ValueError:
        return {}
    item = (
        capturing.recorded_by(request.user, at).filter(uuid=uuid, received_at__gt=at - capturing.HOUR).first()
    )
    if item is None:
        return {}
    carried: dict[str, Any] = {"neighbourhood": item.neighbourhood_id}
    contact = Contact.objects.filter(item=item, erased_at__isnull=True).first()
    if contact:
        contact.read(by=request.user, at=at)
        carried |= {name: getattr(contact, name) for name in ("name", "phone", "email", "reach")}
    return carried


@login_required
@require_safe
def similar_tickets(request: KopiRequest, code: str) -> HttpResponse:
    """The select of open tickets that fit the chosen category and neighbourhood, for htmx."""
    ward = capture_ward(request, code)
    category = Category.objects.of_ward(ward).filter(code=request.GET.get("category", "")).first()
    number = request.GET.get("neighbourhood", "")
    neighbourhood = None
    if number.isascii() and number.isdecimal():
        neighbourhood = Neighbourhood.objects.filter(ward=ward, pk=int(number[:18])).first()
    choices = ticket_choices(similar(ward, neighbourhood=neighbourhood, category=category))
    return render(request, "intake/_similar.html", {"choices": choices})


@login_required
@require_safe
def allegation(request: KopiRequest) -> HttpResponse:
    """How crime and corruption are reported: the formal way. Nothing is written down here."""
    wards = wards_to_capture_in(request)
    return render(request, "intake/allegation.html", {"ward": wards[0]})


@login_required
@never_cache
@require_safe
def saved(request: KopiRequest, uuid: UUID) -> HttpResponse:
    """Read back: what was written, what was promised by whom until when, and the slip."""
    at = timezone.now()
    items = capturing.recorded_by(request.user, at).select_related(
        "ward", "neighbourhood", "category", "table__session", "raising__ticket__owner"
    )
    item = get_object_or_404(items, uuid=uuid)
    slip = item.slips.filter(revoked_at__isnull=True).order_by("-pk").first()
    raising = getattr(item, "raising", None)
    next_form = (
        reverse("capture_table", args=[item.table_id])
        if item.table_id
        else reverse("capture_counter", args=[item.ward.code])
    )
    context = {
        "item": item,
        "ward": item.ward,
        "slip": slip,
        "qr": qr.drawing(slip) if slip else "",
        "ticket": raising.ticket if raising else None,
        "promise": item.promises.select_related("post").first(),
        "contact": Contact.objects.filter(item=item).exists(),
        "photos": item.photos.order_by("pk"),
        "mendable": capturing.may_mend(item, by=request.user, at=at),
        "next_form": next_form,
    }
    return render(request, "intake/saved.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: KopiRequest, uuid: UUID) -> HttpResponse:
    """Mend a slip of the pen while the resident is still there."""
    at = timezone.now()
    items = capturing.recorded_by(request.user, at).select_related("ward", "category", "raising__ticket")
    item = get_object_or_404(items, uuid=uuid)
    if not capturing.may_mend(item, by=request.user, at=at):
        messages.info(
            request, _("Five minutes have passed. Please tell the office what has to be corrected.")
        )
        return redirect("captured", item.uuid)
    form = CorrectForm(
        request.POST if request.method == "POST" else None,
        ward=item.ward,
        confidential=bool(item.category and item.category.confidential),
        has_photos=item.photos.exists(),
        initial={
            "words": item.words,
            "place": item.place,
            "category": item.category.code if item.category else None,
        },
    )
    if not form.is_bound:
        return render(request, "intake/correct.html", {"form": form, "item": item})
    if not form.is_valid():
        return render(request, "intake/correct.html", {"form": form, "item": item}, status=400)
    data = form.cleaned_data
    category = data["category"] if "category" in form.fields else item.category
    capturing.mend(item, words=data["words"], place=data["place"], category=category, by=request.user, at=at)
    messages.success(request, _("Corrected."))
    return redirect("captured", item.uuid)
