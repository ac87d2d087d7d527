from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.models import Photo, Slip
from tickets.actors import ActorKind
from tickets.lifecycle import STEPS, Status
from wards.models import Body, Post, Ward


class TicketEvent(models.Model):
    """One step of one ticket. Rows are only ever added: a trigger in the database refuses everything else."""

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="events")
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()  # 1, 2, 3 … within the ticket
    verb = models.CharField(max_length=16, choices=[(verb, step.label) for verb, step in STEPS.items()])
    from_status = models.CharField(max_length=12, choices=Status.choices, blank=True)
    to_status = models.CharField(max_length=12, choices=Status.choices)
    round = models.PositiveSmallIntegerField()
    actor_kind = models.CharField(max_length=10, choices=ActorKind.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    slip = models.ForeignKey(Slip, models.PROTECT, null=True, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64, blank=True)  # of the note, salted; the note itself can be erased
    # What the step changed: {"field": [before, after]}, and for undo {"undone": verb}.
    changes = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["ticket", "position"], name="event_position_once")]
        indexes = [models.Index(fields=["ward", "-id"], name="event_of_ward")]

    def __str__(self) -> str:
        return f"{self.position} {self.verb}"

    @property
    def step_label(self) -> str:
        return str(STEPS[self.verb].label)


class EventNote(models.Model):
    """The text of a step, beside the ledger so that it can be erased."""

    event = models.OneToOneField(TicketEvent, models.PROTECT, related_name="note")
    text = models.TextField()
    public = models.BooleanField(default=False)  # residents read it on their page
    salt = models.CharField(max_length=32)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self) -> str:
        return self.text[:60]


class Evidence(models.Model):
    """A photo that shows what a step claims."""

    event = models.ForeignKey(TicketEvent, models.PROTECT, related_name="evidence")
    photo = models.OneToOneField(Photo, models.PROTECT, related_name="evidence")

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
