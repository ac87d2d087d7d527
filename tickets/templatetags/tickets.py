"""How a ticket's status looks, on every page of staff: an icon, a word and a colour."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tickets.lifecycle import Status
from tickets.models import Ticket
from wards.templatetags.kopi import icon

register = template.Library()

LOOKS: dict[str, tuple[str, str]] = {  # status: icon, colour
    Status.RECORDED: ("inbox", ""),
    Status.ASSIGNED: ("forward", "work"),
    Status.IN_PROGRESS: ("construction", "work"),
    Status.WAITING: ("hourglass", "soon"),
    Status.PASSED_UP: ("arrow-up-from-line", "esc"),
    Status.RESOLVED: ("check", "done"),
    Status.CONFIRMED: ("check-check", "done"),
    Status.LAPSED: ("clock", ""),
    Status.DECLINED: ("ban", ""),
    Status.REDIRECTED: ("landmark", ""),
    Status.MERGED: ("merge", ""),
    Status.REOPENED: ("repeat", "late"),
}


@register.simple_tag
def status_tag(ticket: Ticket) -> SafeString:
    """The status as a tag: icon, word and colour."""
    picture, look = LOOKS[ticket.status]
    return format_html('<span class="tag {}">{}{}</span>', look, icon(picture), Status(ticket.status).label)


@register.filter
def overdue(ticket: Ticket, at: datetime) -> bool:
    """Whether the ticket is open and late at that moment."""
    return ticket.is_overdue(at)
