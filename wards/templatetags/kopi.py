"""The words every template of the house may use: icons, dates in a ward's own time, form fields."""

from datetime import date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from django import template
from django.forms import BaseForm, BoundField
from django.http import QueryDict
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dates import MONTHS_3, WEEKDAYS
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from wards.paging import Page

register = template.Library()

# The picture of each category, by its code. What a ward adds itself gets the round dashes.
CATEGORY_ICONS = {
    "road": "road",
    "light": "lightbulb",
    "drain": "droplets",
    "waste": "trash-2",
    "utility": "plug",
    "tree": "tree-deciduous",
    "pollution": "factory",
    "encroach": "traffic-cone",
    "noise": "volume-2",
    "security": "shield",
    "land": "map",
    "building": "building-2",
    "benefits": "hand-heart",
    "health": "heart-pulse",
    "school": "school",
    "procedure": "file-text",
    "digital": "smartphone",
    "business": "briefcase",
    "conduct": "user-x",
    "culture": "trees",
}


@register.simple_tag
def icon(name: str, more: str = "") -> SafeString:
    """Draw one icon of the sprite. Screen readers skip it: the word stands beside it."""
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f" {more}" if more else "",
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def category_icon(code: str, more: str = "") -> SafeString:
    """Draw the picture of a category by its code."""
    return icon(CATEGORY_ICONS.get(code, "circle-dashed"), more)


def zone_of(place: Any) -> tzinfo:
    """Find the time zone of a ward, of a zone's name, or the current one when nothing is given."""
    name = getattr(place, "time_zone", place)
    if isinstance(name, tzinfo):
        return name
    return ZoneInfo(str(name)) if name else timezone.get_current_timezone()


def _local(value: date | datetime, place: Any) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value, zone_of(place))
    return value


@register.filter
def ward_date(value: date | datetime | None, place: Any = None) -> str:
    """vi and id: 24/11/2026; en: 24 Nov 2026."""
    if not value:
        return ""
    day = _local(value, place)
    if get_language() in ("vi", "id"):
        return f"{day:%d/%m/%Y}"
    return f"{day.day} {MONTHS_3[day.month].capitalize()} {day.year}"


@register.filter
def ward_time(value: datetime | None, place: Any = None) -> str:
    """vi and en: 15:20; id: 15.20."""
    if not value:
        return ""
    return f"{_local(value, place):%H.%M}" if get_language() == "id" else f"{_local(value, place):%H:%M}"


@register.filter
def ward_when(value: datetime | None, place: Any = None) -> str:
    """Date and time: 24/11/2026, 15:20."""
    return f"{ward_date(value, place)}, {ward_time(value, place)}" if value else ""


@register.filter
def weekday_date(value: date | datetime | None, place: Any = None) -> str:
    """The day of the week and the date: Thứ Ba, 24/11/2026."""
    if not value:
        return ""
    return f"{WEEKDAYS[_local(value, place).weekday()]}, {ward_date(value, place)}"


@register.filter
def month_word(value: date | datetime | None, place: Any = None) -> str:
    """The month on a calendar leaf: Th11 in Vietnamese, Nov elsewhere."""
    if not value:
        return ""
    day = _local(value, place)
    return f"Th{day.month}" if get_language() == "vi" else str(MONTHS_3[day.month]).capitalize()


@register.filter
def day_number(value: date | datetime | None, place: Any = None) -> str:
    """The day of the month, in the ward's own time."""
    return str(_local(value, place).day) if value else ""


@register.filter
def phone(value: str | None) -> str:
    """A number as people of its country write it; what cannot be read is shown as it stands."""
    if not value:
        return ""
    try:
        number = phonenumbers.parse(value, "VN")
    except phonenumbers.NumberParseException:
        return value
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


@register.filter
def slip_code(value: str | int | None) -> str:
    """Twelve digits in groups of four, as they are read aloud."""
    digits = str(value or "")
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


@register.filter
def step5(value: float | None) -> int:
    """A share from 0 to 100 as a step of the width classes w-0 … w-100; anything above nothing is seen."""
    share = min(100.0, max(0.0, float(value or 0)))
    return max(5, round(share / 5) * 5) if share else 0


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """This page's address with some parameters changed; None or "" takes one away."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}"


@register.inclusion_tag("_field.html")
def field(
    bound: BoundField,
    look: str = "",
    label: str = "",
    mark: bool = True,
    hint: bool = True,
    icons: Any = None,
) -> dict[str, Any]:
    """One form field with its label, hint and error.

    `look` says how choices are drawn: "chips", "seg" (one row), "tiles" (with icons), "list"; `mark` off
    leaves out "not required", `hint` off the hint; `icons` is a dict from choice value to icon name (or set `field.icons`
    on the form).
    """
    widget = bound.field.widget
    if not hint:
        bound.help_text = ""
    kind = getattr(widget, "input_type", "") or widget.__class__.__name__.lower()
    if str(widget.attrs.get("placeholder", "")).lower() == str(bound.label).lower():
        del widget.attrs["placeholder"]  # it would only say the label once more, in a paler grey
    choices = []
    if kind in ("radio", "checkbox") and hasattr(widget, "choices"):
        pictures = icons or getattr(bound.field, "icons", {})
        choices = [(choice, pictures.get(str(choice.data["value"]), "")) for choice in bound]
    return {
        "bound": bound,
        "label": label or bound.label,
        "look": look or "chips",
        "choices": choices,
        "single_check": kind == "checkbox" and not choices,
        "optional": mark and not bound.field.required,
    }


@register.inclusion_tag("_errors.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """What has to be mended, on top of a form, each line a link to its field; nothing when all is well."""
    shown = [form for form in forms if form is not None and form.is_bound and form.errors]
    return {
        "whole": [error for form in shown for error in form.non_field_errors()],
        "fields": [bound for form in shown for bound in form if bound.errors],
    }


@register.inclusion_tag("_pages.html", takes_context=True)
def pages(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Links to the beginning of a list and to the page behind this one, keeping the filters."""
    return {"page": page, "request": context["request"]}


@register.inclusion_tag("_cup.html")
def cup(percent: float | None) -> dict[str, Any]:
    """The cup of kept promises, filled by percent (0 to 100)."""
    share = min(100.0, max(0.0, float(percent or 0)))
    return {"percent": round(share), "level": f"{46 - share * 0.46:.1f}"}


@register.simple_tag(takes_context=True)
def language_link(context: template.Context, code: str) -> str:
    """This page again, in another language."""
    address, _, asked = str(context.get("here") or "/").partition("?")
    parameters = QueryDict(asked, mutable=True)
    parameters["hl"] = code
    return f"{address}?{parameters.urlencode()}"
