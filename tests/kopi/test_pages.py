"""The front door, the looks, the languages, the error pages and the house's health."""

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import RequestDataTooBig
from django.template import Context, Template
from django.template.loader import get_template
from django.test import RequestFactory
from django.urls import reverse

from kopi.views import bad_request
from wards.models import Province, Ward
from wards.templatetags.kopi import phone, slip_code, step5

LANGUAGES = ["vi", "id", "en"]
SMALL_PRINT = [
    "welcome",
    "privacy",
    "accessibility",
    "account_login",
    "account_signup",
    "account_request_login_code",
]


@pytest.fixture
def ward(db):
    city = Province.objects.create(code="79", name="Thành phố Hồ Chí Minh")
    return Ward.objects.create(code="25760", number_prefix="25760", name="Bình Dương", province=city)


@pytest.fixture
def resident(db):
    return get_user_model().objects.create_user(
        "ba.tu@kopi.example", "a long word of coffee", full_name="Bà Tư"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SMALL_PRINT)
def test_open_pages_answer_strangers_in_each_language(client, name, language):
    page = client.get(reverse(name), {"hl": language})

    assert page.status_code == 200
    assert page.headers["Content-Language"] == language
    assert f'<html lang="{language}"' in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "cookie", "browser", "spoken"),
    [
        ("id", "en", "vi", "id"),
        ("", "en", "vi", "en"),
        ("xx", "", "fr, id;q=0.8, en;q=0.5", "id"),
        ("", "", "de-DE", "vi"),
        ("", "nonsense", "en-GB", "en"),
    ],
)
def test_the_language_asked_for_wins_then_the_cookie_then_the_browser_then_the_house(
    client, asked, cookie, browser, spoken
):
    if cookie:
        client.cookies["django_language"] = cookie

    page = client.get("/privacy/", {"hl": asked} if asked else {}, headers={"Accept-Language": browser})

    assert page.headers["Content-Language"] == spoken


def test_the_saved_language_of_a_person_wins_over_the_browser(client, resident):
    get_user_model().objects.filter(pk=resident.pk).update(language="id")
    client.force_login(resident)

    assert client.get("/privacy/", headers={"Accept-Language": "en"}).headers["Content-Language"] == "id"


@pytest.mark.django_db
def test_language_links_keep_the_page_and_its_filters(client):
    assert 'href="/privacy/?page=2&amp;hl=id"' in client.get("/privacy/?page=2").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value", "kept"), [("text", "xl", True), ("theme", "dark", True), ("text", "9", False)]
)
def test_looks_are_kept_in_a_cookie_without_javascript(client, name, value, kept):
    answer = client.get("/looks/", {name: value, "next": "/privacy/"})

    assert answer.url == "/privacy/"
    assert (f'data-{name}="{value}"' in client.get("/privacy/").content.decode()) is kept


@pytest.mark.django_db
@pytest.mark.parametrize("stranger", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_nobody_is_led_out_of_the_house(client, stranger):
    assert client.get("/looks/", {"text": "lg", "next": stranger}).url == "/"


def test_the_front_page_shows_the_wards(client, ward):
    assert f'href="/w/{ward.code}/"' in client.get("/").content.decode()


@pytest.mark.django_db
def test_an_empty_house_says_what_to_do_next(client):
    assert "No ward has moved in yet" in client.get("/?hl=en").content.decode()


@pytest.mark.django_db
def test_the_demo_is_nowhere_outside_the_demo(client, settings):
    settings.DEMO = False
    page = client.get("/?hl=en").content.decode()

    assert "kopi.example" not in page
    assert "Trial version" not in page
    assert client.post("/accounts/demo/", {"email": "chutich@kopi.example"}).status_code == 404


@pytest.mark.django_db
def test_in_the_demo_every_page_says_so_and_one_tap_signs_in(client, settings):
    settings.DEMO = True
    chair = get_user_model().objects.create_user("chutich@kopi.example", "x", full_name="Chair")

    assert "Trial version" in client.get("/privacy/?hl=en").content.decode()
    client.post("/accounts/demo/", {"email": chair.email})
    assert client.session["_auth_user_id"] == str(chair.pk)


@pytest.mark.django_db
def test_one_tap_opens_demo_accounts_only(client, settings):
    settings.DEMO = True
    get_user_model().objects.create_user("somebody@example.org", "x", full_name="Somebody")

    client.post("/accounts/demo/", {"email": "somebody@example.org"})

    assert "_auth_user_id" not in client.session


def test_residents_have_a_page_of_their_own_and_no_tabs(client, resident):
    client.force_login(resident)

    assert client.get("/app/").url == "/app/me/"
    assert 'class="tabbar' not in client.get("/app/me/").content.decode()


def test_a_person_changes_name_and_language(client, resident):
    client.force_login(resident)

    client.post("/app/me/", {"full_name": "Bà Tư Hường", "language": "id"})

    resident.refresh_from_db()
    assert (resident.full_name, resident.language) == ("Bà Tư Hường", "id")
    assert client.get("/app/me/").headers["Content-Language"] == "id"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/app/", "/app/me/"])
def test_strangers_are_asked_to_sign_in(client, path):
    assert client.get(path).url == f"/accounts/login/?next={path}"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/nothing/", "/s/%00/", "/?q=%00"])
def test_what_is_not_there_answers_404_with_a_way_back(client, path):
    page = client.get(path)

    assert page.status_code == 404
    assert 'href="/"' in page.content.decode()


@pytest.mark.django_db
def test_odd_verbs_are_refused(client):
    assert client.generic("TRACE", "/").status_code == 405


@pytest.mark.django_db
def test_a_form_that_is_too_big_is_told_so():
    assert bad_request(RequestFactory().post("/"), RequestDataTooBig()).status_code == 413


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_for_a_broken_server_needs_neither_database_nor_context(language):
    from django.utils import translation

    with translation.override(language):
        assert f'<html lang="{language}">' in get_template("500.html").render()


@pytest.mark.django_db
def test_a_form_without_its_token_is_asked_to_try_again(client, django_user_model):
    from django.test import Client

    page = Client(enforce_csrf_checks=True).post("/accounts/login/?hl=en", {"login": "x"})

    assert page.status_code == 403
    assert "Please try once more" in page.content.decode()


@pytest.mark.django_db
def test_the_house_says_that_it_is_well(client):
    assert client.get("/healthz").json() == {
        "ok": True,
        "database": "reached",
        "oldest_due_message_seconds": 0,
    }
    assert client.get("/readyz").json() == {"ready": True, "missing_migrations": 0}


@pytest.mark.django_db
def test_every_page_of_the_frame_keeps_the_strict_policy(client):
    policy = client.get("/").headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "default-src 'self'" in policy


@pytest.mark.parametrize(
    ("language", "date", "time"),
    [("vi", "24/11/2026", "15:20"), ("id", "24/11/2026", "15.20"), ("en", "24 Nov 2026", "15:20")],
)
def test_dates_are_written_as_each_language_writes_them_in_the_wards_own_time(language, date, time):
    from datetime import UTC, datetime

    from django.utils import translation

    template = Template(
        '{% load kopi %}{{ at|ward_date:"Asia/Ho_Chi_Minh" }} {{ at|ward_time:"Asia/Ho_Chi_Minh" }}'
    )
    with translation.override(language):
        assert template.render(Context({"at": datetime(2026, 11, 24, 8, 20, tzinfo=UTC)})) == f"{date} {time}"


def test_small_filters():
    assert slip_code("684027863500") == "6840 2786 3500"
    assert [step5(share) for share in (None, 0, 0.4, 52, 99, 140)] == [0, 0, 5, 50, 100, 100]
    assert [phone("+842743822825"), phone("call me"), phone(None)] == ["0274 3822 825", "call me", ""]


def test_every_icon_a_template_names_is_in_the_sprite():
    import re

    from django.conf import settings

    sprite = (settings.BASE_DIR / "static/img/icons.svg").read_text()
    there = set(re.findall(r'symbol id="([^"]+)"', sprite))
    named = {
        icon
        for page in (settings.BASE_DIR / "templates").rglob("*.html")
        for icon in re.findall(r'{% icon "([^"]+)"|picture="([^"]+)"', page.read_text())
        for icon in icon
        if icon
    }
    assert sorted(named - there) == []
