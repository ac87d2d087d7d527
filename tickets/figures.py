"""Every figure's one definition, in words in docs/figures.md. The same on every page.

A figure is a queryset: what is counted is what `rows` opens. Confidential matters are left out for everybody,
so that no two totals differ by one. Days are the ward's own; a period is [since, until).
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias

from django.db.models import (
    Avg,
    Case,
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncDate, TruncWeek

from feedback.models import FeedbackItem, Kind, Outcome
from tickets.actors import ActorKind
from tickets.lifecycle import WITH_RESULT, Status
from tickets.models import Promise, Raising, TicketEvent, Told, Verdict
from tickets.scope import Period, Scope, start_of
from wards.workdays import Calendar

WEEKS = 12
LATE_STEPS = (2, 5)  # working days after the due date at which the next one hears of it
STANDING = sorted(WITH_RESULT)
DONE = sorted({Status.RESOLVED, Status.CONFIRMED, Status.LAPSED})

Rows: TypeAlias = QuerySet[Any]  # of FeedbackItem, Ticket, Promise, Verdict or Raising; annotated


def share(part: int, whole: int) -> int | None:
    """A share in whole percent; None of nothing."""
    return round(100 * part / whole) if whole else None


# -- what was said ---------------------------------------------------------------------------------------


def received(scope: Scope, period: Period) -> "QuerySet[FeedbackItem]":
    """Every stored concern, praise included, by the moment it was said."""
    return scope.items().filter(captured_at__gte=period.since, captured_at__lt=period.until)


SPOT = Q(outcome__in=[Outcome.ANSWERED, Outcome.FIXED, Outcome.ADVISED])


def at_the_table(scope: Scope, period: Period) -> dict[str, int]:
    """received, on_the_spot, fixed (alone), disputed (of those on the spot), in one statement."""
    return received(scope, period).aggregate(
        received=Count("pk"),
        on_the_spot=Count("pk", filter=SPOT),
        fixed=Count("pk", filter=Q(outcome=Outcome.FIXED)),
        disputed=Count("pk", filter=SPOT & Q(disputed_at__isnull=False)),
    )


# -- promises ----------------------------------------------------------------------------------------------

KEPT_STATES = ("kept", "by_clerk", "silence_runs", "nobody_told", "late", "no_result", "not_due")


def _leading(field: str, output: Any) -> Case:
    """A field of the ticket that answers for a promise: of the one it was merged into, else its own."""
    return Case(
        When(ticket__merged_into__isnull=False, then=F(f"ticket__merged_into__{field}")),
        default=F(f"ticket__{field}"),
        output_field=output,
    )


def promises(scope: Scope, period: Period) -> Rows:
    """Promises whose first date lies in the period, and in a period that reaches today those not due yet.

    Each carries its `state`, one of KEPT_STATES.
    """
    ward = scope.ward
    day_of = lambda moment: moment.astimezone(ward.zone).date()  # noqa: E731
    today = day_of(period.at)
    dated = Q(original_due__gte=day_of(period.since), original_due__lt=min(day_of(period.until), today))
    if day_of(period.until) > today:
        dated |= Q(original_due__gte=today)
    narrow = Q(post__in=scope.posts) if scope.posts else scope.of_ticket("ticket__")
    leading = {"ticket": OuterRef("lead"), "round": OuterRef("lead_round")}
    by_resident = TicketEvent.objects.filter(**leading, verb="confirm", actor_kind=ActorKind.RESIDENT)
    somebody_told = Told.objects.filter(
        Q(raising__ticket=OuterRef("lead")) | Q(raising__ticket__merged_into=OuterRef("lead")),
        round=OuterRef("lead_round"),
        at__isnull=False,
    )
    return (
        Promise.objects.filter(dated, narrow, ward=ward, ticket__confidential=False)
        .annotate(
            lead=Coalesce("ticket__merged_into", "ticket"),
            lead_status=_leading("status", CharField()),
            lead_round=_leading("round", IntegerField()),
            lead_resolved=_leading("resolved_at", DateTimeField()),
            lead_lapse=_leading("lapse_at", DateTimeField()),
        )
        .annotate(result_day=TruncDate("lead_resolved", tzinfo=ward.zone))
        .annotate(
            state=Case(
                When(original_due__gte=today, then=Value("not_due")),
                # A promise that was declined or sent elsewhere did not come true: no result.
                When(~Q(lead_status__in=DONE) | Q(lead_resolved__isnull=True), then=Value("no_result")),
                When(result_day__gt=F("original_due"), then=Value("late")),
                When(lead_status=Status.LAPSED, then=Value("kept")),
                When(Q(lead_status=Status.CONFIRMED) & Exists(by_resident), then=Value("kept")),
                When(lead_status=Status.CONFIRMED, then=Value("by_clerk")),
                When(lead_lapse__lte=period.at, then=Value("kept")),
                When(Q(lead_lapse__isnull=False) | Exists(somebody_told), then=Value("silence_runs")),
                default=Value("nobody_told"),
                output_field=CharField(),
            )
        )
    )


def kept(scope: Scope, period: Period) -> dict[str, int]:
    """How many promises stand in each of KEPT_STATES, and `passed`: those whose first date is over."""
    counted = promises(scope, period).order_by().values("state").annotate(n=Count("pk"))
    found = dict.fromkeys(KEPT_STATES, 0) | dict(counted.values_list("state", "n"))
    return found | {"passed": sum(found.values()) - found["not_due"], "promises": sum(found.values())}


# -- the ladder --------------------------------------------------------------------------------------------


def late_since(calendar: Calendar, at: datetime, days: int) -> datetime:
    """What fell due before this moment is `days` working days late at `at`, or more."""
    today = calendar.on_or_before(calendar.day_of(at))
    return datetime.combine(calendar.add(today, 1 - days), time.min, calendar.zone)


def overdue(scope: Scope, at: datetime) -> Rows:
    """Open tickets past their due date."""
    return scope.tickets().overdue(at)


def _rungs(calendar: Calendar, at: datetime) -> dict[str, Q]:
    two, five = (late_since(calendar, at, days) for days in LATE_STEPS)
    return {
        "overdue_1": Q(due_at__gte=two),
        "overdue_2": Q(due_at__gte=five, due_at__lt=two),
        "overdue_3": Q(due_at__lt=five),
    }


def overdue_ladder(scope: Scope, calendar: Calendar, at: datetime) -> dict[str, int]:
    """Open overdue tickets by rung: from due to 2 working days late, 2 to 5, 5 and more; and all of them."""
    rungs = {name: Count("pk", filter=rung) for name, rung in _rungs(calendar, at).items()}
    return overdue(scope, at).aggregate(overdue=Count("pk"), **rungs)


# -- what is open, what comes back -------------------------------------------------------------------------


def by_place(scope: Scope) -> list[dict[str, Any]]:
    """Open tickets by neighbourhood and category: rows with `neighbourhood`, `category` (ids or None), `n`."""
    tickets: Rows = scope.tickets().unresolved().order_by()
    return list(tickets.values("neighbourhood", "category").annotate(n=Count("pk")))


def _count(raisings: "QuerySet[Raising]") -> Coalesce:
    one = raisings.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(one), 0, output_field=IntegerField())


def with_raisings(tickets: Rows) -> Rows:
    """Each ticket with `raised`: how many residents raised it, here or on tickets merged into it."""
    return tickets.annotate(
        raised=_count(Raising.objects.filter(ticket=OuterRef("pk")))
        + _count(Raising.objects.filter(ticket__merged_into=OuterRef("pk")))
    )


def raised_again(scope: Scope) -> Rows:
    """Open tickets that two residents or more raised."""
    return with_raisings(scope.tickets().unresolved()).filter(raised__gte=2)


def resolved(scope: Scope, period: Period) -> Rows:
    """Tickets reported done in the period whose result still stands."""
    return scope.tickets().filter(
        status__in=DONE, resolved_at__gte=period.since, resolved_at__lt=period.until
    )


def weekly(scope: Scope, at: datetime, weeks: int = WEEKS) -> list[tuple[date, int, int]]:
    """For each of the last `weeks` weeks: its Monday, concerns received, matters done. Two statements.

    Done is what was settled at the table in that week, and tickets reported done in it.
    """
    zone = scope.ward.zone
    today = at.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - timedelta(weeks=back) for back in reversed(range(weeks))]
    period = Period(start_of(mondays[0], scope.ward), start_of(monday + timedelta(weeks=1), scope.ward), at)
    came, done = dict.fromkeys(mondays, 0), dict.fromkeys(mondays, 0)
    said = received(scope, period).annotate(week=TruncWeek("captured_at", tzinfo=zone)).order_by()
    for week, n, spot in said.values("week").annotate(
        n=Count("pk"), spot=Count("pk", filter=SPOT & Q(disputed_at__isnull=True))
    ).values_list("week", "n", "spot"):  # fmt: skip
        came[week.date()] += n
        done[week.date()] += spot
    ended = resolved(scope, period).annotate(week=TruncWeek("resolved_at", tzinfo=zone)).order_by()
    for week, n in ended.values("week").annotate(n=Count("pk")).values_list("week", "n"):
        done[week.date()] += n
    return [(day, came[day], done[day]) for day in mondays]


# -- the residents' word -----------------------------------------------------------------------------------


def verdicts(scope: Scope, period: Period) -> "QuerySet[Verdict]":
    """What residents answered in the period themselves; a clerk's word is counted apart."""
    narrow = Q(item__neighbourhood__in=scope.neighbourhoods) if scope.neighbourhoods else Q()
    if scope.offices or scope.posts:
        narrow = scope.of_ticket("ticket__")
    return (
        Verdict.objects.filter(narrow, ward=scope.ward, at__gte=period.since, at__lt=period.until)
        .filter(by_clerk__isnull=True)
        .exclude(item__kind=Kind.CONDUCT)
        .exclude(ticket__confidential=True, ticket__isnull=False)
    )


REOPENED = Q(ticket__isnull=False, answer__in=[Verdict.Answer.NOT, Verdict.Answer.PARTLY])


def satisfaction(scope: Scope, period: Period) -> dict[str, Any]:
    """average (1 to 3, None of nothing), rated (n), answers, reopened (“not” and “partly” on tickets)."""
    return verdicts(scope, period).aggregate(
        average=Avg("rating"),
        rated=Count("rating"),
        answers=Count("pk"),
        reopened=Count("pk", filter=REOPENED),
    )


def results(scope: Scope, period: Period) -> Rows:
    """Raisings of tickets whose standing result was reported in the period, each with `is_told`."""
    known = Told.objects.filter(raising=OuterRef("pk"), round=OuterRef("lead_round"), at__isnull=False)

    def ended(path: str) -> Q:
        return Q(
            **{
                f"{path}status__in": STANDING,
                f"{path}resolved_at__gte": period.since,
                f"{path}resolved_at__lt": period.until,
            }
        )

    return (
        Raising.objects.filter(
            scope.of_ticket("ticket__"), ticket__ward=scope.ward, ticket__confidential=False
        )
        .filter(ended("ticket__") | ended("ticket__merged_into__"))
        .annotate(lead_round=Coalesce("ticket__merged_into__round", "ticket__round"))
        .annotate(is_told=Exists(known))
    )


def told(scope: Scope, period: Period) -> dict[str, int]:
    """results: raisings with a result that stands; told: those whose resident learned of it."""
    return results(scope, period).aggregate(results=Count("pk"), told=Count("pk", filter=Q(is_told=True)))


def silent_or_sure(scope: Scope, period: Period) -> dict[str, int]:
    """resolved in the period and, of those, confirmed and lapsed by now."""
    return resolved(scope, period).aggregate(
        resolved=Count("pk"),
        confirmed=Count("pk", filter=Q(status=Status.CONFIRMED)),
        lapsed=Count("pk", filter=Q(status=Status.LAPSED)),
    )


# -- what a figure opens -----------------------------------------------------------------------------------

Opens: TypeAlias = Callable[[Scope, Period, Calendar], Rows]

ROWS: dict[str, Opens] = {
    "received": lambda s, p, c: received(s, p),
    "on_the_spot": lambda s, p, c: received(s, p).filter(SPOT),
    "fixed": lambda s, p, c: received(s, p).filter(outcome=Outcome.FIXED),
    "disputed": lambda s, p, c: received(s, p).filter(SPOT, disputed_at__isnull=False),
    "promises": lambda s, p, c: promises(s, p),
    "passed": lambda s, p, c: promises(s, p).exclude(state="not_due"),
    "open": lambda s, p, c: s.tickets().unresolved(),
    "overdue": lambda s, p, c: overdue(s, p.at),
    "raised_again": lambda s, p, c: raised_again(s),
    "resolved": lambda s, p, c: resolved(s, p),
    "confirmed": lambda s, p, c: resolved(s, p).filter(status=Status.CONFIRMED),
    "lapsed": lambda s, p, c: resolved(s, p).filter(status=Status.LAPSED),
    "answers": lambda s, p, c: verdicts(s, p),
    "rated": lambda s, p, c: verdicts(s, p).filter(rating__isnull=False),
    "reopened": lambda s, p, c: verdicts(s, p).filter(REOPENED),
    "results": lambda s, p, c: results(s, p),
    "told": lambda s, p, c: results(s, p).filter(is_told=True),
}


def _state_opens(state: str) -> Opens:
    return lambda s, p, c: promises(s, p).filter(state=state)


def _rung_opens(rung: str) -> Opens:
    return lambda s, p, c: overdue(s, p.at).filter(_rungs(c, p.at)[rung])


ROWS |= {state: _state_opens(state) for state in KEPT_STATES}
ROWS |= {rung: _rung_opens(rung) for rung in ("overdue_1", "overdue_2", "overdue_3")}


def rows(name: str, scope: Scope, period: Period, calendar: Calendar) -> Rows:
    """The rows behind one figure; KeyError for a name that is no figure."""
    return ROWS[name](scope, period, calendar)
