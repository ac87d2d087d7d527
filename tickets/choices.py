"""What the forms of a ticket offer to choose from, each in one or two statements."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from feedback.models import Category
from tickets.models import Ticket, Verdict
from wards.access import MAY, Permission
from wards.models import Appointment, Body, Post, User, Ward

OWNING = [kind for kind, may in MAY.items() if Permission.OWN in may]


def owners(ward: Ward, at: datetime) -> list[Any]:
    """The posts of `ward` that may own a ticket, with their holders at `at`, grouped by office for a select."""
    posts = list(
        Post.objects.filter(office__ward=ward, kind__in=OWNING)
        .select_related("office")
        .order_by("office", "pk")
    )
    held = Appointment.objects.live(at).filter(post__in=posts).select_related("user")
    holders = {appointment.post_id: str(appointment.user) for appointment in held}
    groups: dict[str, list[tuple[int, str]]] = {}
    for post in posts:
        holder = holders.get(post.pk) or _("nobody in office")
        groups.setdefault(post.office.name, []).append((post.pk, f"{post} – {holder}"))
    return list(groups.items())


def bodies(ward: Ward) -> list[tuple[int, str]]:
    """The outside bodies a ward writes to: those of its province, and those of no province."""
    known = Body.objects.filter(province=ward.province_id) | Body.objects.filter(province__isnull=True)
    return [(body.pk, str(body)) for body in known]


def categories(ward: Ward) -> list[tuple[int, str]]:
    return [(category.pk, category.name) for category in Category.objects.of_ward(ward)]


def silent_raisings(ticket: Ticket) -> list[tuple[int, str]]:
    """The raisings whose resident has not judged this round's result, without a name."""
    judged = Verdict.objects.filter(ticket=ticket, round=ticket.round).values("item")
    raisings = ticket.all_raisings().exclude(item__in=judged).select_related("item__category")
    return [
        (
            raising.pk,
            _("%(date)s: %(title)s")
            % {
                "date": date_format(
                    timezone.localtime(raising.item.captured_at, ticket.ward.zone), "SHORT_DATE_FORMAT"
                ),
                "title": raising.item.title,
            },
        )
        for raising in raisings[:50]
    ]


def find(typed: str, user: User, ward: Ward | None, *, at: datetime) -> Ticket | None:
    """The ticket somebody means by its number, or by the last digits of one of this ward and year.

    None where there is none that `user` may see, in `ward` if one is given.
    """
    typed = "".join(typed.split())
    numbers = [typed]
    if typed.isdecimal() and len(typed) <= 6:
        wards = [ward] if ward else user.standing.wards
        year = at.year
        numbers = [f"{one.number_prefix}-{y}-{int(typed):06d}" for y in (year, year - 1) for one in wards]
    found = Ticket.objects.visible_to(user).filter(number__in=numbers)
    if ward is not None:
        found = found.filter(ward=ward)
    return found.order_by("-pk").first()


def is_uuid(value: str) -> bool:
    try:
        return bool(UUID(value))
    except ValueError:
        return False


def is_number(typed: str) -> bool:
    """Whether this could be a ticket's number: nothing else is looked for in the database."""
    return bool(re.fullmatch(r"[0-9A-Za-z._-]{1,40}", "".join(typed.split())))


def key(typed: str, offer: list[tuple[int, str]]) -> int | None:
    """The key somebody chose, if it is among those offered."""
    return next((pk for pk, _name in offer if str(pk) == typed), None)
