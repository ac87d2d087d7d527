from typing import Any

from django.apps import AppConfig
from django.apps import apps as registry
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class FeedbackConfig(AppConfig):
    """What residents said."""

    name = "feedback"
    verbose_name = _("Feedback")

    def ready(self) -> None:
        post_migrate.connect(load_presets, sender=self)


def load_presets(using: str, apps: Any = registry, **_kwargs: Any) -> None:
    """Every database begins with the preset categories, a test's emptied one too."""
    from feedback import presets

    try:
        category = apps.get_model("feedback", "Category")
    except LookupError:
        return  # migrated back to nothing
    if using == "default":
        presets.load(category)
