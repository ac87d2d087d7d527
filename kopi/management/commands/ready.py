"""Make the house ready to open: database migrated, static files built if they changed, settings secure."""

import fcntl
import hashlib
import json
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import BaseCommand, CommandError, call_command

from kopi.checks import refuse_insecure


class Command(BaseCommand):
    help = "Migrates, builds the static files if they changed, and says in one line of JSON how to start."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        if not settings.DEBUG:
            build_static()
        try:
            refuse_insecure()
        except ImproperlyConfigured as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            json.dumps({"demo": settings.DEMO, "redis": bool(settings.REDIS_URL), "sqlite": settings.SQLITE})
        )


def build_static() -> None:
    """Collect and compress the static files unless nothing changed since. Two houses may ask at once."""
    print_of_source = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            print_of_source.update(
                f"{path} {storage.size(path)} {storage.get_modified_time(path)}\n".encode()
            )
    stamp = settings.STATIC_ROOT / ".stamp"
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    with open(settings.STATIC_ROOT / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == print_of_source.hexdigest():
            return
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(print_of_source.hexdigest())
