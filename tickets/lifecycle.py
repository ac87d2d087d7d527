"""The life of a ticket as one table: a row is a verb, a method, a button, an event and a test.

`docs/lifecycle.md` is generated from it (`manage.py lifecycle_doc`).
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db import models
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(models.TextChoices):
    """Where a ticket stands. The words are the glossary's."""

    RECORDED = "recorded", _("Recorded")
    ASSIGNED = "assigned", _("Assigned")
    IN_PROGRESS = "in_progress", _("In progress")
    WAITING = "waiting", _("Waiting")
    PASSED_UP = "passed_up", _("Passed up")
    RESOLVED = "resolved", _("Reported done")
    CONFIRMED = "confirmed", _("Confirmed")
    LAPSED = "lapsed", _("Closed by silence")
    DECLINED = "declined", _("Declined")
    REDIRECTED = "redirected", _("Redirected")
    MERGED = "merged", _("Merged")
    REOPENED = "reopened", _("Reopened")


S = Status
OPEN = frozenset({S.RECORDED, S.ASSIGNED, S.IN_PROGRESS, S.WAITING, S.PASSED_UP, S.REOPENED})
WITH_RESULT = frozenset({S.RESOLVED, S.CONFIRMED, S.LAPSED, S.DECLINED, S.REDIRECTED})
ANY = frozenset(Status)


class Role(StrEnum):
    """How the one who acts stands to the ticket."""

    OWNER = "owner"  # answers for the owning post, or for a post that promised
    SUPERIOR = "superior"  # answers for a post above the owning one
    CLERK = "clerk"  # triages the ward
    READER = "reader"  # staff who see the ticket
    RESIDENT = "resident"  # holds a slip of it
    CLOCK = "clock"  # time itself, and imports that replay it


R = Role
WORKERS = frozenset({R.OWNER, R.SUPERIOR, R.CLERK})


class StepRefused(Exception):
    """A step that cannot be taken now. Its text is a sentence for the person who tried."""


@dataclass(frozen=True)
class Step:
    """One verb: what the button says, from where to where, who may, and what it needs besides."""

    label: LazyText | str
    sources: frozenset[Status]
    target: Status | None  # None: the status stays, or the step before decides it
    roles: frozenset[Role]
    needs: LazyText | str = ""
    icon: str = "check"


RETURN_DAYS = 3  # working days to answer a dispute or an appeal
LAPSE_DAYS = 14  # calendar days of silence after being told
WAIT_DAYS = 10  # working days a wait may last
RESULT_SOURCES = frozenset({S.RECORDED, S.ASSIGNED, S.IN_PROGRESS, S.REOPENED})
UNDO_WINDOW = timedelta(minutes=5)

STEPS: dict[str, Step] = {
    "open": Step(
        _("Open"),
        frozenset(),
        None,
        frozenset({R.READER, R.CLERK, R.RESIDENT, R.CLOCK}),
        _("something a resident raised"),
        "plus",
    ),
    "assign": Step(_("Assign"), OPEN, S.ASSIGNED, WORKERS, _("a post; a note when it moves"), "forward"),
    "start": Step(
        _("Start"),
        frozenset({S.ASSIGNED, S.REOPENED}),
        S.IN_PROGRESS,
        frozenset({R.OWNER, R.SUPERIOR}),
        "",
        "construction",
    ),
    "wait": Step(
        _("Wait"),
        frozenset({S.ASSIGNED, S.IN_PROGRESS, S.REOPENED}),
        S.WAITING,
        WORKERS,
        _("a question to a resident who can be reached, or a cause; an end within 10 working days"),
        "hourglass",
    ),
    "resume": Step(
        _("Go on"),
        frozenset({S.WAITING, S.PASSED_UP}),
        S.IN_PROGRESS,
        WORKERS | {R.RESIDENT, R.CLOCK},
        "",
        "route",
    ),
    "refer": Step(
        _("Pass up"),
        RESULT_SOURCES,
        S.PASSED_UP,
        WORKERS,
        _("the body, the letter's number and a date"),
        "arrow-up-from-line",
    ),
    "extend": Step(
        _("Extend"),
        OPEN,
        None,
        frozenset({R.OWNER, R.SUPERIOR}),
        _("a reason and a new date; twice only by the superior"),
        "calendar",
    ),
    "escalate": Step(_("Escalate"), OPEN, None, WORKERS, _("a superior post"), "flag"),
    "note": Step(pgettext_lazy("verb", "Add a note"), ANY, None, WORKERS | {R.READER}, _("a text"), "pencil"),
    "answer": Step(
        _("Answer the residents"), ANY, None, WORKERS, _("a text residents read"), "message-square"
    ),
    "recategorise": Step(_("Change the category"), ANY, None, WORKERS, _("another category"), "list"),
    "resolve": Step(
        _("Report done"),
        OPEN,
        S.RESOLVED,
        WORKERS,
        _("what was done, and a photo or the reason there is none"),
        "check",
    ),
    "decline": Step(
        _("Decline"),
        OPEN,
        S.DECLINED,
        frozenset({R.SUPERIOR}),
        _("a reason residents read; the superior signs"),
        "ban",
    ),
    "redirect": Step(
        _("Redirect"),
        RESULT_SOURCES,
        S.REDIRECTED,
        WORKERS,
        _("the procedure and where it is done"),
        "landmark",
    ),
    "merge": Step(
        _("Merge"), OPEN, S.MERGED, frozenset({R.CLERK, R.OWNER}), _("the ticket it belongs to"), "merge"
    ),
    "unmerge": Step(
        _("Undo the merge"), frozenset({S.MERGED}), None, frozenset({R.CLERK, R.OWNER}), "", "split"
    ),
    "confirm": Step(
        _("Confirm"),
        frozenset({S.RESOLVED, S.LAPSED, S.CONFIRMED}),
        S.CONFIRMED,
        frozenset({R.RESIDENT, R.CLERK}),
        _("the resident's word"),
        "thumbs-up",
    ),
    "lapse": Step(
        _("Close by silence"),
        frozenset({S.RESOLVED}),
        S.LAPSED,
        frozenset({R.CLOCK}),
        _("14 days after being told"),
        "clock",
    ),
    "dispute": Step(
        _("Not fixed"),
        frozenset({S.RESOLVED, S.LAPSED, S.CONFIRMED}),
        S.REOPENED,
        frozenset({R.RESIDENT}),
        _("“not” or “partly” from a resident"),
        "repeat",
    ),
    "appeal": Step(
        _("Appeal"),
        frozenset({S.DECLINED, S.REDIRECTED}),
        S.REOPENED,
        frozenset({R.RESIDENT}),
        _("a resident who disagrees"),
        "repeat",
    ),
    "undo": Step(
        _("Undo"),
        ANY,
        None,
        WORKERS | {R.READER},
        _("one's own last step, within 5 minutes, nothing sent yet"),
        "undo-2",
    ),
}
