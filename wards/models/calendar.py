from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wards.models.places import Country
from wards.models.posts import Office


class SpecialDay(models.Model):
    """A day that differs from the usual calendar: for one country, or for one office of it."""

    country = models.CharField(_("country"), max_length=2, choices=Country.choices)
    office = models.ForeignKey(Office, models.CASCADE, null=True, blank=True, verbose_name=_("office"))
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=120, blank=True)

    class Meta:
        abstract = True
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}".strip()


class Holiday(SpecialDay):
    """A day off that the holidays library does not know, or that one office takes."""

    class Meta(SpecialDay.Meta):
        abstract = False
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        constraints = [
            models.UniqueConstraint(
                fields=["country", "day"], condition=Q(office__isnull=True), name="holiday_once_per_country"
            ),
            models.UniqueConstraint(fields=["office", "day"], name="holiday_once_per_office"),
        ]


class MakeUpDay(SpecialDay):
    """A working day that would be off: a Saturday worked for a bridge day, a holiday an office works."""

    class Meta(SpecialDay.Meta):
        abstract = False
        verbose_name = _("make-up day")
        verbose_name_plural = _("make-up days")
        constraints = [
            models.UniqueConstraint(
                fields=["country", "day"],
                condition=Q(office__isnull=True),
                name="make_up_day_once_per_country",
            ),
            models.UniqueConstraint(fields=["office", "day"], name="make_up_day_once_per_office"),
        ]
