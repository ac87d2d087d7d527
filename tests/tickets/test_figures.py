"""The worked examples of docs/figures.md, and that every figure is the number of its rows."""

from datetime import timedelta

import pytest

from feedback.models import Outcome
from tests.people import say, ticket_of
from tickets import figures, opening
from tickets.actors import Actor
from tickets.models import Told
from tickets.scope import Period, Scope
from wards.workdays import calendar_of

pytestmark = pytest.mark.django_db

FRIDAY = "2026-03-06"  # the first date promised in these examples; they are read on Monday 30 March


@pytest.fixture
def now(monday):
    return monday + timedelta(days=28)


@pytest.fixture
def scope(ward):
    return Scope(ward)


@pytest.fixture
def period(ward, now):
    return Period.last(90, now, ward)


@pytest.fixture
def calendar(town):
    return calendar_of(town.posts["clerk"].office)


def promised(town, **more):
    received = say(town, promised=FRIDAY, **more)
    return ticket_of(received), received.item


def done(ticket, by, at, **more):
    ticket.resolve(by=by, note="New lamp fitted", no_photo="It was dark.", at=at, **more)


def tell(ticket, at):
    for raising in ticket.all_raisings():
        Told.objects.create(raising=raising, round=ticket.round, how=Told.How.CALL, at=at)


def fixed(ticket, item, at, by=None):
    ticket.judge(by=by or Actor.resident(None), item=item, answer="fixed", rating=3, at=at)


@pytest.fixture
def town_with_promises(town, by, monday, now):
    """One promise in every state, and a confidential one that no figure knows."""
    wednesday, later = monday + timedelta(days=2), monday + timedelta(days=10)
    worker = by("head")
    first, item = promised(town)
    done(first, worker, wednesday)
    fixed(first, item, wednesday + timedelta(hours=3))  # kept: a resident confirmed
    silent, _item = promised(town)
    done(silent, worker, wednesday)
    tell(silent, wednesday)
    silent.lapse_at = wednesday + timedelta(days=14)
    silent.save()
    silent.lapse(by=Actor.clock(), at=wednesday + timedelta(days=14))  # kept: nobody objected for 14 days
    clerks, item = promised(town)
    done(clerks, worker, wednesday)
    fixed(clerks, item, wednesday, by=by("clerk"))  # by the clerk
    running, _item = promised(town)
    done(running, worker, wednesday)
    tell(running, now - timedelta(days=3))
    running.lapse_at = now + timedelta(days=11)
    running.save()  # 14 days not over
    untold, _item = promised(town)
    done(untold, worker, wednesday)  # nobody told
    late, item = promised(town)
    done(late, worker, later)
    fixed(late, item, later)  # late, whatever the resident says
    promised(town)  # no result
    declined, _item = promised(town)
    declined.decline(by=by("vice_chair"), note="It stands on private land.", at=wednesday)  # no result
    say(town, promised="2026-03-30")  # due today: not due yet
    promised(town, category="conduct")
    return town


def test_promises_are_kept_by_the_first_date_and_the_residents_word(town_with_promises, scope, period):
    assert figures.kept(scope, period) == {
        "kept": 2,
        "by_clerk": 1,
        "silence_runs": 1,
        "nobody_told": 1,
        "late": 1,
        "no_result": 2,
        "not_due": 1,
        "passed": 8,
        "promises": 9,
    }


def test_a_result_on_the_last_evening_is_in_time_by_the_wards_clock(town, by, monday, scope, period):
    ticket, item = promised(town)
    evening = monday.replace(day=6, hour=16, minute=59)  # 23:59 in the ward
    done(ticket, by("head"), evening)
    fixed(ticket, item, evening + timedelta(days=1))
    other, item = promised(town)
    done(other, by("head"), evening + timedelta(minutes=1))
    fixed(other, item, evening + timedelta(days=1))

    found = figures.kept(scope, period)
    assert (found["kept"], found["late"]) == (1, 1)


def test_a_dispute_does_not_spoil_a_promise_whose_second_result_came_in_time(town, by, monday, scope, period):
    ticket, item = promised(town)
    done(ticket, by("head"), monday + timedelta(days=1))
    ticket.judge(by=Actor.resident(None), item=item, answer="not", rating=1, at=monday + timedelta(days=2))
    assert figures.kept(scope, period)["no_result"] == 1

    done(ticket, by("head"), monday + timedelta(days=3))
    assert figures.kept(scope, period)["nobody_told"] == 1  # the answer of the first round is spent

    fixed(ticket, item, monday + timedelta(days=4))
    assert figures.kept(scope, period)["kept"] == 1


def test_a_promise_on_a_merged_ticket_follows_the_other(town, by, monday, scope, period):
    one, item = promised(town)
    other, _item = promised(town)
    other.merge(by=by("clerk"), into=one, at=monday)
    done(one, by("head"), monday + timedelta(days=1))
    fixed(one, item, monday + timedelta(days=2))

    assert figures.kept(scope, period)["kept"] == 2


def test_what_was_received_and_settled_at_the_table(town, by, monday, scope, period):
    for outcome in (Outcome.ANSWERED, Outcome.FIXED, Outcome.ADVISED, Outcome.NOTED, Outcome.NOTED):
        item = say(town, outcome=outcome).item
        if outcome == Outcome.FIXED:
            opening.dispute_on_the_spot(item, by=Actor.resident(None), at=monday + timedelta(days=1))
    say(town, kind="praise")
    say(town, category="conduct")

    expected = {"received": 6, "on_the_spot": 3, "fixed": 1, "disputed": 1}
    assert figures.at_the_table(scope, period) == expected
    assert figures.share(3, 6) == 50 and figures.share(0, 0) is None


def test_the_ladder_counts_working_days_late(town, monday, scope, calendar):
    """Due on Friday 6 March: on Monday 9 one working day late, on Tuesday two, on Friday 13 five."""
    say(town, promised=FRIDAY, category="road")
    seen = {}
    for day in (6, 9, 10, 12, 13, 16):
        found = figures.overdue_ladder(scope, calendar, monday.replace(day=day))
        seen[day] = [found["overdue"], found["overdue_1"], found["overdue_2"], found["overdue_3"]]

    assert seen == {
        6: [0, 0, 0, 0],
        9: [1, 1, 0, 0],
        10: [1, 0, 1, 0],
        12: [1, 0, 1, 0],
        13: [1, 0, 0, 1],
        16: [1, 0, 0, 1],
    }


def test_open_matters_by_place_and_those_raised_again(town, monday, scope, by):
    one = ticket_of(say(town))
    say(town, joins=one)
    other = ticket_of(say(town, neighbourhood=None))
    third = ticket_of(say(town))
    third.merge(by=by("clerk"), into=one, at=monday)

    assert [ticket.raised for ticket in figures.raised_again(scope)] == [3]
    light = one.category_id
    found = sorted(figures.by_place(scope), key=lambda row: row["neighbourhood"] or 0)
    assert found == [
        {"neighbourhood": None, "category": light, "n": 1},
        {"neighbourhood": one.neighbourhood_id, "category": light, "n": 1},
    ]
    assert other.pk != one.pk


def test_faces_told_and_silence(town_with_promises, scope, period):
    faces = figures.satisfaction(scope, period)

    assert faces == {"average": 3.0, "rated": 2, "answers": 2, "reopened": 0}  # the clerk's word is apart
    assert figures.told(scope, period) == {"results": 7, "told": 2}
    assert figures.silent_or_sure(scope, period) == {"resolved": 6, "confirmed": 3, "lapsed": 1}


def test_every_figure_is_the_number_of_its_rows(town_with_promises, scope, period, calendar, now):
    say(town_with_promises, outcome=Outcome.FIXED, at=now - timedelta(days=2))
    shown = (
        figures.at_the_table(scope, period)
        | figures.kept(scope, period)
        | figures.overdue_ladder(scope, calendar, now)
        | figures.satisfaction(scope, period)
        | figures.told(scope, period)
        | figures.silent_or_sure(scope, period)
        | {
            "raised_again": figures.raised_again(scope).count(),
            "open": sum(row["n"] for row in figures.by_place(scope)),
        }
    )
    shown.pop("average")

    assert shown == {name: len(figures.rows(name, scope, period, calendar)) for name in figures.ROWS}


def test_the_trend_counts_weeks_of_the_ward(town, by, monday, scope):
    sunday_evening = monday - timedelta(hours=10)  # Sunday 23:00 in the ward
    say(town, at=sunday_evening)
    say(town, outcome=Outcome.ANSWERED)
    done(ticket_of(say(town)), by("clerk"), monday + timedelta(days=1))
    weeks = figures.weekly(scope, monday + timedelta(days=2))

    assert len(weeks) == 12
    assert [(day.isoformat(), came, ended) for day, came, ended in weeks[-2:]] == [
        ("2026-02-23", 1, 0),
        ("2026-03-02", 2, 2),
    ]


def test_a_narrow_scope_counts_its_own_only(town_with_promises, town, other_town, period, calendar):
    say(other_town)
    say(town, neighbourhood=None, category="culture")
    here = Scope(town.ward, neighbourhoods={town.neighbourhood.pk})
    works = Scope(town.ward, offices={town.offices["economy"].pk}, office_kinds={"economy"})
    chairs = Scope(town.ward, posts={town.posts["chair"].pk})

    assert figures.at_the_table(Scope(town.ward), period)["received"] == 10
    assert figures.at_the_table(here, period)["received"] == 9
    assert figures.at_the_table(works, period)["received"] == 9
    assert figures.kept(chairs, period)["promises"] == 9
    assert figures.kept(Scope(other_town.ward), period)["promises"] == 0


def test_each_figure_costs_the_same_however_many_rows(
    town, scope, period, calendar, django_assert_num_queries
):
    for rows in (1, 3):
        while figures.rows("open", scope, period, calendar).count() < rows:
            say(town)
        for figure in (figures.kept, figures.told, figures.at_the_table, figures.satisfaction):
            with django_assert_num_queries(1):
                figure(scope, period)
        with django_assert_num_queries(2):
            figures.weekly(scope, period.at)
