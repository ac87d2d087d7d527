from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from outbox.models import Message
from wards.models import Post, Ward


class Stage(models.TextChoices):
    """The rungs of the ladder, by working days."""

    HALF_TIME = "half", _("Half-time")
    DUE = "due", _("Due")
    TWO_LATE = "late2", _("2 working days late")
    FIVE_LATE = "late5", _("5 working days late")
    REPEAT = "repeat", _("Every 5 working days")
    CHASE = "chase", _("Letter unanswered")


class Reminder(models.Model):
    """One rung of the ladder reached by one ticket, for one post: the plan and the proof."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        SKIPPED = "skipped", _("Skipped for a later one")
        CANCELLED = "cancelled", _("No longer needed")

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="reminders")
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=8, choices=Stage.choices)
    repeat = models.PositiveIntegerField(default=0)
    recipient = models.ForeignKey(Post, models.PROTECT, related_name="reminders")
    due_at = models.DateTimeField()  # when the rung was reached
    planned_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="reminders")

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "round", "stage", "repeat", "recipient"], name="reminder_once_per_rung"
            )
        ]
        indexes = [
            models.Index(
                fields=["recipient"],
                condition=Q(message__isnull=True, state="planned"),
                name="reminder_without_message",
            ),
        ]

    @property
    def how_late(self) -> str:
        """Which rung this is, as a sentence; days are working days."""
        match self.stage:
            case Stage.HALF_TIME:
                return gettext("Half of the time is over.")
            case Stage.DUE:
                return gettext("It is due today.")
            case Stage.CHASE:
                return gettext("The letter has no answer yet. Please ask the other side.")
        days = {Stage.TWO_LATE: 2, Stage.FIVE_LATE: 5}.get(Stage(self.stage), 5 + 5 * self.repeat)
        return gettext("It is %(days)s working days late.") % {"days": days}

    @property
    def why_you(self) -> str:
        """Why the recipient hears of it, as a sentence."""
        if self.recipient_id == self.ticket.owner_id:
            reason = gettext("You hear of it because “%(post)s” owns it.")
        elif any(promise.post_id == self.recipient_id for promise in self.ticket.promises.all()):
            reason = gettext("You hear of it because “%(post)s” promised it.")
        else:
            reason = gettext("You hear of it because “%(post)s” stands above the post that owns it.")
        return reason % {"post": self.recipient}
