"""What residents may write on their slip's page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from feedback.text import AddressField, WordsField
from tickets.models import Verdict

MOST_LETTERS = 2_000


def words_field(label: Any, *, required: bool = False) -> WordsField:
    return WordsField(
        label=label, required=required, max_length=MOST_LETTERS, widget=forms.Textarea(attrs={"rows": 3})
    )


class LookUpForm(forms.Form):
    """The number on the slip. Whether it is one is for feedback.codes to say."""

    code = forms.CharField(
        label=_("Slip number"),
        help_text=_("12 digits, printed on your slip. Spaces do not matter."),
        max_length=100,
        error_messages={"required": _("Please type the number on your slip.")},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "code", "size": 14}
        ),
    )


class VerdictForm(forms.Form):
    """Is it really fixed? One answer for each result, a face, and by the QR code own words and a photo."""

    answer = forms.ChoiceField(
        label=_("Is it really fixed?"),
        choices=[
            (Verdict.Answer.FIXED, _("Yes, it is fixed")),
            (Verdict.Answer.PARTLY, _("Only partly")),
            (Verdict.Answer.NOT, _("No, it is not fixed")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one of the three answers.")},
    )
    rating = forms.TypedChoiceField(
        label=_("How was it handled?"),
        choices=[
            (1, pgettext_lazy("face", "Bad")),
            (2, pgettext_lazy("face", "So-so")),
            (3, pgettext_lazy("face", "Good")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    words = words_field(_("In your own words"))
    photo = forms.FileField(
        label=_("A photo of how it looks now"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    icons = {"1": "frown", "2": "meh", "3": "smile"}

    def __init__(self, *args: Any, by_token: bool, at_the_table: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if at_the_table:
            self.fields["answer"].label = _("Is it really so?")
            self.fields["answer"].choices = [  # type: ignore[attr-defined]
                (Verdict.Answer.FIXED, _("Yes, it is settled")),
                (Verdict.Answer.PARTLY, _("Only partly")),
                (Verdict.Answer.NOT, _("No, it is not settled")),
            ]
        if not by_token:
            del self.fields["words"], self.fields["photo"]


class AppealForm(forms.Form):
    """I disagree with a no, or with being sent elsewhere."""

    words = words_field(_("Why you disagree"))

    def __init__(self, *args: Any, by_token: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by_token:
            del self.fields["words"]


class AnswerForm(forms.Form):
    """The answer to what the ward asked."""

    words = words_field(_("Your answer"), required=True)


class FollowForm(forms.Form):
    """An address to be told at, given freely, for this matter only."""

    email = AddressField(label=_("Your e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    consent = forms.BooleanField(
        label=_(
            "The ward may write to me about this matter. The address is erased 90 days after it is closed."
        ),
        error_messages={"required": _("Please tick the box, or leave no address.")},
    )
