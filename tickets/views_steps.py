"""Steps on a ticket: scoped fetch, form, verb, and back to the page. Every verb goes through `step`."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from feedback.models import Contact
from tickets import telling
from tickets.actors import Actor
from tickets.forms import FORMS, ResolveForm
from tickets.lifecycle import STEPS, StepRefused
from tickets.models import Raising, Ticket, Told
from tickets.step_form import StepForm
from tickets.story import WITH_PHONE, Story
from tickets.views import reader, show, visible
from wards.access import Permission


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def take(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """One verb on one ticket. Read, it is the ticket's page with that form open; posted, it is the step."""
    ticket = visible(request, number)
    if verb not in FORMS:
        raise Http404
    if request.method != "POST":
        return show(request, ticket, opened=verb)
    by = Actor.on(reader(request), ticket)
    if by is None:
        raise Http404
    form = FORMS[verb](request.POST, request.FILES, ticket=ticket, by=by, at=timezone.now())
    return step(request, ticket, form)


def step(request: HttpRequest, ticket: Ticket, form: StepForm) -> HttpResponse:
    """Take the step of `form`, or show the page with the form and the reason: 400 wrong, 409 refused or overtaken."""
    valid = form.is_valid()
    if isinstance(form, ResolveForm) and "photos" in form.cleaned_data:
        form.keep()
    if not valid:
        return show(request, ticket, sent=form, status=400)
    seen = _version(request)
    try:
        with transaction.atomic(), ticket.held():
            overtaken = seen is not None and seen != ticket.version
            if not overtaken:
                form.take()
    except StepRefused as refusal:
        return show(request, visible(request, ticket.number), sent=form, refusal=str(refusal), status=409)
    if overtaken:
        ticket = visible(request, ticket.number)
        between = Story(ticket, reader(request), form.at).since(seen or 0)
        return show(request, ticket, sent=form, between=between, status=409)
    messages.success(
        request,
        _("Done: “%(step)s” (%(number)s).") % {"step": STEPS[form.verb].label, "number": ticket.number},
    )
    return _onward(request, ticket)


def _version(request: HttpRequest) -> int | None:
    """The version of the ticket that the page showed; None if the form did not say."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else None


def _onward(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """Back where the form stood, if it said so; else to the ticket, or to the list when it left one's sight."""
    onward = request.POST.get("next", "")
    if onward.startswith("/app/") and url_has_allowed_host_and_scheme(onward, None):
        onward = onward.partition("?done=")[0].partition("&done=")[0]
        return redirect(f"{onward}{'&' if '?' in onward else '?'}done={ticket.number}")
    if not Ticket.objects.visible_to(reader(request)).filter(pk=ticket.pk).exists():
        return redirect("tickets")
    return redirect(ticket)


@never_cache
@require_POST
@login_required
def undo(request: HttpRequest, number: str) -> HttpResponse:
    """Take back one's own last step."""
    ticket = visible(request, number)
    by = Actor.on(reader(request), ticket)
    if by is None:
        raise Http404
    try:
        ticket.undo(by=by, at=timezone.now())
    except StepRefused as refusal:
        return show(request, visible(request, number), refusal=str(refusal), status=409)
    messages.success(request, _("Your last step was taken back."))
    return redirect(ticket)


@never_cache
@require_POST
@login_required
def told(request: HttpRequest, number: str) -> HttpResponse:
    """Note that a resident was told of the result: by a call, a visit, at the coffee."""
    ticket = visible(request, number)
    raising, how = _raising(request, ticket), request.POST.get("how", "")
    if how not in WITH_PHONE or not Story(ticket, reader(request), timezone.now()).works:
        raise Http404
    if telling.record(raising, how, at=timezone.now(), by=reader(request)):
        messages.success(request, _("Noted: told %(how)s.") % {"how": Told.How(how).label})
    else:
        messages.warning(request, _("That was noted before, or there is no result to tell."))
    return redirect(f"{reverse('ticket', args=[ticket.number])}#voices")


@never_cache
@require_POST
@login_required
def contact(request: HttpRequest, number: str) -> HttpResponse:
    """Show one resident's contact on this one answer; the reading is logged."""
    ticket = visible(request, number)
    if not reader(request).standing.may(Permission.READ_CONTACTS, ticket.ward):
        raise Http404
    raising = _raising(request, ticket)
    asked = Contact.objects.filter(item=raising.item_id, erased_at__isnull=True).first()
    if asked is None:
        raise Http404
    return show(request, ticket, read=asked.read(by=reader(request), at=timezone.now()))


def _raising(request: HttpRequest, ticket: Ticket) -> Raising:
    """The raising a button names, if it belongs to the ticket."""
    typed = request.POST.get("raising", "")
    found = (
        ticket.all_raisings().filter(pk=int(typed)).first() if typed.isdecimal() and len(typed) < 16 else None
    )
    if found is None:
        raise Http404
    return found
