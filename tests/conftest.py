"""What every test stands on. Tests about one room keep their fixtures in that room's folder."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import connection
from django.test import Client

if TYPE_CHECKING:
    from tests.people import Town
    from tickets.actors import Actor
    from tickets.models import Ticket
    from wards.models import Province, User, Ward


@pytest.fixture(autouse=True)
def own_media(settings: LazySettings, tmp_path: Path) -> None:
    """Photos of a test go away with it."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Limits and kept pages of one test never reach the next."""
    yield
    cache.clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Emptying a test database deletes events, which the ledger's triggers refuse: lift them for that moment."""
    from tickets import append_only

    flush = connection.ops.execute_sql_flush

    def flush_ledger_too(sql_list: list[str]) -> None:
        append_only.unguard(connection)
        try:
            flush(sql_list)
        finally:
            append_only.guard(connection)

    connection.ops.execute_sql_flush = flush_ledger_too


@pytest.fixture
def monday() -> datetime:
    """Monday 2 March 2026, 09:00 in the ward."""
    from tests.people import MONDAY

    return MONDAY


@pytest.fixture
def city(db: None) -> "Province":
    from wards.models import Province

    return Province.objects.create(code="79", name="Thành phố Hồ Chí Minh")


@pytest.fixture
def town(city: "Province") -> "Town":
    """Bình Dương ward with one post of every kind, each held."""
    from tests.people import found_town

    return found_town("25760", "Phường Bình Dương", city)


@pytest.fixture
def other_town(city: "Province", town: "Town") -> "Town":
    """A ward behind the wall."""
    from tests.people import found_town

    return found_town("25771", "Phường Chánh Hiệp", city)


@pytest.fixture
def ward(town: "Town") -> "Ward":
    return town.ward


def _person(key: str) -> Any:
    @pytest.fixture(name=key)
    def person(town: "Town") -> "User":
        return town.people[key]

    return person


chair, clerk, officer, head, scribe, administrator = (
    _person(key) for key in ("chair", "clerk", "officer", "head", "scribe", "administrator")
)
secretary, vice_chair, police, youth, province, neighbourhood_head = (
    _person(key) for key in ("secretary", "vice_chair", "police", "youth", "province", "neighbourhood_head")
)


@pytest.fixture
def stranger(other_town: "Town") -> "User":
    """The clerk of the other ward."""
    return other_town.people["clerk"]


@pytest.fixture
def client_of() -> Callable[["User"], Client]:
    """A browser in which this person is signed in."""

    def signed_in(user: "User") -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def ticket(town: "Town") -> "Ticket":
    """A dark lamp, promised for Friday by the Chair, assigned to the head of the works division."""
    from tests.people import say, ticket_of

    return ticket_of(say(town, promised="2026-03-06"))


@pytest.fixture
def by(town: "Town") -> Callable[[str], "Actor"]:
    """Somebody of the town as an actor: by("chair")."""
    return town.actor
