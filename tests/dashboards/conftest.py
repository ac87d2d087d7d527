"""People of the town who open their pages on a fixed day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.people import say, ticket_of


@pytest.fixture
def now(monkeypatch, monday):
    """Monday 30 March 2026, 09:00 in the ward."""
    at = monday + timedelta(days=28)
    monkeypatch.setattr(timezone, "now", lambda: at)
    return at


@pytest.fixture
def late(town, now):
    """A lamp promised by the Chair for Friday 6 March, still open."""
    return ticket_of(say(town, promised="2026-03-06"))


@pytest.fixture
def page_of(client_of, now):
    """What one person sees at an address."""

    def read(user, address, **asked):
        return client_of(user).get(address, asked)

    return read
