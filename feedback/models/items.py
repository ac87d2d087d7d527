from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from feedback.models.categories import Category
from sessions_app.models import Table
from wards.access import Permission
from wards.models import Appointment, Neighbourhood, User, Ward


class Kind(models.TextChoices):
    """What sort of thing was said."""

    PROBLEM = "problem", _("Problem")
    IDEA = "idea", _("Idea")
    QUESTION = "question", _("Question")
    PRAISE = "praise", _("Praise")
    CONDUCT = "conduct", _("About staff")


class Outcome(models.TextChoices):
    """What the table answered. The first three need no ticket; disputing them opens one."""

    ANSWERED = "answered", _("Answered")
    FIXED = "fixed", _("Fixed")
    ADVISED = "advised", _("Advised")
    PROMISED = "promised", _("Promised")
    PASSED_UP = "passed_up", _("Passed up")
    NOTED = "noted", _("Noted")


ON_THE_SPOT = frozenset({Outcome.ANSWERED, Outcome.FIXED, Outcome.ADVISED})


class FeedbackItemQuerySet(models.QuerySet["FeedbackItem"]):
    def on_the_spot(self) -> Self:
        return self.filter(outcome__in=ON_THE_SPOT)

    def open_to_figures(self) -> Self:
        """Everything that ward figures may count: confidential matters are left out for everybody."""
        return self.exclude(kind=Kind.CONDUCT)

    def visible_to(self, user: User) -> Self:
        """Items the user wrote down, and those of the wards, neighbourhoods and offices whose matters the user reads.

        What is said about a person leaves these lists for everybody: it is read through its ticket only.
        """
        standing = user.standing
        mine = Q(recorded_by=user.pk) | Q(ward__in=standing.ward_ids(Permission.READ_WARD))
        for post in standing.posts_that_may(Permission.READ_NEIGHBOURHOOD):
            mine |= Q(neighbourhood=post.neighbourhood_id, neighbourhood__isnull=False)
        for post in standing.posts_that_may(Permission.READ_OFFICE):
            mine |= Q(ward=post.office.ward_id, category__office_kind=post.office.kind)
        return self.filter(mine, ward__in=[ward.pk for ward in standing.wards]).exclude(kind=Kind.CONDUCT)


class FeedbackItem(models.Model):
    """One thing a resident said, in the resident's own words."""

    uuid = models.UUIDField(unique=True, default=uuid7)  # made by the client: the same twice is one item
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="items")
    neighbourhood = models.ForeignKey(
        Neighbourhood, models.PROTECT, null=True, blank=True, related_name="items"
    )
    table = models.ForeignKey(Table, models.PROTECT, null=True, blank=True, related_name="items")
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="items")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PROBLEM)
    words = models.TextField(blank=True)
    summary = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=8, default="vi")
    place = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    households = models.PositiveIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.NOTED)
    answer = models.TextField(blank=True)  # what the table said when the outcome is on the spot
    captured_at = models.DateTimeField()
    received_at = models.DateTimeField()
    clock_doubtful = models.BooleanField(default=False)  # captured more than a day ahead of its arrival
    disputed_at = models.DateTimeField(null=True, blank=True)  # an on-the-spot outcome the resident denied
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="recorded_items"
    )
    about = models.ForeignKey(Appointment, models.PROTECT, null=True, blank=True, related_name="items_about")
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of what the client sent
    source = models.CharField(
        max_length=40, blank=True
    )  # the import's mapping; empty for what people entered
    reference = models.CharField(max_length=80, blank=True)  # its id there

    objects = FeedbackItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = [
            models.UniqueConstraint(
                fields=["ward", "source", "reference"], condition=~Q(source=""), name="item_imported_once"
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="item_place_is_on_earth",
            ),
        ]
        indexes = [
            models.Index(fields=["ward", "-received_at"], name="item_of_ward"),
            models.Index(fields=["ward", "-captured_at"], name="item_of_ward_captured"),
            models.Index(fields=["table", "-id"], name="item_of_table"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The staff's summary, else the beginning of the words, else the category."""
        if self.summary:
            return self.summary
        first = self.words.strip().splitlines()[0] if self.words.strip() else ""
        if first:
            return first if len(first) <= 90 else first[:89].rstrip() + "…"
        return str(self.category.name if self.category else _("A concern without words"))

    @property
    def is_on_the_spot(self) -> bool:
        return self.outcome in ON_THE_SPOT


class Contact(models.Model):
    """How to reach the resident, if the resident wished it. Kept apart; every reading is logged."""

    class Reach(models.TextChoices):
        NONE = "", _("Only by the slip")
        CALL = "call", _("Call me")
        VISIT = "visit", _("Visit me")
        MAIL = "mail", _("By e-mail")

    item = models.OneToOneField(FeedbackItem, models.CASCADE, related_name="contact")
    name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    reach = models.CharField(max_length=8, choices=Reach.choices, blank=True, default="")
    consent_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return str(_("Contact of a resident"))

    @property
    def can_be_reached(self) -> bool:
        """Whether somebody can tell this resident anything without waiting for the slip page to be opened."""
        return self.erased_at is None and bool(self.reach)

    def read(self, *, by: User, at: datetime) -> Self:
        """Look at the contact; the reading is logged in the same breath."""
        ContactReading.objects.create(contact=self, user=by, at=at)
        return self


class ContactReading(models.Model):
    """One look at one contact: who and when."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="contact_readings")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("reading of a contact")
        verbose_name_plural = _("readings of contacts")


class Photo(models.Model):
    """A picture rebuilt from its pixels: no position, no camera, no comment left in it."""

    uuid = models.UUIDField(unique=True, default=uuid7, editable=False)
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="photos")
    item = models.ForeignKey(FeedbackItem, models.CASCADE, null=True, blank=True, related_name="photos")
    file = models.FileField(upload_to="photos/%Y/%m/", max_length=120)
    sha256 = models.CharField(max_length=64)  # of what was uploaded, so that a resend is recognised
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [models.UniqueConstraint(fields=["item", "sha256"], name="photo_once_per_item")]
