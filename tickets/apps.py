from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    """Follow-up: promises kept in sight until residents say they were kept."""

    name = "tickets"
    verbose_name = _("Tickets")
