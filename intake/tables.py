"""The ring of tables: who sits where, how much was said, taking a table and giving it back."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Prefetch, Q, QuerySet

from feedback.models import ON_THE_SPOT, Kind
from sessions_app.models import CoffeeSession, Table
from wards.access import Permission
from wards.models import Appointment, User, Ward


def ring(session: CoffeeSession, at: datetime) -> list[Any]:
    """The tables of `session` with `said` and `settled` (counts) and `sits` (who holds the host's post at `at`).

    Two statements and one for the holders, however many tables. What is confidential is counted for nobody.
    """
    counted = Q(items__isnull=False) & ~Q(items__kind=Kind.CONDUCT)
    holders = Appointment.objects.live(at).select_related("user")
    tables = list(
        session.tables.select_related("host", "scribe")
        .prefetch_related(Prefetch("host__appointments", holders, to_attr="live"))
        .annotate(
            said=Count("items", filter=counted),
            settled=Count("items", filter=counted & Q(items__outcome__in=ON_THE_SPOT)),
        )
        .order_by("number")
    )
    for table in tables:
        live = table.host.live if table.host else []  # type: ignore[attr-defined]
        table.sits = live[0].user if live else None  # type: ignore[attr-defined]
    return tables


def take(table: Table, *, by: User) -> bool:
    """Sit down as the scribe of `table`, leaving one's other tables of that morning. False if somebody was quicker."""
    with transaction.atomic():
        taken = Table.objects.filter(Q(scribe=None) | Q(scribe=by), pk=table.pk).update(scribe=by)
        if taken:
            Table.objects.filter(session=table.session_id, scribe=by).exclude(pk=table.pk).update(scribe=None)
    return bool(taken)


def release(table: Table, *, by: User) -> bool:
    """Stand up from one's own table. False if somebody else sits there."""
    return bool(Table.objects.filter(pk=table.pk, scribe=by).update(scribe=None))


def day_in(ward: Ward, day: date) -> Q:
    """Sessions that begin on `day` in the ward's own time."""
    start = datetime.combine(day, time.min, ward.zone)
    return Q(ward=ward, starts_at__gte=start, starts_at__lt=start + timedelta(days=1))


def today(user: User, at: datetime) -> QuerySet[CoffeeSession]:
    """Today's sessions, by each ward's own clock, of the wards in which `user` writes down concerns."""
    wards = [ward for ward in user.standing.wards if user.standing.may(Permission.CAPTURE, ward)]
    where = Q(pk__in=[])
    for ward in wards:
        where |= day_in(ward, at.astimezone(ward.zone).date())
    return CoffeeSession.objects.filter(where, cancelled=False).order_by("starts_at", "pk")


def my_table(user: User, at: datetime) -> Table | None:
    """The table at which `user` sits today, as scribe or as host; the session that ends next first."""
    mine = Table.objects.filter(
        Q(scribe=user) | Q(host__in=[post.pk for post in user.standing.posts]), session__in=today(user, at)
    )
    still = mine.filter(session__ends_at__gt=at).order_by("session__ends_at", "number").first()
    return still or mine.order_by("-session__ends_at", "number").first()
