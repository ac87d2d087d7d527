"""A photo is seen by whoever reads the matter behind it, and by nobody else."""

import pytest
from django.urls import reverse

from feedback import pictures
from feedback.models import Photo
from tests.intake.conftest import photo
from tests.people import say
from tickets.models import Ticket

pytestmark = pytest.mark.usefixtures("clock")


def picture(colour="red"):
    return pictures.rebuild(photo(colour=colour))


def page(kept):
    return reverse("photo", args=[kept.uuid])


@pytest.fixture
def kept(town, monday):
    return say(town, at=monday, photos=[picture()]).item.photos.get()


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("scribe", 200),
        ("clerk", 200),
        ("chair", 200),
        ("youth", 404),
        ("officer", 200),
        ("police", 404),
        ("administrator", 404),
        ("neighbourhood_head", 200),
    ],
)
def test_whoever_reads_the_matter_sees_its_photo(client_of, town, kept, key, status):
    assert client_of(town.people[key]).get(page(kept)).status_code == status


def test_a_photo_is_private_and_nothing_but_a_picture(phone, kept):
    answer = phone.get(page(kept))

    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, max-age=3600"
    assert b"".join(answer.streaming_content)[:3] == b"\xff\xd8\xff"


def test_another_ward_sees_no_photo(client_of, stranger, kept):
    assert client_of(stranger).get(page(kept)).status_code == 404


def test_nobody_signed_in_sees_no_photo(client, kept):
    assert client.get(page(kept)).status_code == 302


def test_a_photo_of_a_confidential_matter_is_for_its_owner(client_of, town, monday):
    kept = say(town, at=monday, category="conduct", photos=[picture()]).item.photos.get()

    statuses = {
        key: client_of(town.people[key]).get(page(kept)).status_code for key in ("chair", "clerk", "head")
    }
    assert statuses == {"chair": 200, "clerk": 404, "head": 404}


def test_proof_of_a_result_is_seen_with_its_ticket(client_of, town, ticket, monday, by, ward, stranger):
    proof = pictures.keep(picture("green"), ward=ward, at=monday)
    Ticket.objects.get(pk=ticket.pk).resolve(by=by("head"), note="New lamp", at=monday, photos=[proof])

    assert client_of(town.people["head"]).get(page(proof)).status_code == 200
    assert client_of(stranger).get(page(proof)).status_code == 404


def test_a_photo_without_a_matter_is_seen_by_nobody(phone, ward, monday):
    assert phone.get(page(pictures.keep(picture("blue"), ward=ward, at=monday))).status_code == 404


def test_a_lost_file_is_no_error_of_the_house(phone, kept):
    Photo.objects.get().file.storage.delete(kept.file.name)

    assert phone.get(page(kept)).status_code == 404
