"""What a scribe fills in while somebody is still sitting at the table."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from feedback.models import Category, Contact, Kind, Outcome
from feedback.text import AddressField, CountField, DegreesField, LineField, PhoneField, WordsField
from feedback.uploads import PhotosField
from intake.choices import NamedChoice, category_field, similar, ticket_choices
from intake.receive import Person
from sessions_app.models import Table
from tickets import routing
from tickets.models import Ticket
from tickets.opening import PromiseMade
from wards.access import MAY, Permission
from wards.models import Appointment, Neighbourhood, Post, Ward

FURTHEST = timedelta(days=366)  # nobody keeps a promise longer in mind
OWNING = [kind for kind, may in MAY.items() if Permission.OWN in may]
ANSWERING = (Outcome.ANSWERED, Outcome.FIXED, Outcome.ADVISED)


class CaptureForm(forms.Form):
    """One concern. Words, a category or a photo: one of them is enough; everything else may stay empty."""

    uuid = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": _("This page is too old. Please open it anew."),
            "invalid": _("This page is too old. Please open it anew."),
        },
    )
    words = WordsField(
        label=_("What did they say?"),
        required=False,
        widget=forms.Textarea(
            attrs={
                "rows": 4,
                "placeholder": _("In their own words. The microphone of the keyboard is quickest."),
            }
        ),
    )
    kind = forms.ChoiceField(
        label=_("What kind of thing is it?"),
        choices=[(kind.value, kind.label) for kind in Kind if kind != Kind.CONDUCT],
        initial=Kind.PROBLEM.value,
        required=False,
        widget=forms.RadioSelect,
    )
    place = LineField(
        label=_("Where?"),
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "list": "places",
                "placeholder": _("Street, alley, in front of which house"),
            }
        ),
    )
    latitude = DegreesField(
        most=90, label=_("Latitude"), required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    longitude = DegreesField(
        most=180, label=_("Longitude"), required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    households = CountField(
        label=_("How many households does it touch?"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    outcome = forms.ChoiceField(
        label=_("What did the table answer?"),
        choices=[
            (Outcome.NOTED, _("Written down; the office decides who takes it")),
            (Outcome.PROMISED, _("Promised: somebody does it by a day")),
            (Outcome.ANSWERED, _("Answered: the question is settled")),
            (Outcome.FIXED, _("Fixed on the spot")),
            (Outcome.ADVISED, _("Advised where to go and what to bring")),
            (Outcome.PASSED_UP, _("Beyond the ward: it must be passed up")),
        ],
        initial=Outcome.NOTED.value,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what the table answered.")},
    )
    answer = WordsField(
        label=_("What was said to them?"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    promise_due = forms.DateField(
        label=_("Promised until"),
        help_text=_("Leave it empty for the usual time of this category."),
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("There is no such day. Please write it as 24/11/2026.")},
    )
    promise_words = LineField(label=_("In which words?"), required=False, max_length=300)
    name = LineField(label=_("Name"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    phone = PhoneField(label=_("Phone"), required=False)
    email = AddressField(
        label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    reach = forms.ChoiceField(
        label=_("How shall we tell them?"),
        choices=Contact.Reach.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    consent = forms.BooleanField(
        label=_("They agree that the ward keeps this and uses it for this matter only."),
        help_text=_("It is erased 90 days after the matter is closed."),
        required=False,
    )
    photos = PhotosField(label=_("Photos"), required=False)

    def __init__(
        self,
        *args: Any,
        ward: Ward,
        at: datetime,
        table: Table | None = None,
        initial: Any = None,
        **more: Any,
    ) -> None:
        self.ward, self.at, self.table = ward, at, table
        self.today = at.astimezone(ward.zone).date()
        here = table.session.neighbourhood if table else None
        initial = {"uuid": uuid7(), "neighbourhood": here, "reach": ""} | (initial or {})
        super().__init__(*args, **(more | {"initial": initial}))
        self.status = 400
        self.fields["category"] = category_field(Category.objects.of_ward(ward))
        self.fields["neighbourhood"] = forms.ModelChoiceField(
            label=_("Neighbourhood"),
            queryset=Neighbourhood.objects.filter(ward=ward),
            required=False,
            empty_label=None if here else _("Not tied to a place"),
        )
        self.fields["promise_post"] = self._post_field()
        self.fields["about"] = NamedChoice(
            label=_("Who is it about?"),
            help_text=_("Neither this person nor anybody who works under this person will see it."),
            queryset=Appointment.objects.live(at)
            .filter(post__office__ward=ward)
            .select_related("user", "post")
            .order_by("post_id"),
            required=False,
            empty_label=_("Nobody was named"),
            label_of=lambda held: f"{held.user.full_name}, {held.post.title}",
        )
        self.fields["joins"] = forms.ModelChoiceField(
            label=_("Did neighbours say the same?"),
            queryset=Ticket.objects.filter(ward=ward).open_to_figures().unresolved(),
            to_field_name="number",
            required=False,
            error_messages={
                "invalid_choice": _("That ticket was closed meanwhile. Please choose another, or none.")
            },
        )
        self.fields["joins"].widget = forms.Select(choices=ticket_choices(similar(ward, neighbourhood=here)))
        due = self.fields["promise_due"].widget.attrs
        due |= {"min": self.today.isoformat(), "max": (self.today + FURTHEST).isoformat()}
        self.fields["phone"].country = ward.preset  # type: ignore[attr-defined]

    def _post_field(self) -> NamedChoice:
        posts = Post.objects.filter(office__ward=self.ward, kind__in=OWNING)
        host = self.table.host if self.table else None
        self.host = host if host and host.kind in OWNING and host.office.ward_id == self.ward.pk else None
        return NamedChoice(
            label=_("Who promises?"),
            queryset=posts.select_related("office__ward", "superior"),
            required=False,
            initial=self.host,
            empty_label=_("Please choose") if self.host is None else None,
            error_messages={"invalid_choice": _("This post cannot promise anything here.")},
            label_of=lambda post: post.title,
        )

    # -- one field after the other ----------------------------------------------------------------------

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or Kind.PROBLEM

    def clean_promise_due(self) -> date | None:
        due: date | None = self.cleaned_data["promise_due"]
        if due and due < self.today:
            raise forms.ValidationError(_("This day has passed. A promise needs a day that comes."))
        if due and due > self.today + FURTHEST:
            raise forms.ValidationError(
                _("This is more than a year away. Please promise a first step before.")
            )
        return due

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._needs_something(data)
        self._needs_both_degrees(data)
        self._needs_who_promises(data)
        self._needs_consent(data)
        category = data.get("category")
        if data.get("joins") and category and category.confidential:
            self.add_error("joins", _("What is said about staff stays apart from everything else."))
        if data.get("about") and not (category and category.confidential):
            data["about"] = None
        if data.get("outcome") not in ANSWERING:
            data["answer"] = ""
        return data

    def _needs_something(self, data: dict[str, Any]) -> None:
        given = ("words", "category", "photos")
        if not any(data.get(name) for name in given) and not any(name in self.errors for name in given):
            self.add_error("words", _("Write what was said, choose what it is about, or add a photo."))

    def _needs_both_degrees(self, data: dict[str, Any]) -> None:
        one, two = data.get("latitude"), data.get("longitude")
        if (one is None) != (two is None) and not {"latitude", "longitude"} & set(self.errors):
            missing = "latitude" if one is None else "longitude"
            self.add_error(missing, _("A spot on the map needs both numbers, or none."))

    def _needs_who_promises(self, data: dict[str, Any]) -> None:
        if data.get("outcome") != Outcome.PROMISED:
            return
        data["promise_post"] = data.get("promise_post") or self.host
        if data["promise_post"] is None and "promise_post" not in self.errors:
            self.add_error("promise_post", _("Please choose which post promises it."))

    def _needs_consent(self, data: dict[str, Any]) -> None:
        needed = {
            Contact.Reach.CALL: ("phone", _("To be called, they need to leave a telephone number.")),
            Contact.Reach.MAIL: ("email", _("To be written to, they need to leave an e-mail address.")),
            Contact.Reach.VISIT: (
                "name",
                _("To be visited, they need to leave a name or a telephone number."),
            ),
        }
        field, sentence = needed.get(data.get("reach", ""), ("", ""))
        enough = data.get(field) or (field == "name" and data.get("phone"))
        if field and not enough and field not in self.errors:
            self.add_error(field, sentence)
        if any(data.get(name) for name in ("name", "phone", "email")) and not data.get("consent"):
            self.add_error(
                "consent", _("Please ask them and tick the box, or leave name, phone and e-mail empty.")
            )

    def full_clean(self) -> None:
        super().full_clean()
        refused = [
            error.params["status"]
            for error in self.errors.as_data().get("photos", [])
            if error.params and "status" in error.params
        ]
        if refused and len(self.errors) == 1:
            self.status = refused[0]

    # -- what it says -----------------------------------------------------------------------------------

    @property
    def person(self) -> Person | None:
        data = self.cleaned_data
        return Person(data["name"], data["phone"], data["email"], data["reach"]) or None

    @property
    def promise(self) -> PromiseMade | None:
        """Who promised until when; without a day, within the usual working days of the category."""
        data = self.cleaned_data
        if data["outcome"] != Outcome.PROMISED:
            return None
        post: Post = data["promise_post"]
        due = data["promise_due"]
        if due is None:
            due = routing.due_at(self.ward, post, data["category"], self.at).astimezone(self.ward.zone).date()
        return PromiseMade(post, due, data["promise_words"])

    @property
    def has_person(self) -> bool:
        """Whether anything about the person is filled in or wrong, so that this part must stand open."""
        return any(
            self[name].value() or name in self.errors for name in ("name", "phone", "email", "consent")
        )

    @property
    def has_map(self) -> bool:
        names = ("latitude", "longitude", "households")
        return any(self[name].value() or name in self.errors for name in names)
