"""One small form for each verb. A form reads what was typed and takes the step; the rules stand in the verb."""

from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback import pictures
from feedback.models import Category, Photo
from feedback.text import LineField
from feedback.uploads import PhotosField
from tickets import choices
from tickets.lifecycle import WAIT_DAYS
from tickets.models import Ticket, Verdict
from tickets.step_form import DayField, StepForm, text
from wards.models import Body, Post


class AssignForm(StepForm):
    verb = "assign"
    post = forms.TypedChoiceField(label=gettext_lazy("Who takes it?"), coerce=int)
    note = text(
        gettext_lazy("A word to the one who takes it"),
        required=False,
        help_text=gettext_lazy("Needed when it moves from one post to another. Only staff read it."),
    )

    def fill(self) -> None:
        field: Any = self.fields["post"]
        field.choices = choices.owners(self.ticket.ward, self.at)
        field.initial = self.ticket.route.get("suggested") or self.ticket.owner_id

    def take(self) -> None:
        post = Post.objects.select_related("office__ward").get(pk=self.cleaned_data["post"])
        self.ticket.assign(by=self.by, post=post, note=self.cleaned_data["note"], at=self.at)


class StartForm(StepForm):
    verb = "start"
    intro = gettext_lazy("Residents see on their page that the work has begun.")
    note = text(gettext_lazy("A note for colleagues"), required=False)


class WaitForm(StepForm):
    verb = "wait"
    whom = forms.ChoiceField(label=gettext_lazy("Whom do you wait for?"), widget=forms.RadioSelect)
    words = text(gettext_lazy("Your question, or what you wait for"))
    until = DayField(label=gettext_lazy("Until"))

    def fill(self) -> None:
        self.fields["until"].help_text = ngettext(
            "At most %(n)s working day; then it goes on by itself.",
            "At most %(n)s working days; then it goes on by itself.",
            WAIT_DAYS,
        ) % {"n": WAIT_DAYS}
        field: Any = self.fields["whom"]
        field.choices = [
            ("resident", _("The resident, who gets this question; the date waits too")),
            ("cause", _("Somebody or something else; the date stays")),
        ]
        field.initial = "cause"
        self.offer_day("until", WAIT_DAYS // 2)

    def clean_until(self) -> date:
        return self.check_day("until")

    def take(self) -> None:
        said = "question" if self.cleaned_data["whom"] == "resident" else "cause"
        self.ticket.wait(
            by=self.by,
            at=self.at,
            until=self.cleaned_data["until"],
            question=self.cleaned_data["words"] if said == "question" else "",
            cause=self.cleaned_data["words"] if said == "cause" else "",
        )


class ResumeForm(StepForm):
    verb = "resume"
    note = text(gettext_lazy("What you learned"), required=False)
    public = forms.BooleanField(label=gettext_lazy("Residents read it too"), required=False)


class ReferForm(StepForm):
    verb = "refer"
    intro = gettext_lazy("Your post stays the owner: the letter is chased until it is answered.")
    body = forms.TypedChoiceField(label=gettext_lazy("To whom?"), coerce=int)
    letter_number = LineField(
        label=gettext_lazy("Number of the letter"),
        max_length=60,
        help_text=gettext_lazy("For example 120/UBND-KT"),
    )
    due = DayField(label=gettext_lazy("Their answer is due on"))
    note = text(gettext_lazy("A note for colleagues"), required=False)

    def fill(self) -> None:
        field: Any = self.fields["body"]
        field.choices = choices.bodies(self.ticket.ward)
        self.offer_day("due", 10)

    @property
    def possible(self) -> bool:
        field: Any = self.fields["body"]
        return bool(field.choices)

    def clean_due(self) -> date:
        return self.check_day("due")

    def take(self) -> None:
        body = Body.objects.get(pk=self.cleaned_data.pop("body"))
        self.ticket.refer(by=self.by, at=self.at, body=body, **self.cleaned_data)


class ExtendForm(StepForm):
    verb = "extend"
    intro = gettext_lazy("The first date stays visible to everybody.")
    due = DayField(label=gettext_lazy("The new date"))
    note = text(gettext_lazy("Why does it take longer?"), help_text=gettext_lazy("Residents read it."))

    def fill(self) -> None:
        self.offer_day("due", 5)

    def clean_due(self) -> date:
        return self.check_day("due")


class EscalateForm(StepForm):
    verb = "escalate"
    note = text(gettext_lazy("Why must the post above take it?"), required=False)

    def fill(self) -> None:
        if self.ticket.owner.superior:
            self.fields["note"].help_text = _("It goes to “%(post)s”.") % {"post": self.ticket.owner.superior}

    @property
    def possible(self) -> bool:
        return self.ticket.owner.superior is not None


class NoteForm(StepForm):
    verb = "note"
    note = text(gettext_lazy("Your note"))
    public = forms.ChoiceField(
        label=gettext_lazy("Who may read it?"),
        choices=[("", gettext_lazy("Only staff")), ("yes", gettext_lazy("Residents too"))],
        required=False,
        widget=forms.RadioSelect,
    )

    def take(self) -> None:
        public = bool(self.cleaned_data["public"])
        self.ticket.note(by=self.by, at=self.at, note=self.cleaned_data["note"], public=public)


class AnswerForm(StepForm):
    verb = "answer"
    note = text(
        gettext_lazy("Your answer"),
        help_text=gettext_lazy("Residents read it on their page; those who left an e-mail get it by mail."),
    )


class RecategoriseForm(StepForm):
    verb = "recategorise"
    category = forms.TypedChoiceField(label=gettext_lazy("What is it about?"), coerce=int)
    note = text(gettext_lazy("A note for colleagues"), required=False)

    def fill(self) -> None:
        field: Any = self.fields["category"]
        field.choices = choices.categories(self.ticket.ward)
        field.initial = self.ticket.category_id

    def take(self) -> None:
        category = Category.objects.get(pk=self.cleaned_data["category"])
        self.ticket.recategorise(by=self.by, at=self.at, category=category, note=self.cleaned_data["note"])


class ResolveForm(StepForm):
    verb = "resolve"
    note = text(gettext_lazy("What was done?"), help_text=gettext_lazy("Residents read it."))
    photos = PhotosField(label=gettext_lazy("Photos of the result"), required=False)
    no_photo = LineField(
        label=gettext_lazy("Or why is there no photo?"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For example: “A paper was handed over.”"),
    )

    @cached_property
    def kept(self) -> list[Photo]:
        """Photos of an attempt before this one, which need not be chosen again."""
        named = (
            [value for value in cast(QueryDict, self.data).getlist("kept") if choices.is_uuid(value)]
            if self.is_bound
            else []
        )
        waiting = Photo.objects.filter(ward=self.ticket.ward_id, item__isnull=True, evidence__isnull=True)
        return list(waiting.filter(uuid__in=named[: pictures.PER_ITEM])) if named else []

    def keep(self) -> None:
        """Store the photos that came with this attempt, so that a refusal does not lose them."""
        fresh = self.cleaned_data.get("photos") or []
        kept = [pictures.keep(picture, ward=self.ticket.ward, at=self.at) for picture in fresh]
        self.kept = [*self.kept, *kept]
        if kept:
            self.cleaned_data["photos"] = []

    def take(self) -> None:
        self.ticket.resolve(
            by=self.by,
            at=self.at,
            note=self.cleaned_data["note"],
            photos=self.kept,
            no_photo=self.cleaned_data["no_photo"],
        )


class DeclineForm(StepForm):
    verb = "decline"
    intro = gettext_lazy("You sign this as the post above. Residents may disagree; then it opens again.")
    note = text(gettext_lazy("Why not?"), help_text=gettext_lazy("Residents read it."))


class RedirectForm(StepForm):
    verb = "redirect"
    note = text(
        gettext_lazy("Which procedure, and where is it done?"), help_text=gettext_lazy("Residents read it.")
    )


class MergeForm(StepForm):
    verb = "merge"
    intro = gettext_lazy(
        "Every resident keeps the own words and slip, and hears of the other ticket's steps."
    )
    into = LineField(label=gettext_lazy("Number of the ticket it belongs to"), max_length=60)
    note = text(gettext_lazy("A note for colleagues"), required=False)

    def clean_into(self) -> Ticket:
        assert self.by.user is not None
        typed = self.cleaned_data["into"]
        found = (
            choices.find(typed, self.by.user, self.ticket.ward, at=self.at)
            if choices.is_number(typed)
            else None
        )
        if found is None:
            raise ValidationError(_("You see no ticket of this ward with that number."))
        return found


class UnmergeForm(StepForm):
    verb = "unmerge"
    note = text(gettext_lazy("A note for colleagues"), required=False)


class ConfirmForm(StepForm):
    verb = "confirm"
    intro = gettext_lazy("For a resident who told you so. It is counted apart from residents' own answers.")
    raising = forms.TypedChoiceField(label=gettext_lazy("Who said it?"), coerce=int, widget=forms.RadioSelect)
    rating = forms.TypedChoiceField(
        label=gettext_lazy("How content is the resident?"),
        choices=[
            ("", gettext_lazy("Not asked")),
            ("3", gettext_lazy("Content")),
            ("2", gettext_lazy("So-so")),
            ("1", gettext_lazy("Not content")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    words = text(gettext_lazy("The resident's words"), required=False)

    def fill(self) -> None:
        field: Any = self.fields["raising"]
        field.choices = choices.silent_raisings(self.ticket)
        if len(field.choices) == 1:
            field.initial = field.choices[0][0]

    @property
    def possible(self) -> bool:
        field: Any = self.fields["raising"]
        return bool(field.choices)

    def take(self) -> None:
        raising = self.ticket.all_raisings().select_related("item").get(pk=self.cleaned_data["raising"])
        self.ticket.judge(
            by=self.by,
            item=raising.item,
            answer=Verdict.Answer.FIXED,
            at=self.at,
            rating=self.cleaned_data["rating"],
            words=self.cleaned_data["words"],
        )


FORMS: dict[str, type[StepForm]] = {
    form.verb: form
    for form in (
        AssignForm,
        StartForm,
        WaitForm,
        ResumeForm,
        ReferForm,
        ExtendForm,
        EscalateForm,
        NoteForm,
        AnswerForm,
        RecategoriseForm,
        ResolveForm,
        DeclineForm,
        RedirectForm,
        MergeForm,
        UnmergeForm,
        ConfirmForm,
    )
}
