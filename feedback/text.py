"""Text as people type, paste and dictate it, made fit to keep: what cannot be seen never decides anything.

Words are kept in composed form (NFC), so that the same Vietnamese word is the same string from every keyboard.
"""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

MOST_LETTERS = 4_000  # of what one resident says at a table
MOST_MARKS = 8  # combining marks on one letter; the languages of the world need four
MOST_DIGITS = 30  # a number longer than this is no number

# They turn the reading direction of everything behind them, so that a line shows what it does not say.
_DIRECTIONS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
# Control characters without a meaning in text; NUL stays, so that the field can refuse it.
_CONTROLS = dict.fromkeys([*range(0x01, 0x09), 0x0B, *range(0x0E, 0x20), *range(0x7F, 0xA0)])


def clean(text: str) -> str:
    """`text` as it is kept: composed, one kind of line end, no hidden directions, no towers of marks.

    Text of which nothing can be seen becomes empty. Raises ValidationError for NUL and halves of characters.
    """
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValidationError(
            _("There is a character in it that cannot be kept. Please type it anew."), "nul"
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = text.translate(_DIRECTIONS).translate(_CONTROLS)
    text = _without_towers(unicodedata.normalize("NFC", text)).strip()
    return text if any(is_seen(char) for char in text) else ""


def is_seen(char: str) -> bool:
    """Whether a reader sees anything of `char`: no blank, no zero width, no mark without a letter."""
    category = unicodedata.category(char)
    return category[0] not in "ZCM" and char not in "\u115f\u1160\u3164\uffa0\u2800"


def _without_towers(text: str) -> str:
    kept, marks = [], 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if marks <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def plain_digits(text: str) -> str:
    """Full-width, Arabic and other digits as 0 to 9; everything else as it was."""
    return "".join(str(unicodedata.decimal(char, char)) for char in text)


class WordsField(forms.CharField):
    """Several lines in somebody's own words."""

    widget: Any = forms.Textarea

    def __init__(self, *, max_length: int = MOST_LETTERS, **more: Any) -> None:
        super().__init__(max_length=max_length, **more)
        self.error_messages["max_length"] = ngettext_lazy(
            "Please make it shorter: at most %(limit_value)d letter fits here.",
            "Please make it shorter: at most %(limit_value)d letters fit here.",
            "limit_value",
        )

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # Browsers count line ends twice and emoji anew; the server's count is the one that tells.
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class LineField(WordsField):
    """One line: a name, a place."""

    widget: Any = forms.TextInput

    def __init__(self, *, max_length: int = 120, **more: Any) -> None:
        super().__init__(max_length=max_length, **more)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if "\n" in text:
            raise ValidationError(_("Please write this on one line."), "lines")
        return text


class CountField(forms.IntegerField):
    """A whole number as people write it, in the digits of any script; nothing but digits."""

    def to_python(self, value: Any) -> int | None:
        text = plain_digits(clean(str(value if value is not None else "")))
        if not text:
            return None
        if not text.isascii() or not text.isdecimal() or len(text) > MOST_DIGITS:
            raise ValidationError(_("Please write a whole number, in digits only."), "invalid")
        return int(text)


class DegreesField(forms.FloatField):
    """A latitude or a longitude in degrees, with a point or a comma."""

    def __init__(self, *, most: int, **more: Any) -> None:
        super().__init__(min_value=-most, max_value=most, **more)

    def to_python(self, value: Any) -> float | None:  # type: ignore[override]
        text = plain_digits(clean(str(value if value is not None else ""))).replace(",", ".")
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation as error:
            raise ValidationError(_("Please write degrees, for example 11.0356."), "invalid") from error
        if not number.is_finite() or "_" in text or len(text) > MOST_DIGITS:
            raise ValidationError(_("Please write degrees, for example 11.0356."), "invalid")
        return float(number)


class PhoneField(LineField):
    """A telephone number, kept as +84…; `country` reads numbers written without their country."""

    widget: Any = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"})
    country = "VN"

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=40, **more)

    def to_python(self, value: Any) -> str:
        text = plain_digits(super().to_python(value))
        if not text:
            return ""
        wrong = ValidationError(_("This is no telephone number. Please write its digits only."), "invalid")
        if re.search(r"[^\d\s+().\-–/]", text):
            raise wrong
        try:
            number = phonenumbers.parse(text, self.country)
        except phonenumbers.NumberParseException as error:
            raise wrong from error
        if not phonenumbers.is_possible_number(number):
            raise ValidationError(_("This telephone number is too short or too long."), "invalid")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class AddressField(forms.EmailField):
    """One e-mail address."""

    def to_python(self, value: Any) -> str:
        text = clean(super().to_python(value) or "")
        if "\n" in text or text.count("@") > 1 or "," in text or ";" in text:
            raise ValidationError(_("Please write one e-mail address only."), "several")
        return text
