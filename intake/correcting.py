"""The little form that mends a slip of the pen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from feedback.models import Category
from feedback.text import LineField, WordsField
from intake.choices import category_field
from wards.models import Ward


class CorrectForm(forms.Form):
    """A slip of the pen, mended within five minutes: the words, the category, the place."""

    words = WordsField(
        label=_("What did they say?"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    place = LineField(label=_("Where?"), required=False, max_length=200)

    def __init__(self, *args: Any, ward: Ward, confidential: bool, has_photos: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self.has_photos = has_photos
        # Between what is about staff and everything else lies a wall: that needs a new concern.
        if not confidential:
            self.fields["category"] = category_field(
                Category.objects.of_ward(ward).filter(confidential=False)
            )
            self.fields["category"].label = pgettext_lazy("of a concern", "What is it about?")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        confidential = "category" not in self.fields
        if not (confidential or self.has_photos or data.get("words") or data.get("category") or self.errors):
            self.add_error("words", _("Write what was said, or choose what it is about."))
        return data
