from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.models import Category
from wards.models import Neighbourhood, Office, Post, Ward


class RoutingRule(models.Model):
    """Which post of a ward takes a category, in one neighbourhood or in all."""

    ward = models.ForeignKey(Ward, models.CASCADE, related_name="routing_rules", verbose_name=_("ward"))
    category = models.ForeignKey(
        Category,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="routing_rules",
        verbose_name=_("category"),
    )
    neighbourhood = models.ForeignKey(
        Neighbourhood,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="routing_rules",
        verbose_name=_("neighbourhood"),
    )
    office = models.ForeignKey(
        Office, models.CASCADE, null=True, blank=True, related_name="routing_rules", verbose_name=_("office")
    )
    post = models.ForeignKey(
        Post, models.CASCADE, null=True, blank=True, related_name="routing_rules", verbose_name=_("post")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)  # the first that fits wins

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(office__isnull=False, post__isnull=True)
                | Q(office__isnull=True, post__isnull=False),
                name="rule_names_an_office_or_a_post",
            ),
        ]
