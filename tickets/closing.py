"""What time itself does to tickets: silence closes, a wait ends. Each ticket in its own transaction."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db.models import QuerySet

from tickets.actors import Actor
from tickets.lifecycle import Status, StepRefused
from tickets.models import Ticket

logger = logging.getLogger(__name__)
BATCH = 500


def close_silent(*, at: datetime) -> int:
    """Lapse every resolved ticket whose 14 days of silence are over at `at`."""
    silent = Ticket.objects.filter(lapse_at__lte=at, status=Status.RESOLVED)
    return _each(silent, lambda ticket: ticket.lapse(by=Actor.clock(), at=at))


def end_waits(*, at: datetime) -> int:
    """Let every ticket go on whose wait is over at `at`."""
    over = Ticket.objects.filter(status=Status.WAITING, waiting_until__lte=at)
    return _each(over, lambda ticket: ticket.resume(by=Actor.clock(), at=at))


def _each(tickets: QuerySet[Ticket], step: Callable[[Ticket], object]) -> int:
    taken = 0
    for ticket in tickets.select_related("owner__office__ward").order_by("pk")[:BATCH]:
        try:
            step(ticket)
            taken += 1
        except StepRefused:
            continue  # somebody was quicker
        except Exception:
            logger.exception("The clock failed on ticket %s", ticket.number)
    return taken
