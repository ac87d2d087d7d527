from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.models import FeedbackItem
from outbox.models import Message
from wards.models import Body, Post, Ward


class Raising(models.Model):
    """One resident's concern on a ticket: many residents, one ticket, each with own words and slip."""

    item = models.OneToOneField(FeedbackItem, models.PROTECT, related_name="raising")
    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="raisings")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("raising")
        verbose_name_plural = _("raisings")
        ordering = ["at", "pk"]


class PromiseQuerySet(models.QuerySet["Promise"]):
    def by_posts(self, posts: list[Post]) -> Self:
        return self.filter(post__in=[post.pk for post in posts])


class Promise(models.Model):
    """A promise by one post to answer what residents raised, made at a table with a date."""

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="promises")
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, related_name="promises")
    item = models.ForeignKey(FeedbackItem, models.PROTECT, null=True, related_name="promises")
    words = models.CharField(max_length=300, blank=True)
    original_due = (
        models.DateField()
    )  # the first date: "kept" and the slip go by it; the ticket's due date may move
    made_at = models.DateTimeField()

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "post", "item"], name="promise_once_per_item")
        ]
        indexes = [
            models.Index(fields=["ward", "post", "original_due"], name="promise_of_post"),
            models.Index(fields=["ward", "original_due"], name="promise_of_ward"),
        ]


class Letter(models.Model):
    """A letter by which the ward passes matters to an outside body."""

    ward = models.ForeignKey(Ward, models.PROTECT, related_name="letters")
    body = models.ForeignKey(Body, models.PROTECT, related_name="letters")
    number = models.CharField(max_length=60)
    sent_on = models.DateField()
    due = models.DateField()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints = [models.UniqueConstraint(fields=["ward", "number"], name="letter_number_once_per_ward")]

    def __str__(self) -> str:
        return self.number


class Referral(models.Model):
    """One ticket in one letter."""

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="referrals")
    letter = models.ForeignKey(Letter, models.PROTECT, related_name="referrals")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        constraints = [models.UniqueConstraint(fields=["ticket", "letter"], name="referral_once_per_letter")]


class Told(models.Model):
    """How a resident learned of the result of one round: the proof that somebody came back."""

    class How(models.TextChoices):
        MESSAGE = "message", _("by a message")
        SLIP = "slip", _("by opening the slip page")
        CALL = "call", _("by a call")
        VISIT = "visit", _("by a visit")
        SESSION = "session", _("at the next coffee")

    raising = models.ForeignKey(Raising, models.PROTECT, related_name="told")
    round = models.PositiveSmallIntegerField()
    how = models.CharField(max_length=8, choices=How.choices)
    at = models.DateTimeField(null=True)  # empty while its message is on the way
    message = models.OneToOneField(Message, models.PROTECT, null=True, related_name="told")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("told")
        verbose_name_plural = _("told")
        constraints = [
            models.UniqueConstraint(fields=["raising", "round", "how"], name="told_once_per_way"),
            models.CheckConstraint(condition=Q(at__isnull=False) | Q(how="message"), name="told_says_when"),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(at__isnull=True), name="told_on_the_way")]


class Verdict(models.Model):
    """One resident's answer to "Is it really fixed?", once per round."""

    class Answer(models.TextChoices):
        FIXED = "fixed", _("Fixed")
        PARTLY = "partly", _("Partly")
        NOT = "not", _("Not fixed")

    item = models.ForeignKey(FeedbackItem, models.PROTECT, related_name="verdicts")
    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, null=True, related_name="verdicts")
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()  # 0 for what was settled at the table
    answer = models.CharField(max_length=8, choices=Answer.choices)
    rating = models.PositiveSmallIntegerField(
        null=True, validators=[MinValueValidator(1), MaxValueValidator(3)]
    )  # three faces: 1 unhappy, 2 so-so, 3 happy
    words = models.TextField(blank=True)
    by_clerk = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        constraints = [models.UniqueConstraint(fields=["item", "round"], name="verdict_once_per_round")]
        indexes = [models.Index(fields=["ward", "-at"], name="verdict_of_ward")]
