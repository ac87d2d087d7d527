"""Say whether what must always be true is true."""

from argparse import ArgumentParser
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kopi import invariants


class Command(BaseCommand):
    help = (
        "Check the invariants over everything stored: each with ok or its first violations; exits 1 on any."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--most", type=int, default=20, help="how many violations of each are shown")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        broken = []
        for name, (promise, _checks) in invariants.INVARIANTS.items():
            found = list(islice(invariants.violations(name, at=now), options["most"] + 1))
            self.stdout.write(f"{'VIOLATED' if found else 'ok':9}{name} {promise}")
            for sentence in found[: options["most"]]:
                self.stdout.write(f"         {sentence}")
            if len(found) > options["most"]:
                self.stdout.write("         … and more")
            broken += [name] if found else []
        if broken:
            raise CommandError(f"Violated: {', '.join(broken)}.")
