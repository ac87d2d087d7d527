import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from outbox import delivery


class Command(BaseCommand):
    help = "Send the messages that are due; with --loop for ever, as a worker without a broker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="look again every minute until stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            sent = delivery.deliver(at=timezone.now())
            self.stdout.write(f"sent {sent}")
            if not options["loop"]:
                return
            time.sleep(60)
