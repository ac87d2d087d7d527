"""The one door in."""

from datetime import timedelta

import pytest
from uuid6 import uuid7

from feedback import codes, pictures
from feedback.models import Contact, FeedbackItem, Kind, Photo
from intake.receive import AnotherBody, Person, reissue_slip
from tests.intake.conftest import photo
from tests.people import say
from tickets.lifecycle import Status, StepRefused
from tickets.models import Promise, Ticket


def test_the_same_uuid_and_digest_is_the_same_concern(town):
    uuid = uuid7()

    first, second = (say(town, uuid=uuid, digest="a") for _time in range(2))

    assert (first.is_new, second.is_new) == (True, False)
    assert (second.item, second.ticket, second.slip) == (first.item, first.ticket, first.slip)
    assert (FeedbackItem.objects.count(), Ticket.objects.count()) == (1, 1)


def test_the_same_uuid_with_another_digest_is_refused(town):
    uuid = uuid7()
    say(town, uuid=uuid, digest="a")

    with pytest.raises(AnotherBody):
        say(town, uuid=uuid, digest="b")
    assert FeedbackItem.objects.count() == 1


def test_a_uuid_of_another_ward_is_refused(town, other_town):
    uuid = uuid7()
    say(town, uuid=uuid)

    with pytest.raises(AnotherBody):
        say(other_town, uuid=uuid)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ("answered", None),
        ("fixed", None),
        ("advised", None),
        ("noted", Status.RECORDED),
        ("passed_up", Status.RECORDED),
    ],
)
def test_the_outcome_decides_whether_a_ticket_opens(town, outcome, status):
    ticket = say(town, outcome=outcome).ticket

    assert (ticket.status if ticket else None) == status


def test_a_promise_goes_to_the_post_that_answers_and_stays_with_who_gave_it(town):
    received = say(town, promised="2026-03-06")

    assert (received.ticket.status, received.ticket.owner) == (Status.ASSIGNED, town.post("head"))
    assert Promise.objects.get().post == town.post("chair")


def test_what_is_noted_waits_in_the_wards_inbox(town):
    assert say(town).ticket.owner == town.post("clerk")


def test_contact_is_kept_apart_and_only_if_given(town, monday):
    with_contact = say(town, person=Person("Bà Sáu", "+84912345678", "", "call")).item
    say(town, person=Person())

    contact = Contact.objects.get()
    assert (contact.item, contact.consent_at, contact.reach) == (with_contact, monday, "call")


def test_every_concern_gets_a_slip_with_a_valid_code(town):
    slip = say(town).slip

    assert codes.normalise(slip.code) == slip.code


def test_a_new_slip_makes_the_old_one_worthless(town, monday):
    received = say(town)

    fresh = reissue_slip(received.item, at=monday)

    received.slip.refresh_from_db()
    assert (received.slip.revoked_at, fresh.revoked_at) == (monday, None)
    assert fresh.token != received.slip.token


def test_me_too_joins_with_own_words_and_slip(town):
    first = say(town)

    second = say(town, joins=first.ticket, words="Mine too")

    assert second.ticket == first.ticket
    assert second.slip.code != first.slip.code
    assert [raising.item for raising in first.ticket.raisings.all()] == [first.item, second.item]


def test_nobody_joins_a_ticket_of_another_ward(town, other_town):
    ticket = say(other_town).ticket

    with pytest.raises(StepRefused):
        say(town, joins=ticket)
    assert FeedbackItem.objects.filter(ward=town.ward).count() == 0


def test_a_clock_that_runs_a_day_ahead_is_flagged(town, monday):
    hours = [say(town, captured_at=monday + timedelta(hours=ahead)).item for ahead in (23, 25)]

    assert [item.clock_doubtful for item in hours] == [False, True]


def test_a_confidential_category_makes_it_a_matter_about_staff(town):
    received = say(town, category="conduct", kind=Kind.PROBLEM)

    assert (received.item.kind, received.ticket.confidential) == (Kind.CONDUCT, True)


def test_photos_come_with_the_concern_once_each(town):
    same = pictures.rebuild(photo())

    say(town, photos=[same, same])

    assert Photo.objects.count() == 1


def test_too_many_photos_store_nothing_at_all(town):
    many = [pictures.rebuild(photo(colour=f"#{number:02x}0000")) for number in range(0, 220, 20)]

    with pytest.raises(pictures.PictureRefused):
        say(town, photos=many)
    assert (FeedbackItem.objects.count(), Ticket.objects.count()) == (0, 0)
