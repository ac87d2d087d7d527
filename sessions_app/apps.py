from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsConfig(AppConfig):
    """When and where the ward meets its residents."""

    name = "sessions_app"
    verbose_name = _("Sessions")
