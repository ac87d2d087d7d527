"""Wrong settings are refused with one sentence; a real ward's server opens only when it is secure."""

import os
import stat
import subprocess
import sys
from importlib import import_module

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from kopi.env import Environment
from kopi.secret import kept_secret

REAL_WARD = {
    "KOPI_SECRET_KEY": "k9Zr2-wQ7tV_xB4nM8sL1pD6fH3jG5yC0aE-uRiOoTqWzXvN7m",
    "KOPI_URL": "https://kopi.example",
    "KOPI_BEHIND_PROXY": "1",
    "EMAIL_URL": "smtp+tls://kopi:secret@mail.kopi.example:587",
}
SERVED = "import kopi.wsgi"
SAID = "from django.conf import settings as s; print(({}))"


def started(tmp_path, code, **variables):
    """Run a line of Python in a new process that has these variables and no others."""
    plain = {"PATH": os.environ["PATH"], "KOPI_DATA": str(tmp_path / "house"), "KOPI_ENV_FILE": os.devnull}
    plain["DJANGO_SETTINGS_MODULE"] = "kopi.settings"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=plain | variables,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "value",
    [
        "nonsense",
        "postgres://",
        "postgres://host",
        "mysql://host/kopi",
        "postgres://u:p@host:port/kopi",
        "sqlite:///",
    ],
)
def test_a_wrong_database_is_refused(value):
    with pytest.raises(
        ImproperlyConfigured, match="^DATABASE_URL does not name a database; write postgres://"
    ):
        Environment({"DATABASE_URL": value}).database("DATABASE_URL", "")


@pytest.mark.parametrize(
    "value", ["localhost", "http://localhost", "redis://", "redis://host/kopi", "redis://h:x/0"]
)
def test_a_wrong_redis_is_refused(value):
    with pytest.raises(ImproperlyConfigured, match="^REDIS_URL does not name a Redis server; write redis://"):
        Environment({"REDIS_URL": value}).redis("REDIS_URL")


@pytest.mark.parametrize("value", ["mail.example", "smtp://", "imap://host", "smtp://user@host:x"])
def test_a_wrong_mail_server_is_refused_without_repeating_its_password(value):
    with pytest.raises(
        ImproperlyConfigured, match="^EMAIL_URL does not name a mail server; write smtp"
    ) as refusal:
        Environment({"EMAIL_URL": value}).mail("EMAIL_URL")
    assert value not in str(refusal.value)


@pytest.mark.parametrize("value", ["maybe", "ture", "2", "-1"])
def test_a_yes_that_is_mistyped_is_not_taken_for_a_no(value):
    with pytest.raises(ImproperlyConfigured, match=f"^KOPI_DEMO is '{value}'; write 1 for yes or 0 for no.$"):
        Environment({"KOPI_DEMO": value}).flag("KOPI_DEMO")


@pytest.mark.parametrize(
    "value", ["kopi.example", "ftp://kopi.example", "https://", "https://kopi.example/app"]
)
def test_a_wrong_address_is_refused(value):
    with pytest.raises(ImproperlyConfigured, match="^KOPI_URL is .*; write the address people type"):
        Environment({"KOPI_URL": value}).address("KOPI_URL", "")


@pytest.mark.parametrize("value", ["0", "-5", "1_000", "1e3", "٣", "70000"])
def test_a_wrong_number_is_refused(value):
    with pytest.raises(
        ImproperlyConfigured, match="^KOPI_PORT is .*; write a whole number from 1 to 65535.$"
    ):
        Environment({"KOPI_PORT": value}).number("KOPI_PORT", 8000, least=1, most=65535)


def test_tls_from_the_first_byte_and_starttls_are_told_apart():
    first = Environment({"EMAIL_URL": "smtps://u:p@host"}).mail("EMAIL_URL")
    later = Environment({"EMAIL_URL": "smtp+tls://u:p@host"}).mail("EMAIL_URL")

    assert (first["EMAIL_USE_SSL"], first["EMAIL_PORT"]) == (True, 465)
    assert (later["EMAIL_USE_TLS"], later["EMAIL_PORT"]) == (True, 587)


def test_a_redis_without_a_number_is_its_first_database():
    assert Environment({"REDIS_URL": "redis://host:6379"}).redis("REDIS_URL") == "redis://host:6379/0"


def test_the_demo_keeps_a_random_secret_for_its_owner_only(tmp_path):
    path = tmp_path / "secret-key"
    first = kept_secret(path)

    assert kept_secret(path) == first
    assert len(first) > 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]


def test_nothing_set_means_the_demo(tmp_path):
    asked = started(
        tmp_path, SAID.format("s.DEMO, s.PUBLIC_URL, s.ALLOWED_HOSTS[0], s.SQLITE, s.CELERY_BROKER_URL")
    )

    assert asked.stdout == "(True, 'http://localhost:8000', 'localhost', True, 'filesystem://localhost')\n", (
        asked.stderr
    )


def test_an_address_without_a_secret_is_refused_rather_than_taken_for_the_demo(tmp_path):
    asked = started(tmp_path, SAID.format("s.DEMO"), KOPI_URL="https://kopi.example")

    assert asked.returncode == 1
    assert "KOPI_SECRET_KEY is empty. Set it to 50 random characters" in asked.stderr


def test_a_folder_one_cannot_write_in_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    asked = started(tmp_path, SAID.format("s.DEMO"), KOPI_DATA=str(tmp_path / "file" / "house"))

    assert "where Kopi cannot write" in asked.stderr


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"KOPI_URL": "http://kopi.example"}, "KOPI_URL is not an https address."),
        ({"KOPI_HOSTS": "*"}, "KOPI_HOSTS lets any name in."),
        ({"KOPI_BEHIND_PROXY": "0"}, "nothing is said to end TLS"),
        ({"KOPI_DEBUG": "1"}, "DEBUG"),
        ({"KOPI_SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"KOPI_HSTS_SECONDS": "0"}, "HSTS"),
        ({"EMAIL_URL": "dummymail://"}, "EMAIL_URL sends mail to nobody."),
    ],
)
def test_a_real_ward_does_not_open_insecurely(tmp_path, change, sentence):
    served = started(tmp_path, SERVED, **{**REAL_WARD, **change})

    assert served.returncode == 1
    assert "Kopi does not start" in served.stderr
    assert sentence in served.stderr


def test_a_worker_stays_shut_like_the_web(tmp_path):
    code = (
        "from celery.signals import worker_init; import kopi, django; django.setup(); worker_init.send(None)"
    )
    served = started(tmp_path, code, **{**REAL_WARD, "KOPI_URL": "http://kopi.example"})

    assert served.returncode == 1
    assert "Kopi does not start" in served.stderr


def test_commands_run_where_the_server_would_not_open(tmp_path):
    code = "from django.core.management import call_command; import django; django.setup(); call_command('check')"
    asked = started(tmp_path, code, **{**REAL_WARD, "KOPI_URL": "http://kopi.example"})

    assert asked.returncode == 0, asked.stderr


def test_a_real_ward_with_secure_settings_has_only_its_static_files_to_build(tmp_path):
    code = (
        "import django; django.setup(); from django.core import checks;"
        "print([m.id for m in checks.run_checks(include_deployment_checks=True) if m.id != 'kopi.W004'])"
    )
    assert started(tmp_path, code, **REAL_WARD).stdout == "[]\n"


def test_forwarded_headers_are_believed_only_behind_a_proxy(tmp_path):
    asked = SAID.format("s.SECURE_PROXY_SSL_HEADER, s.ALLAUTH_TRUSTED_PROXY_COUNT, s.USE_X_FORWARDED_HOST")

    assert started(tmp_path, asked).stdout == "(None, 0, False)\n"
    assert started(tmp_path, asked, **REAL_WARD).stdout == "(('HTTP_X_FORWARDED_PROTO', 'https'), 1, False)\n"


def test_https_makes_cookies_secure(tmp_path):
    asked = SAID.format("s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT")

    assert started(tmp_path, asked).stdout == "(False, False, False)\n"
    assert started(tmp_path, asked, **REAL_WARD).stdout == "(True, True, True)\n"


def test_servers_of_its_own_are_a_matter_of_two_variables(tmp_path):
    variables = {
        "DATABASE_URL": "postgres://kopi:p%40ss@db:5433/kopi",
        "REDIS_URL": "rediss://:secret@broker:6380/2",
    }
    asked = SAID.format(
        "s.DATABASES['default']['PASSWORD'], s.DATABASES['default']['CONN_HEALTH_CHECKS'], s.CELERY_BROKER_URL,"
        " s.CACHES['default']['LOCATION'], s.CELERY_TASK_ACKS_LATE, bool(s.CELERY_BROKER_USE_SSL)"
    )
    redis = variables["REDIS_URL"]

    assert (
        started(tmp_path, asked, **variables).stdout == f"('p@ss', True, '{redis}', '{redis}', True, True)\n"
    )


def test_the_clock_wakes_tasks_that_exist():
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        module, _, name = entry["task"].rpartition(".")

        assert getattr(import_module(module), name).name == entry["task"]
        assert set(entry["options"]) == {"expires"}


@pytest.mark.django_db
def test_migrating_makes_the_cache_table():
    from django.core.cache.backends.db import DatabaseCache

    table = DatabaseCache("kopi_cache", {})
    table.set("limit", 3)

    assert table.incr("limit") == 4


@pytest.mark.django_db
def test_a_photo_cannot_make_a_form_of_a_thousand_fields(client):
    answer = client.post("/accounts/login/", {f"field{number}": "x" for number in range(1001)})

    assert answer.status_code == 400
