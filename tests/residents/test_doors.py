"""Finding a slip: read kindly what was typed, tell nothing about numbers that are not yours."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.codes import new_code
from intake.receive import reissue_slip
from residents import misses
from tests.residents.conftest import text_of, visitor_in_english

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(clock):
    """Somebody without a slip."""
    return visitor_in_english()


def typed(code):
    """The number as an elder types it: spaces, dots, full-width digits."""
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code[4:8])
    return f" {code[:4]} {wide}.{code[8:]} "


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_typed_number_leads_to_its_page(promised, visitor, method):
    answered = getattr(visitor, method)("/s/", {"code": typed(promised.slip.code)})

    assert (answered.status_code, answered["Location"]) == (302, promised.page)


def test_a_number_typed_into_the_address_is_read_as_kindly(promised, visitor):
    code = promised.slip.code

    answered = visitor.get(f"/s/{code[:6]} {code[6:]}/")

    assert (answered.status_code, answered["Location"]) == (302, promised.page)


@pytest.mark.parametrize("wrong", ["12", "", "twelve digits", "1" * 200, "००"])
def test_a_number_no_slip_can_carry_gets_a_sentence(visitor, db, wrong):
    answered = visitor.get("/s/", {"code": wrong})

    assert answered.status_code == 400
    assert 'role="alert"' in text_of(answered)


def test_a_mistyped_digit_is_said_without_looking_anything_up(promised, visitor):
    code = promised.slip.code
    mistyped = code[:-1] + str((int(code[-1]) + 1) % 10)

    with CaptureQueriesContext(connection) as statements:
        answered = visitor.get(f"/s/{mistyped}/")

    assert answered.status_code == 400
    assert "One digit seems mistyped. Please compare with your slip." in text_of(answered)
    assert [s["sql"] for s in statements if "feedback_slip" in s["sql"]] == []


def test_an_unknown_a_revoked_and_an_unused_number_look_the_same(promised, visitor, monday):
    old = promised.slip
    reissue_slip(promised.item, at=monday)
    type(old).objects.create(code="000000000000", issued_at=monday)

    pages = [visitor.get(f"/s/{code}/") for code in (new_code(), old.code, "000000000000")]
    pages.append(visitor.get(f"/p/{old.token}/"))

    assert [page.status_code for page in pages] == [404] * 4
    assert {"We do not find a slip with this number." in text_of(page) for page in pages} == {True}


def test_the_eleventh_miss_in_a_minute_has_to_wait(promised, visitor, clock, monday):
    answers = [visitor.get(f"/s/{new_code()}/").status_code for _ in range(11)]

    assert answers == [404] * 10 + [429]
    assert visitor.get(promised.page).status_code == 429
    assert visitor.get(promised.page, REMOTE_ADDR="192.0.2.7").status_code == 200

    clock.move_to(monday + timedelta(minutes=1))

    assert visitor.get(promised.page).status_code == 200


def test_a_neighbour_in_the_same_network_shares_the_limit(visitor, clock):
    for _ in range(10):
        visitor.get(f"/s/{new_code()}/", REMOTE_ADDR="2001:db8:1:2::1")

    assert visitor.get(f"/s/{new_code()}/", REMOTE_ADDR="2001:db8:1:2::99").status_code == 429
    assert visitor.get(f"/s/{new_code()}/", REMOTE_ADDR="2001:db8:1:3::1").status_code == 404


def test_when_many_guess_at_once_one_miss_is_enough(promised, visitor, monkeypatch):
    monkeypatch.setattr(misses, "IN_ALL", 3)
    for n in range(3):
        visitor.get(f"/s/{new_code()}/", REMOTE_ADDR=f"192.0.2.{n}")

    guesser = [visitor.get(f"/s/{new_code()}/", REMOTE_ADDR="192.0.2.9").status_code for _ in range(2)]

    assert guesser == [404, 429]
    assert visitor.get(promised.page, REMOTE_ADDR="192.0.2.10").status_code == 200


def test_hits_and_mistyped_numbers_are_not_counted(promised, visitor):
    for _ in range(15):
        visitor.get(promised.page)
        visitor.get("/s/123/")

    assert visitor.get(promised.page).status_code == 200


def test_a_guessed_number_cannot_answer_either(promised, resolves, visitor):
    for _ in range(10):
        visitor.post(f"/s/{new_code()}/verdict/", {"answer": "not"}, HTTP_ORIGIN="http://testserver")

    refused = visitor.post(f"{promised.page}verdict/", {"answer": "not"}, HTTP_ORIGIN="http://testserver")

    assert refused.status_code == 429


def test_a_number_with_a_nul_is_no_slip(visitor):
    assert visitor.post("/s/", {"code": "1234\x005678"}).status_code == 400
