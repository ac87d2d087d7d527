from django.apps import AppConfig


class KopiConfig(AppConfig):
    """The project itself: its clocks, its commands and the checks before it opens."""

    name = "kopi"

    def ready(self) -> None:
        from kopi import checks  # noqa: F401  registers them
