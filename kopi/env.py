"""Readers of the environment: each returns a clean value or refuses a wrong one with one sentence."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off", ""}
DATABASES = ("postgres", "postgresql", "sqlite")
MAIL = ("smtp", "smtp+tls", "smtp+ssl", "smtps", "filemail", "consolemail", "memorymail", "dummymail")


class Environment:
    """The variables Kopi was started with. Empty means unset."""

    def __init__(self, variables: Mapping[str, str] = os.environ) -> None:
        self.variables = variables

    def has(self, name: str) -> bool:
        """True if the variable is there and says something."""
        return bool(self.text(name))

    def text(self, name: str, default: str = "") -> str:
        """The value without the blanks around it."""
        return self.variables.get(name, "").strip() or default

    def words(self, name: str, default: list[str] | None = None) -> list[str]:
        """A list, written with commas."""
        found = [word.strip() for word in self.text(name).split(",") if word.strip()]
        return found or list(default or [])

    def flag(self, name: str, default: bool = False) -> bool:
        """Yes or no; anything else is refused, so that a typing mistake never reads as "no"."""
        if not self.has(name):
            return default
        value = self.text(name).lower()
        if value in YES:
            return True
        if value in NO:
            return False
        raise ImproperlyConfigured(f"{name} is {value!r}; write 1 for yes or 0 for no.")

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number between `least` and `most`, both included."""
        value = self.text(name, str(default))
        if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
            raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number from {least} to {most}.")
        return int(value)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """One of the choices, in capitals."""
        value = self.text(name, default).upper()
        if value not in choices:
            raise ImproperlyConfigured(f"{name} is {value!r}; write one of {', '.join(choices)}.")
        return value

    def address(self, name: str, default: str) -> str:
        """A web address without path: https://kopi.example, http://localhost:8000."""
        value = self.text(name, default).rstrip("/")
        parts = _parts(value)
        if (
            parts is None
            or parts.scheme not in ("http", "https")
            or value != f"{parts.scheme}://{parts.netloc}"
        ):
            raise ImproperlyConfigured(
                f"{name} is {value!r}; write the address people type, without a path: https://kopi.example."
            )
        return value

    def database(self, name: str, default: str) -> dict[str, Any]:
        """Django's settings of one database, from postgres://user:password@host:port/name or sqlite:////path."""
        value = self.text(name, default)
        scheme = value.partition("://")[0]
        parts = _parts(value)
        whole = parts is not None and parts.path.strip("/") and (parts.hostname or scheme == "sqlite")
        if scheme not in DATABASES or not whole:
            raise ImproperlyConfigured(
                f"{name} does not name a database; write postgres://user:password@host:5432/name"
                " (with %40 for an @ in the password) or sqlite:////path/to/kopi.sqlite3."
            )
        return dict(environ.Env.db_url_config(value))

    def redis(self, name: str) -> str:
        """A Redis address with the number of its database, or nothing."""
        value = self.text(name).rstrip("/")
        parts = _parts(value)
        if value and (
            parts is None
            or parts.scheme not in ("redis", "rediss")
            or not parts.hostname
            or not (parts.path.strip("/") or "0").isdigit()
        ):
            raise ImproperlyConfigured(
                f"{name} does not name a Redis server; write redis://:password@host:6379/0 (rediss:// with TLS)."
            )
        return f"{value}/0" if value and not parts.path else value

    def mail(self, name: str) -> dict[str, Any]:
        """Django's e-mail settings from smtp+tls://user:password@host:587, or nothing."""
        value = self.text(name)
        if not value:
            return {}
        scheme = value.partition("://")[0]
        parts = _parts(value)
        if scheme not in MAIL or parts is None or (scheme.startswith("smtp") and not parts.hostname):
            raise ImproperlyConfigured(
                f"{name} does not name a mail server; write smtp+tls://user:password@host:587"
                " (with %40 for an @ in the user's name) or smtps://user:password@host:465."
            )
        # django-environ takes smtps for STARTTLS; everybody else means TLS from the first byte.
        found = dict(environ.Env.email_url_config(value.replace("smtps://", "smtp+ssl://", 1)))
        options = found.pop("OPTIONS", {})
        settings = {key: "" if setting is None else setting for key, setting in found.items()}
        if scheme.startswith("smtp") and not settings["EMAIL_PORT"]:
            settings["EMAIL_PORT"] = {"smtp": 25, "smtp+tls": 587}.get(scheme, 465)
        return settings | {f"EMAIL_{key}": setting for key, setting in options.items()}


def _parts(value: str) -> Any:
    """The parts of an address, or None if there is no such address."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme else None
