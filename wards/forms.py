"""Forms of a person's own account."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wards.models import User


class SignUpForm(forms.Form):
    """What signing up asks besides e-mail and password. It opens a resident's account, never a post."""

    full_name = forms.CharField(
        label=_("What may we call you?"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("full_name", "email", "password1")

    def signup(self, request: HttpRequest, user: User) -> None:
        user.full_name = self.cleaned_data["full_name"]
        user.language = get_language() or ""
        user.save(update_fields=["full_name", "language"])


class OwnPageForm(forms.ModelForm):
    """A person's name and language."""

    language = forms.ChoiceField(label=_("Language of pages and messages"), choices=settings.LANGUAGES)

    class Meta:
        model = User
        fields = ("full_name", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["full_name"].label = _("What may we call you?")
        if not self.initial.get("language"):
            self.initial["language"] = get_language()
