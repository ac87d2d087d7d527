from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from wards.access import PostKind
from wards.models.places import Neighbourhood, Province, Ward

if TYPE_CHECKING:
    from wards.models.people import User


class Office(models.Model):
    """A unit of a ward or of a province, with working days of its own."""

    class Kind(models.TextChoices):
        LEADERSHIP = "leadership", _("Leadership")
        SECRETARIAT = "secretariat", _("Office of the Council and Committee")
        ECONOMY = "economy", _("Economy, infrastructure and urban division")
        CULTURE = "culture", _("Culture and society division")
        POLICE = "police", _("Ward police")
        SERVICE = "service", _("Service centre")
        COUNCIL = "council", _("People's Council")
        FRONT = "front", _("Fatherland Front")
        YOUTH = "youth", _("Youth Union")
        NEIGHBOURHOODS = "neighbourhoods", _("Neighbourhoods")
        PROVINCE = "province", _("Province")

    ward = models.ForeignKey(
        Ward, models.PROTECT, null=True, blank=True, related_name="offices", verbose_name=_("ward")
    )
    province = models.ForeignKey(
        Province, models.PROTECT, null=True, blank=True, related_name="offices", verbose_name=_("province")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=160)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    working_weekdays = models.CharField(
        _("working weekdays"),
        max_length=7,
        default="12345",
        validators=[
            RegexValidator(r"^(?=.)1?2?3?4?5?6?7?$", _("Weekdays in order, 1 for Monday to 7 for Sunday."))
        ],
        help_text=_("1 for Monday to 7 for Sunday, for example 123456."),
    )

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ward__isnull=True, province__isnull=False)
                | Q(ward__isnull=False, province__isnull=True),
                name="office_of_a_ward_or_of_a_province",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PostQuerySet(models.QuerySet["Post"]):
    def answered_by(self, user: "User", at: datetime) -> Self:
        """Posts whose holder at `at` is `user`, or whose absent holder named a post of `user` as deputy."""
        held = Appointment.objects.live(at).filter(user=user).values("post")
        away = Absence.objects.current(at).filter(deputy__in=held).values("user")
        return self.filter(
            Q(pk__in=held) | Q(pk__in=Appointment.objects.live(at).filter(user__in=away).values("post"))
        )


class Post(models.Model):
    """A seat that answers for matters, whoever holds it: promises belong to it, never to the person."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="posts", verbose_name=_("office"))
    kind = models.CharField(_("kind"), max_length=20, choices=PostKind.choices)
    title = models.CharField(_("title"), max_length=160)
    superior = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("superior")
    )
    neighbourhood = models.ForeignKey(
        Neighbourhood,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name=_("neighbourhood"),
    )
    phone = models.CharField(_("phone"), max_length=20, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(superior=F("id")), name="post_is_not_its_own_superior"),
        ]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def ward(self) -> Ward | None:
        """The ward this post serves; None for a post of a province."""
        return self.office.ward

    def holder_at(self, at: datetime) -> "User | None":
        """Who was appointed to this post at `at`, present or not."""
        appointment = self.appointments.live(at).select_related("user").first()
        return appointment.user if appointment else None

    def answers_at(self, at: datetime) -> "User | None":
        """Who answers for this post at `at`: the holder, else the deputy, else the superior, else the ward's inbox.

        None only where nobody at all is in office, which `check_invariants` reports.
        """
        seen: set[int] = set()
        queue: list[Post | None] = [self]
        while queue:
            post = queue.pop(0)
            if post is None or post.pk in seen:
                continue
            seen.add(post.pk)
            holder = post.holder_at(at)
            if holder and holder.is_active:
                absence = (
                    Absence.objects.current(at).filter(user=holder).select_related("deputy__office").first()
                )
                if absence is None:
                    return holder
                queue.append(absence.deputy)
            queue.append(post.superior)
            ward = post.office.ward
            queue.append(ward.inbox if ward else None)
        return None

    def superiors(self) -> list["Post"]:
        """The posts above this one, nearest first; a circle ends where it began."""
        above: list[Post] = []
        post = self.superior
        while post is not None and post.pk != self.pk and post not in above:
            above.append(post)
            post = post.superior
        return above


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def live(self, at: datetime) -> Self:
        return self.filter(Q(until__isnull=True) | Q(until__gt=at), since__lte=at)


class Appointment(models.Model):
    """One person in one post for a time. Two appointments to one post never overlap (kept by the database)."""

    user = models.ForeignKey(
        "wards.User", models.PROTECT, related_name="appointments", verbose_name=_("person")
    )
    post = models.ForeignKey(Post, models.PROTECT, related_name="appointments", verbose_name=_("post"))
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="appointment_ends_after_it_began",
            ),
        ]
        indexes = [models.Index(fields=["post", "since"]), models.Index(fields=["user", "since"])]

    def __str__(self) -> str:
        return f"{self.user}: {self.post}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def current(self, at: datetime) -> Self:
        return self.filter(since__lte=at, until__gt=at)


class Absence(models.Model):
    """A holder away for a time, with the post that deputises."""

    user = models.ForeignKey("wards.User", models.CASCADE, related_name="absences", verbose_name=_("person"))
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"))
    deputy = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="deputising", verbose_name=_("deputy")
    )

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="absence_ends_after_it_began"),
        ]
        indexes = [models.Index(fields=["user", "until"])]

    def __str__(self) -> str:
        return f"{self.user}: {self.since:%Y-%m-%d}"
