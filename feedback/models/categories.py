from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wards.models import Office, Ward
from wards.models.places import Country


class CategoryQuerySet(models.QuerySet["Category"]):
    def of_ward(self, ward: Ward) -> Self:
        """What a resident of `ward` may choose: the ward's own categories, and those of its country's preset
        that the ward has not replaced by one with the same code."""
        own = self.model.objects.filter(ward=ward)
        return self.filter(
            Q(ward=ward) | Q(ward__isnull=True, preset=ward.preset) & ~Q(code__in=own.values("code")),
            active=True,
        ).order_by("position", "pk")


class Category(models.Model):
    """A kind of matter: which office answers for it and within how many working days."""

    preset = models.CharField(_("preset"), max_length=2, choices=Country.choices)
    ward = models.ForeignKey(
        Ward, models.CASCADE, null=True, blank=True, related_name="categories", verbose_name=_("ward")
    )
    code = models.SlugField(_("code"), max_length=20)
    name_vi = models.CharField(_("name in Vietnamese"), max_length=80)
    name_id = models.CharField(_("name in Indonesian"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    icon = models.CharField(_("icon"), max_length=30, default="message")
    office_kind = models.CharField(_("office"), max_length=16, choices=Office.Kind.choices)
    days = models.PositiveSmallIntegerField(_("working days until it is solved"), default=5)
    first_answer_days = models.PositiveSmallIntegerField(_("working days until the first answer"), default=10)
    confidential = models.BooleanField(_("confidential"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    active = models.BooleanField(_("active"), default=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.UniqueConstraint(
                fields=["preset", "code"],
                condition=Q(ward__isnull=True),
                name="category_code_once_per_preset",
            ),
            models.UniqueConstraint(fields=["ward", "code"], name="category_code_once_per_ward"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return getattr(self, f"name_{(get_language() or 'en')[:2]}", "") or self.name_en
