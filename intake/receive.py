"""The one door in: whatever residents say enters here, from whichever page, file or phone it comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from uuid6 import uuid7

from feedback import codes, pictures
from feedback.models import Category, Contact, FeedbackItem, Kind, Outcome, Slip
from feedback.pictures import Picture
from sessions_app.models import Table
from tickets import opening
from tickets.actors import Actor
from tickets.models import Ticket
from tickets.opening import PromiseMade
from wards.access import Permission
from wards.models import Appointment, Neighbourhood, User, Ward

FUTURE = timedelta(hours=24)  # a phone's clock that runs ahead further than this is flagged


class AnotherBody(Exception):
    """The same UUID came with other contents: two different concerns cannot share one."""


@dataclass(frozen=True)
class Person:
    """How to reach the resident, given freely: consent was asked for every field that is filled."""

    name: str = ""
    phone: str = ""
    email: str = ""
    reach: str = Contact.Reach.NONE

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.email)


@dataclass(frozen=True)
class Received:
    """What became of it. `is_new` is False when the same UUID had arrived before."""

    item: FeedbackItem
    ticket: Ticket | None
    slip: Slip | None
    is_new: bool


def receive(
    *,
    ward: Ward,
    at: datetime,
    by: User | None = None,
    uuid: UUID | None = None,
    digest: str = "",
    table: Table | None = None,
    neighbourhood: Neighbourhood | None = None,
    category: Category | None = None,
    kind: str = Kind.PROBLEM,
    words: str = "",
    summary: str = "",
    language: str = "",
    place: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
    households: int | None = None,
    outcome: str = Outcome.NOTED,
    answer: str = "",
    captured_at: datetime | None = None,
    about: Appointment | None = None,
    person: Person | None = None,
    photos: Sequence[Picture] = (),
    promise: PromiseMade | None = None,
    joins: Ticket | None = None,
    source: str = "",
    reference: str = "",
    with_slip: bool = True,
    actor: Actor | None = None,
) -> Received:
    """Store one concern, give it its slip, and open or join the ticket its outcome asks for; all or nothing.

    `at` is when it arrives, `captured_at` when it was said (then the ticket's clock starts there). The same
    `uuid` again is the same concern: nothing is stored, the first answer is given. Raises AnotherBody if its
    `digest` differs, StepRefused if no post could own it, PictureRefused for an eleventh photo.
    """
    if table is not None and neighbourhood is None:
        neighbourhood = table.session.neighbourhood
    if category is not None and category.confidential:
        kind = Kind.CONDUCT
    said_at = captured_at or at
    fields = {
        "ward": ward,
        "neighbourhood": neighbourhood,
        "table": table,
        "category": category,
        "kind": kind,
        "words": words,
        "summary": summary,
        "language": language or ward.language,
        "place": place,
        "latitude": latitude,
        "longitude": longitude,
        "households": households,
        "outcome": outcome,
        "answer": answer,
        "captured_at": said_at,
        "received_at": at,
        "clock_doubtful": said_at > at + FUTURE,
        "recorded_by": by,
        "about": about,
        "digest": digest,
        "source": source,
        "reference": reference,
    }
    with transaction.atomic():
        item, is_new = _store(uuid, fields)
        if not is_new:
            return _again(item, ward, digest)
        if person:
            Contact.objects.create(
                item=item,
                name=person.name,
                phone=person.phone,
                email=person.email,
                reach=person.reach,
                consent_at=at,
            )
        for picture in photos:
            pictures.keep(picture, ward=ward, at=at, item=item)
        slip = issue_slip(item, at=at) if with_slip else None
        ticket = opening.follow_up(
            item, by=actor or _recorder(by, ward), at=min(said_at, at), promise=promise, joins=joins
        )
    return Received(item, ticket, slip, is_new=True)


def _store(uuid: UUID | None, fields: dict[str, Any]) -> tuple[FeedbackItem, bool]:
    """The item, and whether it is new; only a UUID that a client made can have been there before."""
    if uuid is None:
        return FeedbackItem.objects.create(uuid=uuid7(), **fields), True
    before = FeedbackItem.objects.filter(uuid=uuid).first()
    if before is None:
        try:
            with transaction.atomic():
                return FeedbackItem.objects.create(uuid=uuid, **fields), True
        except IntegrityError:
            # The same concern arrived on another connection a moment ago.
            before = FeedbackItem.objects.filter(uuid=uuid).first()
            if before is None:
                raise
    return before, False


def _again(item: FeedbackItem, ward: Ward, digest: str) -> Received:
    if item.ward_id != ward.pk or item.digest != digest:
        raise AnotherBody(_("This concern was saved before with other contents."))
    raising = getattr(item, "raising", None)
    return Received(
        item,
        raising.ticket if raising else None,
        item.slips.filter(revoked_at__isnull=True).last(),
        is_new=False,
    )


def _recorder(by: User | None, ward: Ward) -> Actor:
    posts = by.standing.posts_that_may(Permission.CAPTURE, ward) if by else []
    return Actor.staff(by, posts[0]) if by and posts else Actor.resident(None)


def issue_slip(item: FeedbackItem, *, at: datetime) -> Slip:
    """A fresh slip for `item`; a code that is taken already is thrown again."""
    while True:
        slip, created = Slip.objects.get_or_create(
            code=codes.new_code(), defaults={"item": item, "issued_at": at}
        )
        if created:
            return slip


def reissue_slip(item: FeedbackItem, *, at: datetime) -> Slip:
    """A new slip for a lost one; whatever was issued before is worthless from now on."""
    with transaction.atomic():
        item.slips.filter(revoked_at__isnull=True).update(revoked_at=at)
        return issue_slip(item, at=at)
