from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _


class Country(models.TextChoices):
    """Countries whose presets and public holidays Kopi knows (ISO 3166-1 alpha-2)."""

    VIETNAM = "VN", _("Vietnam")
    INDONESIA = "ID", _("Indonesia")


def valid_time_zone(name: str) -> None:
    """Refuse a name the IANA time zone database does not have."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValidationError(_("“%(name)s” is no time zone."), params={"name": name}) from error


class Province(models.Model):
    """A province or city directly above its wards."""

    code = models.CharField(_("code"), max_length=16, unique=True)
    name = models.CharField(_("name"), max_length=120)
    country = models.CharField(_("country"), max_length=2, choices=Country.choices, default=Country.VIETNAM)

    class Meta:
        verbose_name = _("province")
        verbose_name_plural = _("provinces")

    def __str__(self) -> str:
        return self.name


class Ward(models.Model):
    """The lowest level of government: phường, xã, đặc khu; kelurahan, desa. The wall around what its staff see."""

    class Kind(models.TextChoices):
        WARD = "ward", _("Ward")
        COMMUNE = "commune", _("Commune")
        SPECIAL_ZONE = "special_zone", _("Special zone")

    # Official codes are text: leading zeros matter, and names are no keys (two Bình Dương, two Phú Lợi).
    code = models.CharField(_("code"), max_length=16, unique=True)
    number_prefix = models.CharField(_("number prefix"), max_length=16, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices, default=Kind.WARD)
    province = models.ForeignKey(Province, models.PROTECT, related_name="wards", verbose_name=_("province"))
    time_zone = models.CharField(
        _("time zone"), max_length=40, default="Asia/Ho_Chi_Minh", validators=[valid_time_zone]
    )
    language = models.CharField(_("language"), max_length=8, default="vi")
    preset = models.CharField(_("preset"), max_length=2, choices=Country.choices, default=Country.VIETNAM)
    inbox = models.ForeignKey(
        "wards.Post",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="inbox_of",
        verbose_name=_("inbox"),
        help_text=_("The post that owns whatever no rule takes."),
    )
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    area_km2 = models.DecimalField(_("area (km²)"), max_digits=9, decimal_places=2, null=True, blank=True)
    population = models.PositiveIntegerField(_("residents"), null=True, blank=True)

    class Meta:
        verbose_name = _("ward")
        verbose_name_plural = _("wards")

    def __str__(self) -> str:
        return self.name

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Neighbourhood(models.Model):
    """A part of a ward with a head of its own: khu phố, ấp, thôn; lingkungan, RW."""

    ward = models.ForeignKey(Ward, models.PROTECT, related_name="neighbourhoods", verbose_name=_("ward"))
    number = models.PositiveSmallIntegerField(_("number"), default=0)
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("neighbourhood")
        verbose_name_plural = _("neighbourhoods")
        ordering = ["ward", "number", "name"]
        constraints = [
            models.UniqueConstraint(fields=["ward", "name"], name="neighbourhood_name_once_per_ward")
        ]

    def __str__(self) -> str:
        return self.name


class Body(models.Model):
    """An outside body to which a ward passes what is beyond its authority."""

    province = models.ForeignKey(
        Province, models.PROTECT, null=True, blank=True, related_name="bodies", verbose_name=_("province")
    )
    name = models.CharField(_("name"), max_length=160)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("outside body")
        verbose_name_plural = _("outside bodies")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["province", "name"], name="body_name_once_per_province")
        ]

    def __str__(self) -> str:
        return self.name
