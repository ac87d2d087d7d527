"""The slip on A6."""

import pytest
from django.urls import reverse

from feedback import qr
from feedback.models import Slip
from tests.people import say


def page(slip):
    return reverse("slip_print", args=[slip.code])


@pytest.fixture
def slip(town):
    return say(town, promised="2026-03-06").slip


def in_english(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_the_slip_says_number_day_post_and_telephone(client_of, clerk, slip):
    text = in_english(client_of(clerk)).get(page(slip)).text

    code = f"{slip.code[:4]} {slip.code[4:8]} {slip.code[8:]}"
    assert f'<p class="code">{code}</p>' in text
    assert ("6 Mar 2026" in text, "Chair" in text, "0274 5550 100" in text) == (True, True, True)
    assert "The lamp in alley 42" not in text  # a slip that is found tells nothing


def test_without_a_promise_the_due_date_stands_there(client_of, clerk, town):
    text = in_english(client_of(clerk)).get(page(say(town).slip)).text

    assert ("We answer by" in text, "4 Mar 2026" in text) == (True, True)


def test_the_qr_code_leads_to_the_residents_page(settings, slip):
    settings.PUBLIC_URL = "https://kopi.example"

    assert qr.address(slip) == f"https://kopi.example/p/{slip.token}/"
    assert qr.drawing(slip).startswith("data:image/svg+xml")


def test_a_new_slip_replaces_a_lost_one(client_of, clerk, slip):
    client = client_of(clerk)

    answer = client.post(reverse("reissue_slip", args=[slip.code]))

    fresh = Slip.objects.get(item=slip.item, revoked_at=None)
    assert (answer.status_code, answer.url) == (302, page(fresh))
    assert client.get(page(slip)).url == page(fresh)


def test_asking_twice_for_a_new_slip_makes_one(client_of, clerk, slip):
    client = client_of(clerk)
    for _time in range(2):
        client.post(reverse("reissue_slip", args=[slip.code]))

    assert Slip.objects.filter(item=slip.item).count() == 2


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("scribe", 200),
        ("chair", 404),
        ("youth", 404),
        ("officer", 404),
        ("police", 404),
        ("administrator", 404),
    ],
)
def test_only_the_scribe_and_the_clerk_print_a_slip(client_of, town, slip, key, status):
    client = client_of(town.people[key])

    assert client.get(page(slip)).status_code == status
    assert client.post(reverse("reissue_slip", args=[slip.code])).status_code == (
        302 if status == 200 else 404
    )


def test_another_ward_prints_nothing(client_of, stranger, slip):
    assert client_of(stranger).get(page(slip)).status_code == 404


@pytest.mark.parametrize("code", ["000000000000", "x", "١٢٣"])
def test_an_unknown_slip_is_not_there(client_of, clerk, code):
    assert client_of(clerk).get(reverse("slip_print", args=[code])).status_code == 404
