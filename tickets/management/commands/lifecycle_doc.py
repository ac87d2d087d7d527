from collections import defaultdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from tickets.lifecycle import (
    ANY,
    LAPSE_DAYS,
    OPEN,
    RETURN_DAYS,
    STEPS,
    UNDO_WINDOW,
    WAIT_DAYS,
    Role,
    Status,
    Step,
)

PAPER: Path = settings.BASE_DIR / "docs" / "lifecycle.md"
ROLES = {
    Role.OWNER: "answers for the owning post, or for a post that promised",
    Role.SUPERIOR: "answers for a post above the owning one",
    Role.CLERK: "triages the ward",
    Role.READER: "is staff and sees the ticket",
    Role.RESIDENT: "holds a slip of it",
    Role.CLOCK: "is time itself",
}
TARGETS = {  # what a row says whose status is not fixed
    "open": "recorded or assigned",
    "unmerge": "the one before the merge",
    "undo": "the one before",
}


class Command(BaseCommand):
    help = "Write docs/lifecycle.md from the table in tickets/lifecycle.py."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Only say whether the paper is up to date.")

    def handle(self, *args: Any, **options: Any) -> None:
        text = paper()
        if options["check"]:
            if not PAPER.exists() or PAPER.read_text() != text:
                raise CommandError("docs/lifecycle.md is stale. Please run: python manage.py lifecycle_doc")
            return
        PAPER.write_text(text)
        self.stdout.write(f"{PAPER.relative_to(settings.BASE_DIR)} written.")


def paper() -> str:
    """The whole paper, in English whatever the language of the machine."""
    with translation.override("en"):
        rows = [_row(verb, step) for verb, step in STEPS.items()]
        roles = [f"- **{role}** {what}" for role, what in ROLES.items()]
        words = [f"- `{status}`: {status.label}{'' if status in OPEN else ' (closed)'}" for status in Status]
        return "\n".join(
            [
                "# The life of a ticket",
                "",
                "Written by `python manage.py lifecycle_doc` from `tickets/lifecycle.py`; change the table there,",
                "then run it again. One row is one verb: one method, one button, one event and one test.",
                "",
                "| verb | button | from | to | who | needs |",
                "|---|---|---|---|---|---|",
                *rows,
                "",
                "## Who",
                "",
                *roles,
                "",
                "## Statuses",
                "",
                "Reminders climb while a ticket is open, and stop with every other status.",
                "",
                *words,
                "",
                "## Terms",
                "",
                f"- A wait lasts at most {WAIT_DAYS} working days; only a wait for the resident moves the date.",
                f"- After a dispute or an appeal the new date is {RETURN_DAYS} working days away.",
                f"- Silence closes {LAPSE_DAYS} calendar days after everybody who can be reached was told.",
                f"- One's own last step can be undone for {UNDO_WINDOW.seconds // 60} minutes.",
                "",
                "## The picture",
                "",
                "Verbs that leave the status as it is are left out.",
                "",
                "```mermaid",
                "stateDiagram-v2",
                *_arrows(),
                "```",
                "",
            ]
        )


def _row(verb: str, step: Step) -> str:
    target = str(step.target) if step.target else TARGETS.get(verb, "the same")
    who = ", ".join(role for role in Role if role in step.roles)
    return f"| {verb} | {step.label} | {_from(step)} | {target} | {who} | {step.needs or '–'} |"


def _from(step: Step) -> str:
    if not step.sources:
        return "–"
    if step.sources == ANY:
        return "any"
    if step.sources == OPEN:
        return "any open"
    return ", ".join(status for status in Status if status in step.sources)


def _arrows() -> list[str]:
    """One arrow for each pair of statuses, with the verbs that take it."""
    verbs: dict[tuple[str, str], list[str]] = defaultdict(list)
    verbs["[*]", Status.RECORDED].append("open")
    verbs["[*]", Status.ASSIGNED].append("open")
    for verb, step in STEPS.items():
        for status in Status:
            if step.target and status in step.sources and status != step.target:
                verbs[status, step.target].append(verb)
    return [f"    {before} --> {after}: {', '.join(names)}" for (before, after), names in verbs.items()]
