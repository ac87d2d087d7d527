"""The demo ward: four months of a ward's life, built through its own doors."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from feedback.models import FeedbackItem
from kopi import demo
from kopi.demo import content, plan, story, town
from outbox.models import Message
from sessions_app.models import CoffeeSession
from tickets.lifecycle import OPEN, Status
from tickets.models import Evidence, Promise, Raising, Reminder, Ticket
from tickets.models.promises import Referral
from wards.access import PostKind
from wards.models import Appointment, Neighbourhood, Post, User, Ward

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=plan.ZONE)  # a Monday morning


@pytest.fixture(scope="module")
def told(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[story.Story]:
    """The whole demo, built once; what it wrote goes away with the module's last test."""
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        hull = transaction.atomic()
        hull.__enter__()
        course = plan.make(NOW)
        tale = story.Story(course, town.build(NOW))
        for _taken in tale.live():
            pass
        yield tale
        transaction.set_rollback(True)
        hull.__exit__(None, None, None)


@pytest.fixture
def demo_db(told: story.Story, db: None) -> story.Story:
    """The demo as it was built; what one test changes, the next does not see."""
    return told


def test_the_plan_is_the_same_for_the_same_moment() -> None:
    assert plan.make(NOW).digest == plan.make(NOW).digest
    assert plan.make(NOW).digest != plan.make(NOW + timedelta(days=1)).digest


@pytest.mark.parametrize("later", range(14))
def test_on_every_day_a_session_is_running_and_nothing_lies_ahead(later: int) -> None:
    now = NOW + timedelta(days=later, hours=later * 5)
    course = plan.make(now)

    assert [m.number for m in course.mornings if m.starts_at <= now < m.ends_at] != []
    assert max(step.at for step in course.steps) < now
    assert len([m for m in course.mornings if m.ends_at < now]) == 17
    assert len([m for m in course.mornings if m.starts_at > now]) == 4
    assert Counter(step.verb for step in course.steps)["say"] >= 405


def test_the_content_is_whole() -> None:
    matters = content.matters()

    assert len({matter.title for matter in matters}) == len(matters)
    assert len({voice for matter in matters for voice in matter.voices}) == sum(
        len(m.voices) for m in matters
    )
    assert [m.title for m in matters if m.on_the_spot and not m.said] == []
    assert [m.title for m in matters if m.outcome == "promised" and not m.promise] == []
    assert [m.title for m in matters if m.outcome == "passed_up" and not (m.body and m.letter)] == []
    assert [m.title for m in matters if not m.on_the_spot and not m.fate] == []
    assert {m.category for m in matters} == set(plan.SERVICE_DAYS)


def test_the_ward_is_the_one_of_the_article(demo_db: story.Story) -> None:
    ward = Ward.objects.get(code="25760")

    assert (str(ward.area_km2), ward.population) == ("58.10", 107576)
    assert Neighbourhood.objects.filter(ward=ward).count() == 20
    assert CoffeeSession.objects.filter(ward=ward).count() == 22
    assert {session.tables.count() for session in CoffeeSession.objects.filter(ward=ward)} == {12}
    assert set(Post.objects.values_list("kind", flat=True)) == set(PostKind.values)
    assert not Post.objects.exclude(pk__in=Appointment.objects.live(NOW).values("post")).exists()


def test_nobody_was_quicker_than_the_plan(demo_db: story.Story) -> None:
    assert demo_db.refused == []


def test_some_four_hundred_concerns_stand_with_tickets_in_every_status(demo_db: story.Story) -> None:
    statuses = Counter(Ticket.objects.values_list("status", flat=True))

    assert FeedbackItem.objects.count() >= 405
    assert set(statuses) == set(Status.values)
    assert Ticket.objects.filter(status__in=OPEN).overdue(NOW).count() >= 12


def test_the_mix_is_that_of_a_ward(demo_db: story.Story) -> None:
    items = FeedbackItem.objects.all()
    total = items.count()
    paper = items.filter(category__code__in=["procedure", "land", "benefits", "digital"]).count()
    streets = items.filter(category__code__in=["road", "drain"]).count()

    assert 0.38 <= paper / total <= 0.46
    assert 0.14 <= streets / total <= 0.21
    assert 0.35 <= items.on_the_spot().count() / total <= 0.45
    assert items.filter(place="").count() / total >= 0.4


def test_the_road_of_the_article_was_raised_again_and_again(demo_db: story.Story) -> None:
    road = Ticket.objects.get(title__startswith="Đường ĐX 043")

    assert road.status == Status.IN_PROGRESS
    assert road.due_at > NOW > road.first_due_at
    assert road.raisings.values("item__table__session").distinct().count() >= 5


@pytest.mark.parametrize("title", ["Bóng đèn đầu hẻm 15", "Miệng cống trước quán cà phê"])
def test_small_things_were_fixed_the_next_day(demo_db: story.Story, title: str) -> None:
    ticket = Ticket.objects.get(title__startswith=title)

    assert ticket.status == Status.CONFIRMED
    assert ticket.resolved_at is not None
    assert (
        ticket.resolved_at.astimezone(plan.ZONE).date() - ticket.opened_at.astimezone(plan.ZONE).date()
    ).days == 1
    assert Evidence.objects.filter(event__ticket=ticket).count() == 1


def test_nothing_is_written_about_the_past(demo_db: story.Story) -> None:
    assert Message.objects.count() == 0
    assert Reminder.objects.count() == 0
    assert not Ticket.objects.filter(next_reminder_at__lte=NOW).exists()
    assert not Ticket.objects.unresolved().filter(next_reminder_at__isnull=True).exists()


def test_every_open_ticket_has_somebody_who_answers(demo_db: story.Story) -> None:
    for ticket in Ticket.objects.unresolved().select_related("owner"):
        assert ticket.owner.answers_at(NOW) is not None


def test_each_ticket_stands_where_its_events_led(demo_db: story.Story) -> None:
    for ticket in Ticket.objects.prefetch_related("events", "raisings", "promises"):
        events = list(ticket.events.all())
        assert events[-1].to_status == ticket.status
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert [event.position for event in events] == list(range(1, len(events) + 1))


def test_promises_letters_and_raisings_are_real(demo_db: story.Story) -> None:
    assert Promise.objects.count() >= 90
    assert Referral.objects.filter(answered_at__isnull=False).exists()
    assert Referral.objects.filter(answered_at__isnull=True).exists()
    assert Raising.objects.count() > Ticket.objects.count()


def test_building_again_adds_nothing(demo_db: story.Story) -> None:
    before = [model.objects.count() for model in (FeedbackItem, Ticket, User, Post, CoffeeSession, Raising)]
    again = story.Story(plan.make(NOW), town.build(NOW))

    assert again.is_told
    for _taken in again.live():
        pass
    assert [
        model.objects.count() for model in (FeedbackItem, Ticket, User, Post, CoffeeSession, Raising)
    ] == before
    assert again.refused == []


def test_everybody_on_the_list_can_sign_in(demo_db: story.Story) -> None:
    for account in demo.accounts():
        user = User.objects.get(email=account.email)
        assert user.check_password(account.password)
        assert user.standing_at(NOW).posts != []


def test_slips_on_the_landing_page_lead_somewhere(demo_db: story.Story) -> None:
    assert len(demo.sample_slips()) == 4


def test_outside_the_demo_the_command_says_why_not(settings: LazySettings) -> None:
    settings.DEMO = False

    with pytest.raises(CommandError, match="KOPI_DEMO=1"):
        call_command("demo")
