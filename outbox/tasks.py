from celery import shared_task
from django.utils import timezone

from outbox import delivery


@shared_task
def deliver() -> int:
    """Beat runs it every minute; any number of copies may run at once."""
    return delivery.deliver(at=timezone.now())
