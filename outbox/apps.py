from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    """Messages on their way; knows nothing of what they are about."""

    name = "outbox"
    verbose_name = _("Outbox")
