"""The pages of tickets: one, many, and the clerk's inbox. They read only; steps stand in views_steps.py."""

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from feedback.models import Category, Contact
from tickets import choices
from tickets.forms import FORMS
from tickets.lifecycle import OPEN, STEPS, Status, Step
from tickets.models import Ticket
from tickets.step_form import StepForm
from tickets.story import Line, Story
from wards import paging
from wards.access import Permission
from wards.models import Neighbourhood, Post, User, Ward

URGENT = ["resolve", "assign", "start", "confirm", "resume", "answer", "note"]  # what one mostly comes for


def reader(request: HttpRequest) -> User:
    """The signed-in person behind a request."""
    return cast(User, request.user)


def visible(request: HttpRequest, number: str) -> Ticket:
    """The ticket, if this person may see it; strangers get 404."""
    found = (
        Ticket.objects.visible_to(reader(request))
        .select_related(
            "ward",
            "neighbourhood",
            "category",
            "merged_into",
            "owner__office__ward",
            "owner__superior__superior__superior",
        )
        .prefetch_related("promises__post")
        .filter(number=number)
        .first()
    )
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
@login_required
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about one ticket, and what the reader may do with it."""
    return show(request, visible(request, number))


def show(
    request: HttpRequest,
    ticket: Ticket,
    *,
    sent: StepForm | None = None,
    opened: str = "",
    refusal: str = "",
    between: list[Line] | None = None,
    read: Contact | None = None,
    status: int = 200,
) -> HttpResponse:
    """The ticket's page; `sent` is the form that was not taken, with everything typed kept."""
    story = Story(ticket, reader(request), timezone.now(), read=read)
    context = {
        "ticket": ticket,
        "ward": ticket.ward,
        "story": story,
        "verbs": verbs(story, sent, opened),
        "opened": sent.verb if sent else opened,
        "sent": sent,
        "refusal": refusal,
        "between": between or [],
        "now": story.at,
    }
    return render(request, "tickets/ticket.html", context, status=status)


def verbs(story: Story, sent: StepForm | None = None, opened: str = "") -> list[tuple[str, Step, StepForm]]:
    """The forms of every verb this person may use now: the open one, then the most wanted first."""
    if story.by is None:
        return []
    names = [verb for verb in story.ticket.allowed(story.by) if verb in FORMS]
    if sent and sent.verb not in names:
        names.append(sent.verb)  # what was typed stays, although the step is not possible any more
    first = [sent.verb if sent else opened, *URGENT]
    if story.ticket.status == Status.RECORDED:
        first.insert(1, "assign")
    names.sort(key=lambda verb: first.index(verb) if verb in first else len(first))
    forms = [
        sent if sent and sent.verb == verb else FORMS[verb](ticket=story.ticket, by=story.by, at=story.at)
        for verb in names
    ]
    return [(form.verb, STEPS[form.verb], form) for form in forms if form.possible]


STATES = {"open", "overdue", "closed", "all"}


@never_cache
@require_safe
@login_required
def tickets(request: HttpRequest) -> HttpResponse:
    """The tickets a person may see, soonest due first; by number straight to one."""
    user, at = reader(request), timezone.now()
    typed = request.GET.get("q", "").strip()[:60]
    if typed:
        found = choices.find(typed, user, None, at=at) if choices.is_number(typed) else None
        if found:
            return redirect(found)
    state = request.GET.get("state", "open")
    state = state if state in STATES else "open"
    rows = Ticket.objects.visible_to(user).select_related("ward", "owner", "category", "neighbourhood")
    rows = {
        "open": rows.unresolved(),
        "overdue": rows.overdue(at),
        "closed": rows.exclude(status__in=OPEN),
        "all": rows,
    }[state]
    order = ("due_at", "pk") if state in {"open", "overdue"} else ("-pk",)
    ward = user.standing.ward
    offers = offered(ward)
    chosen = {name: choices.key(request.GET.get(name, ""), offer) for name, offer in offers.items()}
    rows = rows.filter(**{name: key for name, key in chosen.items() if key})
    return render(
        request,
        "tickets/list.html",
        {
            "page": paging.page(rows, order=order, after=request.GET.get("after", "")),
            "state": state,
            "states": [
                ("open", _("Open")),
                ("overdue", _("Overdue")),
                ("closed", _("Closed")),
                ("all", _("All")),
            ],
            "offers": [(name, _labels()[name], offer, chosen[name]) for name, offer in offers.items()],
            "filtered": any(chosen.values()),
            "typed": typed,
            "now": at,
        },
    )


def _labels() -> dict[str, str]:
    return {"category": _("Category"), "neighbourhood": _("Neighbourhood"), "owner": _("Owner")}


def offered(ward: Ward | None, *, owners: bool = True) -> dict[str, list[tuple[int, str]]]:
    """What a list can be narrowed by, in the ward one works in; nothing for somebody of no ward."""
    if ward is None:
        return {}
    offers = {
        "category": [(one.pk, one.name) for one in Category.objects.of_ward(ward)],
        "neighbourhood": [(one.pk, one.name) for one in Neighbourhood.objects.filter(ward=ward)],
    }
    if owners:
        posts = Post.objects.filter(office__ward=ward, kind__in=choices.OWNING).order_by("office", "pk")
        offers["owner"] = [(one.pk, str(one)) for one in posts]
    return offers


@never_cache
@require_safe
@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for the clerk, longest waiting first, each with the post that should take it and why."""
    user = reader(request)
    wards = user.standing.ward_ids(Permission.TRIAGE)
    if not wards:
        raise Http404
    ward = user.standing.posts_that_may(Permission.TRIAGE)[0].office.ward
    offers = offered(ward, owners=False)
    chosen = {name: choices.key(request.GET.get(name, ""), offer) for name, offer in offers.items()}
    waiting: QuerySet[Ticket] = (
        Ticket.objects.visible_to(user)
        .filter(status=Status.RECORDED, ward__in=wards, **{name: key for name, key in chosen.items() if key})
        .select_related("ward", "category", "neighbourhood")
        .prefetch_related("raisings__item")
    )
    page = paging.page(waiting, order=("opened_at", "pk"), after=request.GET.get("after", ""))
    return render(
        request,
        "tickets/inbox.html",
        {
            "page": page,
            "cards": _suggestions(page.rows),
            "offers": [(name, _labels()[name], offer, chosen[name]) for name, offer in offers.items()],
            "filtered": any(chosen.values()),
            "ward": ward,
            "here": request.get_full_path(),
            "undone": _just_done(request, user),
        },
    )


def _suggestions(rows: list[Ticket]) -> list[tuple[Ticket, Post | None, str]]:
    """Each ticket with the post that routing suggested for it, and why."""
    posts = Post.objects.select_related("office").in_bulk(
        [row.route["suggested"] for row in rows if row.route.get("suggested")]
    )
    cards: list[tuple[Ticket, Post | None, str]] = []
    for row in rows:
        post: Any = posts.get(row.route.get("suggested"))
        why = _("No rule names a post for it. Please choose one.")
        if post and row.category:
            why = _("%(office)s answers for “%(category)s”.") % {
                "office": post.office,
                "category": row.category.name,
            }
        cards.append((row, post, why))
    return cards


def _just_done(request: HttpRequest, user: User) -> Ticket | None:
    """The ticket the clerk has just assigned, while that can be taken back."""
    number = request.GET.get("done", "")
    if not choices.is_number(number):
        return None
    done = Ticket.objects.visible_to(user).filter(number=number).select_related("owner__office").first()
    return done if done and Story(done, user, timezone.now()).undoable else None
