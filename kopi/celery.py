"""The clocks: beat says "look", a worker looks. The database holds what is to be done."""

import os
import warnings
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kopi.settings")

# Celery warns of root because of pickle; Kopi's messages are JSON and carry nothing but a name.
warnings.filterwarnings("ignore", message="You're running the worker with superuser")

app = Celery("kopi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def open_only_when_secure(**kwargs: Any) -> None:
    """Stop worker and beat like the web server: Celery would only log an exception and go on."""
    from django.core.exceptions import ImproperlyConfigured

    from kopi.checks import refuse_insecure

    try:
        refuse_insecure()
    except ImproperlyConfigured as refusal:
        raise SystemExit(str(refusal)) from None
