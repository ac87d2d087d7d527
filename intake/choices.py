"""What a scribe chooses from: categories with their pictures, open tickets a concern may join."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from feedback.models import Category
from tickets.models import Ticket
from wards.models import Neighbourhood, Ward
from wards.templatetags.kopi import CATEGORY_ICONS

SIMILAR = 20  # open tickets offered to join


class NamedChoice(forms.ModelChoiceField):
    """A choice among rows that asks each for a label of its own."""

    def __init__(self, *, label_of: Any = str, **more: Any) -> None:
        super().__init__(**more)
        self.label_of = label_of

    def label_from_instance(self, obj: Any) -> str:
        return str(self.label_of(obj))


def category_field(categories: QuerySet[Category]) -> NamedChoice:
    field = NamedChoice(
        label=_("What is it about?"),
        queryset=categories,
        to_field_name="code",
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("This category does not exist here. Please choose another.")},
    )
    field.icons = {code: CATEGORY_ICONS.get(code, "circle-dashed") for code in _codes(categories)}  # type: ignore[attr-defined]
    return field


def _codes(categories: QuerySet[Category]) -> Iterable[str]:
    return [category.code for category in categories]


def similar(
    ward: Ward, *, neighbourhood: Neighbourhood | None = None, category: Category | None = None
) -> list[Ticket]:
    """The newest open tickets that a concern from here and about this could join; confidential ones never."""
    tickets = Ticket.objects.filter(ward=ward).open_to_figures().unresolved()
    if neighbourhood:
        tickets = tickets.filter(neighbourhood=neighbourhood)
    if category:
        tickets = tickets.filter(category=category)
    return list(tickets.order_by("-id")[:SIMILAR])


def ticket_choices(tickets: Iterable[Ticket]) -> list[tuple[Any, Any]]:
    """Choices of the "me too" select, "nothing" first."""
    return [("", _("No, this is new")), *((ticket.number, ticket.title) for ticket in tickets)]
