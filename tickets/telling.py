"""Coming back to the residents: who was told of a result, how and when, and the silence counted from then."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from outbox.models import Message
from tickets import notices
from tickets.actors import Actor
from tickets.lifecycle import LAPSE_DAYS, WITH_RESULT, Status
from tickets.models import Raising, Ticket, Told
from wards.models import User

if TYPE_CHECKING:
    from tickets.models import TicketEvent

BATCH = 500


def announce(ticket: Ticket, verb: str, *, event: "TicketEvent", by: Actor, at: datetime, text: str) -> None:
    """Send the result to everybody who asked for mail; it counts as told once it was delivered."""
    for raising, message in notices.to_residents(ticket, verb, event=event, by=by, at=at, text=text):
        Told.objects.update_or_create(
            raising=raising,
            round=ticket.round,
            how=Told.How.MESSAGE,
            defaults={"message": message, "at": None},
        )


@transaction.atomic
def record(raising: Raising, how: str, *, at: datetime, by: User | None = None) -> bool:
    """Note that this resident learned the result that stands now. False if there is none, or it was noted before."""
    ticket = Ticket.objects.select_for_update().get(pk=raising.ticket.leading.pk)
    if ticket.status not in WITH_RESULT:
        return False
    _told, created = Told.objects.get_or_create(
        raising=raising, round=ticket.round, how=how, defaults={"at": at, "by": by}
    )
    if created:
        count_silence(ticket)
    return created


def untold(ticket: Ticket) -> list[Raising]:
    """Raisings of residents who can be reached and do not know of the result yet."""
    told = Told.objects.filter(round=ticket.round, at__isnull=False).values("raising")
    knowing = set(ticket.all_raisings().filter(pk__in=told).values_list("pk", flat=True))
    return [raising for raising in notices.reachable(ticket) if raising.pk not in knowing]


def count_silence(ticket: Ticket) -> None:
    """Set when silence closes the ticket: 14 calendar days after the last of those who can be reached was told.

    Nobody told: never.
    """
    lapse_at = None
    if ticket.status == Status.RESOLVED and not untold(ticket):
        told = Told.objects.filter(raising__in=ticket.all_raisings(), round=ticket.round)
        last = told.aggregate(at=Max("at"))["at"]
        lapse_at = last + timedelta(days=LAPSE_DAYS) if last else None
    if lapse_at != ticket.lapse_at:
        ticket.lapse_at = lapse_at
        ticket.save(update_fields=["lapse_at"])


def collect_delivered() -> int:
    """Turn delivered messages into proof that the resident was told. Returns how many."""
    count = 0
    on_the_way = Told.objects.filter(at__isnull=True, message__state=Message.State.SENT)
    for told in on_the_way.select_related("message", "raising__ticket__merged_into")[:BATCH]:
        with transaction.atomic():
            ticket = Ticket.objects.select_for_update().get(pk=told.raising.ticket.leading.pk)
            assert told.message is not None
            if Told.objects.filter(pk=told.pk, at__isnull=True).update(at=told.message.sent_at):
                count_silence(ticket)
                count += 1
    return count
