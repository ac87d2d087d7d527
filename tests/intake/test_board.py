"""The sessions and the ring of tables."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions_app.models import Table
from tests.people import say, sit_down

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def board(session):
    return reverse("board", args=[session.uuid])


def queries(client, page):
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(page).status_code == 200
    return len(caught)


def test_the_board_counts_what_was_said_and_settled(phone, town, table, board, monday):
    for outcome in ("noted", "answered", "fixed"):
        say(town, at=monday, table=table, outcome=outcome)
    say(town, at=monday, table=table, category="conduct")

    context = phone.get(board).context

    assert (context["said"], context["settled"], context["minutes"]) == (3, 2, 60)
    assert [(table.said, table.settled) for table in context["tables"]] == [(3, 2), (0, 0)]


def test_htmx_fetches_the_ring_alone(phone, board):
    whole, part = phone.get(board).text, phone.get(board, headers={"HX-Request": "true"}).text

    assert ("<html" in whole, "<html" in part, 'class="tables"' in part) == (True, False, True)


def test_my_table_is_marked_and_free_ones_can_be_taken(phone, session, board):
    text = phone.get(board).text

    mine, free = session.tables.order_by("number")
    assert f'class="tbltop me" href="{reverse("capture_table", args=[mine.pk])}"' in text
    assert f'id="take-{free.pk}"' in text


def test_taking_a_table_leaves_the_one_before(phone, scribe, session):
    _mine, free = session.tables.order_by("number")

    phone.post(reverse("take_table", args=[free.pk]))

    assert list(session.tables.order_by("number").values_list("scribe", flat=True)) == [None, scribe.pk]


def test_a_table_that_somebody_took_is_not_taken_again(phone, client_of, town, scribe, session):
    table = session.tables.get(number=1)

    answer = client_of(town.people["youth"]).post(reverse("take_table", args=[table.pk]), follow=True)

    assert Table.objects.get(pk=table.pk).scribe == scribe
    assert len(answer.context["messages"]) == 1


def test_giving_a_table_back_frees_it(phone, session):
    table = session.tables.get(number=1)

    phone.post(reverse("release_table", args=[table.pk]))

    assert Table.objects.get(pk=table.pk).scribe is None


def test_nobody_gives_away_anothers_table(client_of, town, scribe, session):
    table = session.tables.get(number=1)

    client_of(town.people["youth"]).post(reverse("release_table", args=[table.pk]))

    assert Table.objects.get(pk=table.pk).scribe == scribe


def test_a_morning_that_is_over_has_no_free_tables(phone, town, monday):
    table = sit_down(town, monday - timedelta(hours=5), tables=2).tables.get(number=2)

    phone.post(reverse("take_table", args=[table.pk]))

    assert Table.objects.get(pk=table.pk).scribe is None
    assert f"take-{table.pk}" not in phone.get(reverse("board", args=[table.session.uuid])).text


def test_a_table_is_taken_by_post_only(phone, session):
    assert phone.get(reverse("take_table", args=[session.tables.get(number=2).pk])).status_code == 405


def test_another_wards_morning_does_not_exist(client_of, stranger, session, board):
    client = client_of(stranger)
    table = session.tables.get(number=2)

    answers = [
        client.get(board),
        client.post(reverse("take_table", args=[table.pk])),
        client.post(reverse("release_table", args=[table.pk])),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3


def test_the_list_shows_today_then_coming_then_held(phone, town, session, monday):
    coming = sit_down(town, monday + timedelta(days=5))
    held = [sit_down(town, monday - timedelta(days=day)) for day in (1, 8)]

    context = phone.get(reverse("sessions")).context

    assert list(context["today"]) == [session]
    assert list(context["coming"]) == [coming]
    assert context["held"].rows == held


def test_held_sessions_are_turned_by_key(phone, town, monday):
    held = [sit_down(town, monday - timedelta(days=day)) for day in range(1, 24)]

    first = phone.get(reverse("sessions")).context["held"]
    second = phone.get(reverse("sessions"), {"after": first.next}).context

    assert [*first.rows, *second["held"].rows] == held
    assert list(second["coming"]) == []


def test_other_wards_sessions_stand_on_no_list(client_of, stranger, session):
    context = client_of(stranger).get(reverse("sessions")).context

    assert (list(context["today"]), context["held"].rows) == ([], [])


@pytest.mark.parametrize("page", ["board", "sessions"])
def test_queries_do_not_grow_with_rows(phone, town, monday, page):
    def address(session):
        return reverse("board", args=[session.uuid]) if page == "board" else reverse("sessions")

    one, three = (sit_down(town, monday, tables=tables) for tables in (1, 3))
    three.tables.update(host=town.post("head"), scribe=town.people["youth"])
    phone.get(address(one))
    few = queries(phone, address(one))
    for day in (1, 2, 3):
        sit_down(town, monday - timedelta(days=day))
        sit_down(town, monday + timedelta(days=day))

    assert queries(phone, address(three)) == few
