from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from wards.access import Permission
from wards.models import Neighbourhood, Post, User, Ward


class Programme(models.Model):
    """A way in which a ward meets its residents: morning coffee in a park, daily duty, business coffee."""

    class Preset(models.TextChoices):
        CIRCLE = "circle", _("Park circle")
        DAILY = "daily", _("Daily duty")
        BUSINESS = "business", _("With businesses")
        SATURDAY = "saturday", _("Saturday")
        OUTREACH = "outreach", _("Outreach")
        VOTERS = "voters", _("With voter meeting")

    ward = models.ForeignKey(Ward, models.PROTECT, related_name="programmes", verbose_name=_("ward"))
    preset = models.CharField(_("preset"), max_length=10, choices=Preset.choices, default=Preset.CIRCLE)
    name = models.CharField(_("name"), max_length=160)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [models.UniqueConstraint(fields=["ward", "name"], name="programme_name_once_per_ward")]

    def __str__(self) -> str:
        return self.name


class CoffeeSessionQuerySet(models.QuerySet["CoffeeSession"]):
    def visible_to(self, user: User) -> Self:
        """Sessions of the wards in which the user captures, reads or leads."""
        wards: set[int] = set()
        for permission in (Permission.CAPTURE, Permission.READ_WARD, Permission.LEAD):
            wards |= user.standing.ward_ids(permission)
        return self.filter(ward__in=wards)

    def running(self, at: datetime) -> Self:
        return self.filter(starts_at__lte=at, ends_at__gt=at, cancelled=False)


class CoffeeSession(models.Model):
    """One morning on which leaders sit down with residents."""

    uuid = models.UUIDField(unique=True, default=uuid7, editable=False)
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="sessions", verbose_name=_("ward"))
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="sessions", verbose_name=_("programme")
    )
    neighbourhood = models.ForeignKey(
        Neighbourhood,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("neighbourhood"),
    )
    venue = models.CharField(_("venue"), max_length=200)
    rain_plan = models.CharField(_("if it rains"), max_length=200, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    cancelled = models.BooleanField(_("cancelled"), default=False)

    objects = CoffeeSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_began"
            ),
        ]
        indexes = [models.Index(fields=["ward", "-starts_at"], name="session_of_ward")]

    def __str__(self) -> str:
        return f"{self.neighbourhood or self.programme} {self.starts_at:%Y-%m-%d}"


class Table(models.Model):
    """One table of a session: a host who listens, a scribe who writes, an audience."""

    class Audience(models.TextChoices):
        EVERYBODY = "everybody", _("Everybody")
        ELDERS = "elders", _("Elders")
        YOUTH = "youth", _("Young people")
        PARENTS = "parents", _("Parents with children")
        RETIRED = "retired", _("Retired cadres")
        WORKERS = "workers", _("Workers")
        BUSINESS = "business", _("Businesses")
        PAPERWORK = "paperwork", _("Paperwork")

    session = models.ForeignKey(
        CoffeeSession, models.CASCADE, related_name="tables", verbose_name=_("session")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    host = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="tables", verbose_name=_("host")
    )
    scribe = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tables",
        verbose_name=_("scribe"),
    )
    audience = models.CharField(
        _("audience"), max_length=10, choices=Audience.choices, default=Audience.EVERYBODY
    )

    class Meta:
        verbose_name = _("table")
        verbose_name_plural = _("tables")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="table_number_once_per_session")
        ]

    def __str__(self) -> str:
        return str(_("Table %(number)s") % {"number": self.number})
