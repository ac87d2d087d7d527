"""The pages behind a slip: look it up, read it, answer. No account, no cookie, no script needed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from feedback.codes import Mistyped, normalise
from feedback.pictures import PictureRefused
from residents import answers, doors
from residents.doors import NoSuchSlip, TooManyMisses
from residents.forms import AnswerForm, AppealForm, FollowForm, LookUpForm, VerdictForm
from residents.story import Story
from residents.visitors import own_form, reads
from tickets import telling
from tickets.lifecycle import StepRefused
from tickets.models import Told
from wards.templatetags.kopi import weekday_date

SlipView = Callable[..., HttpResponseBase]


def look_up_page(
    request: HttpRequest, form: LookUpForm | None = None, *, unknown: bool = False, status: int = 200
) -> HttpResponse:
    context = {"form": form or LookUpForm(), "unknown": unknown}
    return render(request, "residents/look_up.html", context, status=status)


@never_cache
@csrf_exempt  # it only looks up; there is no cookie that could speak for anybody
@require_http_methods(["GET", "HEAD", "POST"])
def slip_lookup(request: HttpRequest) -> HttpResponse:
    """Take the number from the box and go to its page."""
    data = request.POST if request.method == "POST" else request.GET
    if "code" not in data:
        return look_up_page(request)
    form = LookUpForm(data)
    if form.is_valid():
        try:
            return redirect("slip_status", normalise(form.cleaned_data["code"]))
        except Mistyped as mistyped:
            form.add_error("code", str(mistyped))
    return look_up_page(request, form, status=400)


def with_slip(view: SlipView) -> SlipView:
    """Open the door by `code` or `token` and hand the view the slip's story."""

    @never_cache
    @wraps(view)
    def opened(request: HttpRequest, code: str = "", token: str = "", **kwargs: Any) -> HttpResponseBase:
        at = timezone.now()
        try:
            door = doors.by_token(token) if token else doors.by_code(request, code, at=at)
        except Mistyped as mistyped:
            form = LookUpForm({"code": code})
            form.add_error("code", str(mistyped))
            return look_up_page(request, form, status=400)
        except TooManyMisses:
            response = render(request, "residents/too_many.html", status=429)
            response["Retry-After"] = "60"
            return response
        except NoSuchSlip:
            return look_up_page(request, unknown=True, status=404)
        if code and code != door.slip.code:
            return redirect("slip_status", door.slip.code)
        return view(request, Story(door, at=at), **kwargs)

    return opened


def slip_page(
    request: HttpRequest,
    story: Story,
    *,
    verb: str = "",
    form: forms.Form | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of a slip; `form` is the one that `verb` could not take, `refused` the reason."""
    by_token = story.door.by_token
    fresh: dict[str, forms.Form | None] = {
        "verdict": VerdictForm(by_token=by_token, at_the_table=story.ticket is None)
        if story.can_judge
        else None,
        "appeal": AppealForm(by_token=by_token) if story.can_appeal else None,
        "answer": AnswerForm() if story.can_answer else None,
        "follow": FollowForm() if story.can_follow else None,
    }
    if form is not None and fresh.get(verb):
        fresh[verb] = form
    said = request.GET.get("said", "") if request.method in {"GET", "HEAD"} else ""
    context = {
        "story": story,
        "ward": story.ward,
        "forms": fresh,
        "wrong": form,
        "refused": refused,
        "said": said_words(story, said),
        "urls": {name: story.door.url(name) for name in fresh},
        "shared": request.build_absolute_uri(reverse("slip_status", args=[story.slip.code])),
    }
    return render(request, "residents/slip.html", context, status=status)


def said_words(story: Story, said: str) -> str:
    """What the page says after an answer. Only these sentences: nothing of the address is repeated."""
    if said in {"partly", "not", "appeal"} and story.ticket and story.ticket.is_open:
        due = {"date": weekday_date(story.ticket.due_at, story.ward)}
        if story.ticket.owner.superior_id is None:
            return _("Thank you. The matter is open again, and an answer is due by %(date)s.") % due
        return (
            _("Thank you. The matter is open again, the superior was told, and an answer is due by %(date)s.")
            % due
        )
    return {
        "fixed": _("Thank you! Your answer is recorded: it is fixed."),
        "answer": _("Thank you for your answer. The work goes on."),
        "follow": _("Thank you. We will write to you about this matter."),
    }.get(said, "")


@require_safe
@with_slip
def slip_status(request: HttpRequest, story: Story) -> HttpResponse:
    """Show where the matter stands. A resident who reads a result here was told of it."""
    if reads(request):
        if story.slip.opened_at is None:
            story.slip.opened_at = story.at
            story.slip.save(update_fields=["opened_at"])
        if story.raising and story.has_result and not story.knows_already:
            telling.record(story.raising, Told.How.SLIP, at=story.at)
    return slip_page(request, story)


@require_safe
@with_slip
def slip_photo(request: HttpRequest, story: Story, uuid: Any) -> FileResponse:
    """One photo of this slip's matter, and of no other."""
    photo = next((photo for photo in story.photos if photo.uuid == uuid), None)
    if photo is None:
        raise Http404
    try:
        return FileResponse(photo.file.open("rb"), content_type="image/jpeg")
    except FileNotFoundError as error:
        raise Http404 from error


def take(
    request: HttpRequest,
    story: Story,
    verb: str,
    form: forms.Form,
    act: Callable[..., None],
    said: str = "",
) -> HttpResponse:
    """Take one answer of a resident and come back to the page, or say on it why not."""
    if not form.is_valid():
        return slip_page(request, story, verb=verb, form=form, status=400)
    given = {name: value for name, value in form.cleaned_data.items() if name != "consent"}
    try:
        act(story, at=story.at, **given)
    except StepRefused as refused:
        return slip_page(request, Story(story.door, at=story.at), refused=str(refused), status=409)
    except PictureRefused as refused:
        form.add_error("photo", str(refused))
        return slip_page(request, story, verb=verb, form=form, status=refused.status)
    return redirect(f"{story.door.url()}?said={said or given['answer']}#said")


@own_form
@with_slip
def verdict(request: HttpRequest, story: Story) -> HttpResponse:
    """Fixed, partly, not fixed."""
    form = VerdictForm(
        request.POST, request.FILES, by_token=story.door.by_token, at_the_table=story.ticket is None
    )
    return take(request, story, "verdict", form, answers.judge)


@own_form
@with_slip
def appeal(request: HttpRequest, story: Story) -> HttpResponse:
    """I disagree."""
    form = AppealForm(request.POST, by_token=story.door.by_token)
    return take(request, story, "appeal", form, answers.appeal, "appeal")


@own_form
@with_slip
def answer(request: HttpRequest, story: Story) -> HttpResponse:
    """The answer to the ward's question."""
    return take(request, story, "answer", AnswerForm(request.POST), answers.answer, "answer")


@own_form
@with_slip
def follow(request: HttpRequest, story: Story) -> HttpResponse:
    """Leave an address to be told at."""
    return take(request, story, "follow", FollowForm(request.POST), answers.follow, "follow")
