"""The clocks: beat says "look", a worker looks. The database holds what is to be done."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kopi.settings")

app = Celery("kopi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
