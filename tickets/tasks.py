from celery import shared_task
from django.utils import timezone

from tickets import closing, reminders, telling


@shared_task
def plan_reminders() -> int:
    """Beat runs it every minute; any number of copies may run at once."""
    return reminders.plan(at=timezone.now())


@shared_task
def close_silent() -> int:
    """Beat runs it every minute: note who was told, close by silence, end waits."""
    return (
        telling.collect_delivered()
        + closing.close_silent(at=timezone.now())
        + closing.end_waits(at=timezone.now())
    )
