"""What every test stands on. Tests about one room keep their fixtures in that room's folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.cache import cache


@pytest.fixture(autouse=True)
def own_media(settings: LazySettings, tmp_path: Path) -> None:
    """Photos of a test go away with it."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Limits and kept pages of one test never reach the next."""
    yield
    cache.clear()
