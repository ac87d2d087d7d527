from datetime import datetime
from typing import Self

from django.db import connection, models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from feedback.models import Category
from tickets.lifecycle import OPEN, Status
from tickets.models.promises import Promise, Raising, Referral
from tickets.models.verbs import Verbs
from wards.access import Permission
from wards.models import Appointment, Neighbourhood, Post, User, Ward


class TicketQuerySet(models.QuerySet["Ticket"]):
    def unresolved(self) -> Self:
        return self.filter(status__in=OPEN)

    def overdue(self, at: datetime) -> Self:
        return self.unresolved().filter(due_at__lt=at)

    def open_to_figures(self) -> Self:
        """What ward figures and lists may count: confidential matters are left out for everybody."""
        return self.filter(confidential=False)

    def visible_to(self, user: User) -> Self:
        """The tickets `user` may read: the only door to them.

        Ward walls first; a confidential matter only by its owner and the owner's superiors, and never by
        the person it is about or anybody who works under that person.
        """
        standing = user.standing
        mine = [post.pk for post in standing.posts_that_may(Permission.OWN)]
        offices = [post.office_id for post in standing.posts_that_may(Permission.READ_OFFICE)]
        streets = [post.neighbourhood_id for post in standing.posts_that_may(Permission.READ_NEIGHBOURHOOD)]
        provinces = [post.office.province_id for post in standing.posts_that_may(Permission.OVERSEE)]
        plain = Q(ward__in=standing.ward_ids(Permission.READ_WARD))
        if offices:
            plain |= Q(owner__office__in=offices)
        if any(streets):
            plain |= Q(neighbourhood__in=[pk for pk in streets if pk])
        if provinces:
            plain |= Q(ward__province__in=provinces, pk__in=Referral.objects.values("ticket"))
        if mine:
            plain |= Q(owner__in=mine) | Q(pk__in=Promise.objects.filter(post__in=mine).values("ticket"))
        visible = Q(confidential=False) & plain
        if mine:
            below, above = _around(standing.posts)
            visible |= (
                Q(confidential=True, owner__in=below)
                & ~Q(about__user=user.pk, about__isnull=False)
                & ~Q(about__post__in=above, about__isnull=False)
            )
        return self.filter(visible)


def _around(posts: list[Post]) -> tuple[set[int], set[int]]:
    """These posts with everything below them, and these posts with everything above them, as primary keys.

    Two statements at most per rung of the hierarchy, which has four or five.
    """
    start = {post.pk for post in posts}
    below, fresh = set(start), set(start)
    while fresh:
        fresh = set(Post.objects.filter(superior__in=fresh).values_list("pk", flat=True)) - below
        below |= fresh
    above, fresh = set(start), {post.superior_id for post in posts if post.superior_id}
    while fresh - above:
        above |= fresh
        superiors = Post.objects.filter(pk__in=fresh, superior__isnull=False)
        fresh = {post.superior_id for post in superiors.only("superior") if post.superior_id}
    return below, above


class Ticket(Verbs, models.Model):
    """A promise by one post to answer what residents raised."""

    uuid = models.UUIDField(unique=True, default=uuid7, editable=False)
    number = models.CharField(max_length=40, unique=True)  # 25760-2026-000123
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="tickets")
    neighbourhood = models.ForeignKey(Neighbourhood, models.PROTECT, null=True, related_name="tickets")
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="tickets")
    title = models.CharField(max_length=200)
    owner = models.ForeignKey(Post, models.PROTECT, related_name="tickets")
    route = models.JSONField(default=dict)  # why this owner: see routing.explain
    status = models.CharField(max_length=12, choices=Status.choices)
    round = models.PositiveSmallIntegerField(default=1)  # counts every new due date: the ladder starts afresh
    opened_at = models.DateTimeField()
    clock_from = models.DateTimeField()  # when the present due date was set
    due_at = models.DateTimeField()
    first_due_at = models.DateTimeField()
    paused_due_at = models.DateTimeField(null=True)  # the due date before a wait or a referral
    waiting_since = models.DateTimeField(null=True)
    waiting_until = models.DateTimeField(null=True)
    waiting_for_resident = models.BooleanField(default=False)
    next_reminder_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)  # the first answer, or the first result
    resolved_at = models.DateTimeField(null=True)  # when the result that stands was reported
    lapse_at = models.DateTimeField(null=True)  # when silence closes it; empty until everybody was told
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    about = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="tickets_about")
    confidential = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.CheckConstraint(
                condition=Q(status=Status.MERGED, merged_into__isnull=False)
                | ~Q(status=Status.MERGED) & Q(merged_into__isnull=True),
                name="merged_ticket_says_into_which",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="ticket_not_merged_into_itself"),
            models.CheckConstraint(
                condition=~Q(status=Status.WAITING) | Q(waiting_until__isnull=False), name="wait_has_an_end"
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(OPEN)) | Q(next_reminder_at__isnull=True),
                name="closed_ticket_reminds_nobody",
            ),
        ]
        # Each begins with the ward: the key by which the database is cut when a whole country runs on it.
        indexes = [
            models.Index(
                fields=["ward", "due_at", "id"],
                condition=Q(status__in=sorted(OPEN)),
                name="ticket_open_by_due",
            ),
            models.Index(
                fields=["ward", "owner", "due_at", "id"],
                condition=Q(status__in=sorted(OPEN)),
                name="ticket_open_by_owner",
            ),
            models.Index(
                fields=["ward", "neighbourhood", "category"],
                condition=Q(status__in=sorted(OPEN)),
                name="ticket_open_by_place",
            ),
            models.Index(fields=["ward", "-id"], name="ticket_newest"),
            models.Index(fields=["ward", "-resolved_at"], name="ticket_resolved"),
            # The clock asks across wards, but only for what is due.
            models.Index(
                fields=["next_reminder_at"],
                condition=Q(next_reminder_at__isnull=False),
                name="ticket_to_remind",
            ),
            models.Index(fields=["lapse_at"], condition=Q(lapse_at__isnull=False), name="ticket_to_lapse"),
            models.Index(fields=["waiting_until"], condition=Q(status="waiting"), name="ticket_to_resume"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("ticket", args=[self.number])

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    def is_overdue(self, at: datetime) -> bool:
        return self.is_open and self.due_at < at

    @property
    def leading(self) -> "Ticket":
        """The ticket that answers for this one: the one it was merged into, else itself."""
        return self.merged_into or self

    def all_raisings(self) -> models.QuerySet[Raising]:
        """What residents raised here and on the tickets merged into this one."""
        return Raising.objects.filter(Q(ticket=self) | Q(ticket__merged_into=self))


class NumberSeries(models.Model):
    """The last human number given in one ward and year."""

    ward = models.ForeignKey(Ward, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        constraints = [models.UniqueConstraint(fields=["ward", "year"], name="number_series_once")]

    @classmethod
    def next_number(cls, ward: Ward, at: datetime) -> str:
        """The next ticket number of `ward`; call it inside the transaction that stores the ticket."""
        year = at.astimezone(ward.zone).year
        last = cls._count_on(ward, year)
        if last is None:
            cls.objects.get_or_create(ward=ward, year=year)
            last = cls._count_on(ward, year)
        return f"{ward.number_prefix}-{year}-{last:06d}"

    @classmethod
    def _count_on(cls, ward: Ward, year: int) -> int | None:
        """Add one and read it in the same statement; None while the series has not begun."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE tickets_numberseries SET last = last + 1 WHERE ward_id = %s AND year = %s RETURNING last",
                [ward.pk, year],
            )
            row = cursor.fetchone()
        return row[0] if row else None
