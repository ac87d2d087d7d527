"""Build the demo ward, or say who can sign in."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from kopi import demo
from kopi.demo import calendar, plan, town
from kopi.demo.story import Story
from tickets.models import Ticket
from wards.models import User, Ward


class Command(BaseCommand):
    help = "Build Bình Dương, the demo ward: four months of morning coffee. Running it again adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where another ward is at home"
        )
        parser.add_argument("--sign-ins", action="store_true", help="only say who can sign in")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "The demo's people and passwords are for trying out only. Set KOPI_DEMO=1 to allow them."
            )
        if options["sign_ins"]:
            self.sign_ins()
            return
        ward = town.standing()
        if options["if_empty"] and ward is None and Ward.objects.exists():
            return
        self.build()

    def build(self) -> None:
        now = timezone.now()
        # The first account remembers when the demo began: a build that was cut off goes on with the same plan.
        first = User.objects.filter(email=demo.accounts()[0].email).first()
        began = first.date_joined if first else now
        with transaction.atomic():
            home = town.build(began)
        course = plan.make(began)
        story = Story(course, home)
        if not story.is_told:
            with tqdm(total=len(course.steps), desc="Bình Dương", unit="step", disable=None) as bar:
                for taken in story.live():
                    bar.update(taken)
        with transaction.atomic():
            today = calendar.this_morning(now, plan.CALENDAR)
            town.today(home, town.programme(home, course.mornings), today)
        tickets = Ticket.objects.filter(ward=home.ward).count()
        self.stdout.write(f"{home.ward.name}: {home.ward.items.count()} concerns, {tickets} tickets.")

    def sign_ins(self) -> None:
        self.stdout.write(f"Everybody's password in the demo: {demo.PASSWORD}")
        for account in demo.accounts():
            self.stdout.write(f"  {account.email:26} {account.title}")
