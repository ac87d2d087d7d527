from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WardsConfig(AppConfig):
    """Places and people."""

    name = "wards"
    verbose_name = _("Wards")
