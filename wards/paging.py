"""Lists are turned by key: the next page begins behind the last row shown, however long the list has grown.

No OFFSET, no COUNT: a page costs the same at ten rows and at ten million, and a row that arrives meanwhile
shifts nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.core import signing
from django.core.exceptions import FieldError, ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP

SIZE = 25  # rows of a page where nobody says otherwise
_SALT = "kopi.page"

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the token of the page behind them (empty on the last). `after` is what led here."""

    rows: list[Row]
    next: str = ""
    after: str = ""


def page(
    queryset: QuerySet[Row], *, order: Sequence[str] = ("-pk",), after: str = "", size: int = SIZE
) -> Page[Row]:
    """The `size` rows of `queryset` behind the token `after`, in the order of fields that are never null.

    The last field of `order` tells every two rows apart (`id`). A token that is broken, foreign or of
    another order leads to the first page.
    """
    fields = [_field(queryset, name.lstrip("-")) for name in order]
    behind = _behind(order, fields, after)
    found = list((queryset.filter(behind) if behind else queryset).order_by(*order)[: size + 1])
    rows = found[:size]
    token = _token(order, rows[-1]) if len(found) > size else ""
    return Page(rows, token, after if behind else "")


def _field(queryset: QuerySet[Row], name: str) -> "Field[Any, Any]":
    """The field behind a name of the order: a column, one of a related row, or an annotation."""
    if name in queryset.query.annotations:
        return queryset.query.annotations[name].output_field
    if name == "pk":
        return queryset.model._meta.pk
    names = name.split(LOOKUP_SEP)
    model: Any = queryset.model
    for step in names[:-1]:
        model = model._meta.get_field(step).related_model
    field = model._meta.get_field(names[-1])
    if field.null:
        raise FieldError(f"{name} may be null: a list cannot be turned by it.")
    return field.target_field if field.is_relation else field


def _token(order: Sequence[str], row: Row) -> str:
    values = [attrgetter(name.lstrip("-").replace(LOOKUP_SEP, "."))(row) for name in order]
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return signing.dumps([list(order), plain], salt=_SALT)


def _behind(order: Sequence[str], fields: "Sequence[Field[Any, Any]]", after: str) -> Q | None:
    """Everything behind the row a token names: (a > x) or (a = x and b > y) …"""
    try:
        told, plain = signing.loads(after, salt=_SALT)
        if told != list(order):
            return None
        values = [field.to_python(value) for field, value in zip(fields, plain, strict=True)]
    except (signing.BadSignature, ValidationError, ValueError, TypeError):
        return None
    found, same = Q(), Q()
    for name, value in zip(order, values, strict=True):
        column = name.lstrip("-")
        found |= same & Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        same &= Q(**{column: value})
    # Says nothing new, but lets an index begin at the right place.
    first = order[0].lstrip("-")
    return found & Q(**{f"{first}__{'lte' if order[0].startswith('-') else 'gte'}": values[0]})
