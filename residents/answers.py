"""The resident's word: verdict, appeal, answer to a question, an address to be told at. Each all or nothing."""

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from feedback import pictures
from feedback.models import Contact, FeedbackItem
from residents.story import JUDGED, Story
from tickets import opening
from tickets.actors import Actor
from tickets.lifecycle import StepRefused
from tickets.models import Verdict


@transaction.atomic
def judge(
    story: Story,
    *,
    answer: str,
    at: datetime,
    rating: int | None = None,
    words: str = "",
    photo: UploadedFile | None = None,
) -> None:
    """Record what this resident says of the result. Raises StepRefused for a second answer, PictureRefused."""
    by = Actor.resident(story.slip)
    clean = pictures.rebuild(photo) if photo is not None else None
    given: dict[str, Any] = {"answer": answer, "rating": rating, "words": words, "at": at}
    if story.ticket is None:
        _judge_the_table(story.item, by=by, **given)
    elif story.verdict is not None and story.status not in JUDGED:
        raise StepRefused(_("Your answer is already recorded. Thank you."))
    elif story.answered_by_clerk:
        _correct_the_clerk(story, by=by, **given)
    else:
        story.ticket.judge(by=by, item=story.item, **given)
    if clean is not None:
        pictures.keep(clean, ward=story.ward, at=at, item=story.item)


def _correct_the_clerk(
    story: Story, *, by: Actor, answer: str, words: str, at: datetime, **more: Any
) -> None:
    """Put the resident's own word in the place of the one a clerk recorded; the clerk's step stays in the ledger."""
    assert story.ticket is not None
    assert story.verdict is not None
    step = story.ticket.confirm if answer == Verdict.Answer.FIXED else story.ticket.dispute
    step(by=by, at=at, note=words)
    by_clerk = Verdict.objects.filter(pk=story.verdict.pk, by_clerk__isnull=False)
    if not by_clerk.update(answer=answer, words=words, at=at, by_clerk=None, **more):
        raise StepRefused(_("Your answer is already recorded. Thank you."))


def _judge_the_table(
    item: FeedbackItem, *, by: Actor, answer: str, words: str, at: datetime, **more: Any
) -> None:
    """Confirm what was settled at the table, or deny it, which opens a ticket."""
    item = FeedbackItem.objects.select_for_update().get(pk=item.pk)
    if not item.is_on_the_spot:
        raise StepRefused(_("There is no result yet to answer to."))
    if Verdict.objects.filter(item=item, round=0).exists():
        raise StepRefused(_("Your answer is already recorded. Thank you."))
    if answer != Verdict.Answer.FIXED:
        opening.dispute_on_the_spot(item, by=by, at=at, words=words)
    # Without a ticket, also when one opened: what residents say of the table is counted apart.
    Verdict.objects.create(
        item=item, ward_id=item.ward_id, round=0, answer=answer, words=words, at=at, **more
    )


def appeal(story: Story, *, at: datetime, words: str = "") -> None:
    """Disagree with a decline or a redirection. Raises StepRefused."""
    if story.ticket is None:
        raise StepRefused(_("There is no result yet to answer to."))
    story.ticket.appeal(by=Actor.resident(story.slip), note=words, at=at)


def answer(story: Story, *, at: datetime, words: str) -> None:
    """Answer the ward's question; the work and its clock go on. Raises StepRefused."""
    if story.ticket is None or not story.can_answer:
        raise StepRefused(_("The ward no longer waits for an answer. Thank you."))
    story.ticket.resume(by=Actor.resident(story.slip), note=words, at=at)


@transaction.atomic
def follow(story: Story, *, email: str, at: datetime) -> None:
    """Leave an address for this matter. Raises StepRefused where one is there: nobody may put another over it."""
    FeedbackItem.objects.select_for_update().get(pk=story.item.pk)
    if not story.can_follow:
        raise StepRefused(
            _("An address cannot be left here. Scan the square code on your slip, or call the ward.")
        )
    Contact.objects.create(item=story.item, email=email, reach=Contact.Reach.MAIL, consent_at=at)
