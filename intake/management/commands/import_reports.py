"""Bring in the reports of another system."""

from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from intake.imports import home, mapping, reading
from intake.imports.bringing import Bringing
from intake.imports.report import Report


class Command(BaseCommand):
    help = (
        "Bring in CSV files (also .csv.gz) of reports. Each row is accepted or reported with its reason; the same "
        "files again add nothing, and an import that was cut off goes on where it stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--mapping", required=True, help="a shipped mapping (la311) or a TOML file")
        parser.add_argument(
            "--ward", metavar="CODE", help="a ward that is there, instead of the mapping's own"
        )
        parser.add_argument("--report", metavar="FILE", type=Path, help="where the rows left out are listed")
        parser.add_argument("--preview", action="store_true", help="only say what would be left out")
        parser.add_argument("--progress", action="store_true", help="show the bar even without a terminal")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            with transaction.atomic() if options["preview"] else nullcontext():
                self.bring(options)
                if options["preview"]:
                    transaction.set_rollback(True)  # nor does the ward stay
        except (mapping.WrongMapping, reading.Unreadable) as refusal:
            raise CommandError(str(refusal)) from refusal

    def bring(self, options: dict[str, Any]) -> None:
        files: list[Path] = options["files"]
        meaning = mapping.load(options["mapping"])
        # Every file is read once before anything is stored: a broken one refuses the whole.
        looks = {"encoding": meaning.encoding, "delimiter": meaning.delimiter}
        rows = sum(reading.count(path, **looks) for path in files)
        if rows > reading.MOST_ROWS:
            raise reading.Unreadable(
                f"These are more than {reading.MOST_ROWS:,} rows. Please bring fewer at a time."
            )
        for path in files:
            meaning.check_header(next(reading.records(path, **looks)).fields)
        now = timezone.now()
        ward = home.find(meaning, options["ward"]) if options["ward"] else home.make(meaning, at=now)
        where = options["report"] or settings.DATA_DIR / "imports" / f"{meaning.name}-left-out.csv"
        with (
            Report(where) as report,
            tqdm(
                total=rows, desc=ward.name, unit="row", disable=False if options["progress"] else None
            ) as bar,
        ):
            bringing = Bringing(ward, meaning, report, at=now)
            for path in files:
                for taken in bringing.bring(path, store=not options["preview"]):
                    bar.update(taken)
        for reason, count in report.reasons.most_common():
            self.stdout.write(f"left out, {reason}: {count}")
        if report.count:
            self.stdout.write(f"Each with its line and reason: {where}")
        done = bringing.count
        self.stdout.write(f"rows {rows} accepted {done.accepted} reported {report.count} new {done.new}")
