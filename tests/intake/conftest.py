"""A morning at the table: the session, its tables, the scribe's phone, and a form filled as browsers fill it."""

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from uuid6 import uuid7

from sessions_app.models import CoffeeSession, Table
from tests.people import Town, sit_down
from wards.models import User


@pytest.fixture
def clock(monday: datetime) -> Iterator[time_machine.Traveller]:
    """The clock of the pages stands still on Monday until a test moves it."""
    with time_machine.travel(monday, tick=False) as traveller:
        yield traveller


@pytest.fixture
def session(town: Town, monday: datetime) -> CoffeeSession:
    return sit_down(town, monday, tables=2)


@pytest.fixture
def table(session: CoffeeSession) -> Table:
    """The Chair's table, at which the scribe writes."""
    return session.tables.get(number=1)


@pytest.fixture
def phone(scribe: User, client_of: Callable[[User], Client]) -> Client:
    client = client_of(scribe)
    client.cookies["kopi_language"] = "en"
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def photo(name: str = "lamp.jpg", colour: str = "red") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (40, 50), colour).save(file, "JPEG")
    return SimpleUploadedFile(name, file.getvalue(), "image/jpeg")


def filled(**changed: Any) -> dict[str, Any]:
    """What a browser sends for a plain concern; None takes a field away."""
    sent = {
        "uuid": str(uuid7()),
        "words": "The lamp in alley 42 is dark.",
        "kind": "problem",
        "category": "light",
        "outcome": "noted",
    } | changed
    return {name: value for name, value in sent.items() if value is not None}
