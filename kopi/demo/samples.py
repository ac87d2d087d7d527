"""Which slips of the demo the landing page shows."""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from feedback.models import Slip
from kopi.demo import SampleSlip, content
from tickets.lifecycle import Status
from tickets.models import Evidence, Ticket


def slips() -> list[SampleSlip]:
    """One that waits for the resident's word, one confirmed with photos, one overdue, one that many raised."""
    tickets = Ticket.objects.filter(ward__code=content.ward()["ward"]["code"], confidential=False)
    shown = Evidence.objects.values("event__ticket")
    wanted: list[tuple[QuerySet[Ticket], LazyText | str]] = [
        (
            tickets.filter(status=Status.RESOLVED).order_by("-resolved_at"),
            _("Reported done: say whether it is fixed."),
        ),
        (
            tickets.filter(status=Status.CONFIRMED, pk__in=shown).order_by("pk"),
            _("Fixed, with photos before and after."),
        ),
        (
            tickets.overdue(timezone.now()).order_by("due_at"),
            _("Late: the page says so, and who was reminded."),
        ),
        (
            tickets.filter(title__contains="ĐX 043"),
            _("A road that nine households asked for, again and again."),
        ),
    ]
    found = []
    for rows, what in wanted:
        slip = (
            Slip.objects.filter(item__raising__ticket=rows.first(), revoked_at__isnull=True)
            .order_by("pk")
            .first()
        )
        if slip and slip.item_id:
            found.append(SampleSlip(slip.code, what))
    return found
