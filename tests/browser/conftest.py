"""Debian's Chromium and the real house: bin/browser runs what is here."""

import os
import shutil
from collections.abc import Iterator

import pytest

from tests.house import House, missing_servers, opened

EVERYTHING = os.environ.get("KOPI_BROWSER_ALL") == "1"

# The page object of Playwright runs an event loop; Django would refuse its own database calls beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """How pytest-playwright starts the browser: never a downloaded one, and nothing of its own on the network."""
    path = os.environ.get("KOPI_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.fail("Chromium is not on this machine: apt install chromium")
    return {
        "executable_path": path,
        "args": [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="module", params=["default", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The real product, once on SQLite and files, once on PostgreSQL and Redis; its clock ticks every second."""
    if request.param == "postgres" and missing_servers():
        pytest.fail(f"{missing_servers()} is not on this machine")
    with opened(tmp_path_factory.mktemp("house") / "data", request.param) as running:
        yield running
