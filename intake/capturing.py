"""From a filled form to a stored concern, and mending what was just written."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from feedback.models import Category, FeedbackItem, Kind
from intake.forms import CaptureForm
from intake.receive import Received, receive
from tickets.actors import Actor
from tickets.lifecycle import StepRefused
from tickets.models import Ticket, Verdict
from wards.access import Permission
from wards.models import User

MENDING = timedelta(minutes=5)
HOUR = timedelta(hours=1)  # how long a scribe reads back what is confidential, or carries a contact on


def digest(form: CaptureForm) -> str:
    """64 hexadecimal digits that tell two contents apart. Keyed, so that nobody guesses a telephone number from it."""
    data = form.cleaned_data
    told: dict[str, Any] = {
        name: getattr(value, "pk", None) or (str(value) if value is not None else None)
        for name, value in data.items()
        if name not in ("uuid", "photos", "consent")
    }
    told["photos"] = sorted(photo.sha256 for photo in data["photos"])
    told["table"] = form.table.pk if form.table else None
    return salted_hmac("kopi.capture", json.dumps(told, sort_keys=True), algorithm="sha256").hexdigest()


def save(form: CaptureForm, *, by: User, at: datetime) -> Received:
    """Bring a valid form in by the one door. Raises AnotherBody and StepRefused as `receive` does."""
    data = form.cleaned_data
    return receive(
        ward=form.ward,
        at=at,
        by=by,
        uuid=data["uuid"],
        digest=digest(form),
        table=form.table,
        neighbourhood=data["neighbourhood"],
        category=data["category"],
        kind=data["kind"],
        words=data["words"],
        place=data["place"],
        latitude=data["latitude"],
        longitude=data["longitude"],
        households=data["households"],
        outcome=data["outcome"],
        answer=data["answer"],
        about=data["about"],
        person=form.person,
        photos=data["photos"],
        promise=form.promise,
        joins=data["joins"],
    )


def recorded_by(user: User, at: datetime) -> Any:
    """What `user` wrote down, where the user may still write; what is confidential for one hour only."""
    return FeedbackItem.objects.filter(
        ~Q(kind=Kind.CONDUCT) | Q(received_at__gt=at - HOUR),
        recorded_by=user.pk,
        ward__in=user.standing.ward_ids(Permission.CAPTURE),
    )


def may_mend(item: FeedbackItem, *, by: User, at: datetime) -> bool:
    """Whether the one who wrote it down can still mend it: within five minutes, before anybody judged it."""
    return (
        item.recorded_by_id == by.pk
        and item.received_at <= at <= item.received_at + MENDING
        and not Verdict.objects.filter(item=item).exists()
    )


@transaction.atomic
def mend(
    item: FeedbackItem, *, words: str, place: str, category: Category | None, by: User, at: datetime
) -> None:
    """Correct what was just written. A ticket that this item alone opened follows.

    Who may not change a ticket's category leaves a note on it for those who may.
    """
    item.words, item.place, changed = words, place, category != item.category
    item.category = category
    item.save(update_fields=["words", "place", "category"])
    raising = getattr(item, "raising", None)
    ticket: Ticket | None = raising.ticket if raising else None
    if ticket is None or ticket.raisings.count() > 1:
        return
    Ticket.objects.filter(pk=ticket.pk).update(title=item.title[:200])
    ticket.refresh_from_db()
    actor = Actor.on(by, ticket)
    if not changed or category is None or actor is None or ticket.category_id == category.pk:
        return
    try:
        with transaction.atomic():
            ticket.recategorise(by=actor, category=category, at=at)
    except StepRefused:
        note = _("Corrected by the one who wrote it down: this is about “%(category)s”.")
        ticket.note(by=actor, note=note % {"category": category.name}, at=at)
