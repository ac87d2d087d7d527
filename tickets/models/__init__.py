from tickets.models.events import EventNote, Evidence, TicketEvent
from tickets.models.promises import Letter, Promise, Raising, Referral, Told, Verdict
from tickets.models.reminder import Reminder
from tickets.models.rules import RoutingRule
from tickets.models.ticket import NumberSeries, Ticket

__all__ = [
    "EventNote",
    "Evidence",
    "Letter",
    "NumberSeries",
    "Promise",
    "Raising",
    "Referral",
    "Reminder",
    "RoutingRule",
    "Ticket",
    "TicketEvent",
    "Told",
    "Verdict",
]
