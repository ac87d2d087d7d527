"""Posts answer for matters, whoever holds them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.people import LONG_AGO, MONDAY, Town, appoint
from wards.models import Absence, Appointment, Post, User

HOUR = timedelta(hours=1)


def leave(user: User, at=MONDAY) -> None:
    Appointment.objects.filter(user=user).update(until=at)


def test_two_people_never_hold_one_post_at_a_time(town: Town, clerk: User):
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(user=clerk, post=town.post("chair"), since=MONDAY)


def test_a_successor_begins_when_the_predecessor_ends(town: Town, chair: User):
    leave(chair)

    successor = appoint(town.post("chair"), "successor", since=MONDAY)

    assert town.post("chair").answers_at(MONDAY - HOUR) == chair
    assert town.post("chair").answers_at(MONDAY + HOUR) == successor


def test_an_appointment_cannot_be_stretched_over_the_successor(town: Town, chair: User):
    leave(chair)
    appoint(town.post("chair"), "successor", since=MONDAY)

    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(user=chair).update(until=None)


def test_the_deputy_answers_while_the_holder_is_away(town: Town, officer: User, clerk: User):
    Absence.objects.create(user=officer, since=MONDAY, until=MONDAY + HOUR, deputy=town.post("clerk"))

    assert town.post("officer").answers_at(MONDAY) == clerk
    assert town.post("officer").answers_at(MONDAY + HOUR) == officer
    assert town.post("officer") in clerk.posts_at(MONDAY)
    assert town.post("officer") not in clerk.posts_at(MONDAY + HOUR)


def test_a_vacant_post_is_answered_by_its_superior_and_then_by_the_inbox(town: Town):
    for name in ("officer", "head", "vice_chair", "chair", "province"):
        leave(town.people[name])

    assert town.post("officer").answers_at(MONDAY - HOUR) == town.people["officer"]
    assert town.post("officer").answers_at(MONDAY + HOUR) == town.people["clerk"]


def test_a_closed_account_answers_for_nothing(town: Town, officer: User, head: User):
    officer.is_active = False
    officer.save()

    assert town.post("officer").answers_at(MONDAY) == head
    assert not officer.standing_at(MONDAY)


def test_a_circle_of_superiors_ends(town: Town):
    Post.objects.filter(pk=town.post("province").pk).update(superior=town.post("officer"))

    assert len(Post.objects.get(pk=town.post("officer").pk).superiors()) == 4


def test_standing_comes_from_live_appointments_only(town: Town, chair: User):
    leave(chair)

    assert chair.standing_at(MONDAY - HOUR).may("lead", town.ward)
    assert not chair.standing_at(MONDAY).may("lead", town.ward)
    assert not chair.standing_at(LONG_AGO - HOUR)
