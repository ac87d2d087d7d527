"""Signing in and up: by password or mailed code, with the same answer for known and unknown."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client

PASSWORD = "a long word of coffee"


@pytest.fixture
def chair(db):
    person = get_user_model().objects.create_user("chair@ward.example", PASSWORD, full_name="Chị Duyên")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def signed_in(client) -> str | None:
    return client.session.get("_auth_user_id")


def code_of(message) -> str:
    """The code in a mail."""
    return re.search(r"^\s+(\d{4}-\d{4})\s*$", message.body, re.M)[1]


def test_a_password_opens_the_door(client, chair):
    answer = client.post("/accounts/login/", {"login": "CHAIR@ward.example", "password": PASSWORD})

    assert answer.url == "/app/"
    assert signed_in(client) == str(chair.pk)


def test_a_wrong_password_says_so_beside_the_form(client, chair):
    page = client.post("/accounts/login/?hl=vi", {"login": chair.email, "password": "wrong"})

    assert "E-mail hoặc mật khẩu chưa đúng" in page.content.decode()
    assert signed_in(client) is None


def test_a_mailed_code_opens_the_door(client, chair):
    client.post("/accounts/login/code/", {"email": chair.email})
    client.post("/accounts/login/code/confirm/", {"code": code_of(mail.outbox[0])})

    assert signed_in(client) == str(chair.pk)


@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/password/reset/"])
def test_known_and_unknown_get_the_same_answer(client, chair, path):
    known = client.post(path, {"email": chair.email})
    unknown = Client().post(path, {"email": "nobody@ward.example"})

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [message.to for message in mail.outbox] == [[chair.email], ["nobody@ward.example"]]


def test_signing_up_with_a_known_address_tells_nothing(client, chair):
    form = {"full_name": "Somebody", "password1": PASSWORD}
    known = client.post("/accounts/signup/", form | {"email": chair.email})
    unknown = Client().post("/accounts/signup/", form | {"email": "new@ward.example"})

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


def test_signing_up_makes_a_resident_without_any_power(client, db):
    form = {"full_name": "Bác Tư", "email": "tu@ward.example", "password1": PASSWORD}
    client.post("/accounts/signup/?hl=vi", form)
    client.post("/accounts/confirm-email/", {"code": code_of(mail.outbox[0])})

    person = get_user_model().objects.get()
    assert (person.full_name, person.language, person.email) == ("Bác Tư", "vi", "tu@ward.example")
    assert (bool(person.standing), person.is_staff, person.is_superuser) == (False, False, False)
    assert signed_in(client) == str(person.pk)


def test_a_forgotten_password_is_chosen_anew_by_code(client, chair):
    client.post("/accounts/password/reset/", {"email": chair.email})
    client.post("/accounts/password/reset/confirm/", {"code": code_of(mail.outbox[0])})
    client.post(
        "/accounts/password/reset/complete/", {"password1": PASSWORD[::-1], "password2": PASSWORD[::-1]}
    )

    chair.refresh_from_db()
    assert chair.check_password(PASSWORD[::-1])


def test_too_many_wrong_passwords_make_one_wait(client, chair):
    for _ in range(6):
        client.post("/accounts/login/", {"login": chair.email, "password": "wrong"})

    page = client.post("/accounts/login/?hl=vi", {"login": chair.email, "password": PASSWORD})
    assert "Đăng nhập sai quá nhiều lần" in page.content.decode()


def test_somebody_who_left_does_not_come_in(client, chair):
    get_user_model().objects.filter(pk=chair.pk).update(is_active=False)
    client.post("/accounts/login/", {"login": chair.email, "password": PASSWORD})

    assert signed_in(client) is None


@pytest.mark.parametrize("stranger", ["//evil.example", "https://evil.example/app/"])
def test_signing_in_never_leads_out_of_the_house(client, chair, stranger):
    answer = client.post(f"/accounts/login/?next={stranger}", {"login": chair.email, "password": PASSWORD})

    assert answer.url == "/app/"


def test_signing_out_leads_to_the_front_page(client, chair):
    client.force_login(chair)

    assert client.post("/accounts/logout/").url == "/"
    assert signed_in(client) is None


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/logout/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/reauthenticate/",
        "/accounts/inactive/",
    ],
)
@pytest.mark.parametrize("language", ["vi", "id", "en"])
def test_account_pages_wear_our_looks(client, chair, path, language):
    client.force_login(chair)
    page = client.get(path, {"hl": language}, follow=True).content.decode()

    assert "css/kopi.css" in page
    assert " style=" not in page


@pytest.mark.parametrize("subject", ["login", "password"])
def test_mails_speak_of_kopi_and_never_of_addresses_of_others(client, chair, subject):
    path = {"login": "/accounts/login/code/", "password": "/accounts/password/reset/"}[subject]
    client.post(f"{path}?hl=en", {"email": chair.email})

    assert "Kopi" in mail.outbox[0].body
    assert code_of(mail.outbox[0]) not in mail.outbox[0].subject
