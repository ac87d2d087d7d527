"""What must always be true of everything stored. Each check yields sentences, one for each violation.

Set-based on purpose: the same checks serve tests, chaos runs and a ward with millions of rows.
`manage.py check_invariants` runs them all.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Exists, F, Max, Model, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.fields.json import KT
from django.db.models.functions import Lag

from feedback.models import ContactReading, FeedbackItem, Outcome, Photo
from feedback.models.items import ON_THE_SPOT
from outbox.models import Message
from tickets import append_only
from tickets.lifecycle import OPEN, STEPS, Status
from tickets.models import Evidence, Promise, Raising, Referral, Reminder, Ticket, TicketEvent, Verdict
from wards.access import MAY, Permission
from wards.models import Absence, Appointment, Post, Ward

PATIENCE = timedelta(minutes=10)  # a planned reminder is written into a message within a minute or two

Check = Callable[[datetime], Iterator[str]]


# -- I1: everything that was said is there once, with what its outcome asks for -----------------------------


def items_have_their_ticket(_at: datetime) -> Iterator[str]:
    items = FeedbackItem.objects.filter(raising__isnull=True)
    for item in items.exclude(outcome__in=ON_THE_SPOT).iterator():
        yield f"Item {item.uuid} was {item.outcome} and has no ticket."
    for item in items.filter(disputed_at__isnull=False).iterator():
        yield f"Item {item.uuid} was disputed and has no ticket."


def promised_items_have_a_promise(_at: datetime) -> Iterator[str]:
    """One of their own, or the one of the ticket they joined."""
    made = Promise.objects.filter(ticket=OuterRef("raising__ticket"))
    for item in FeedbackItem.objects.filter(~Exists(made), outcome=Outcome.PROMISED).iterator():
        yield f"Item {item.uuid} was promised and has no promise."


def settled_items_open_no_ticket(_at: datetime) -> Iterator[str]:
    """What was settled at the table opens a ticket only when it is disputed; it may join one that is there."""
    earlier = Raising.objects.filter(ticket=OuterRef("ticket"), pk__lt=OuterRef("pk"))
    raisings = Raising.objects.filter(
        ~Exists(earlier), item__outcome__in=ON_THE_SPOT, item__disputed_at__isnull=True
    )
    for raising in raisings.select_related("item", "ticket").iterator():
        yield f"Item {raising.item.uuid} was settled at the table, yet it opened {raising.ticket}."


def tickets_have_a_raising(_at: datetime) -> Iterator[str]:
    raised = Raising.objects.filter(ticket=OuterRef("pk"))
    for ticket in Ticket.objects.filter(~Exists(raised)).iterator():
        yield f"Ticket {ticket} answers nobody: it has no raising."


# -- I2: every reminder is planned, and sent -----------------------------------------------------------------


def open_tickets_have_a_next_reminder(_at: datetime) -> Iterator[str]:
    for ticket in Ticket.objects.unresolved().filter(next_reminder_at__isnull=True).iterator():
        yield f"Ticket {ticket} is open and will never remind anybody."


def closed_tickets_remind_nobody(_at: datetime) -> Iterator[str]:
    waiting = Reminder.objects.filter(state=Reminder.State.PLANNED, message__isnull=True)
    for reminder in waiting.exclude(ticket__status__in=OPEN).select_related("ticket").iterator():
        yield f"Ticket {reminder.ticket} is closed, and a reminder of it still waits."


def reminders_are_there_once(_at: datetime) -> Iterator[str]:
    rung = ("ticket__number", "round", "stage", "repeat", "recipient")
    for row in Reminder.objects.values_list(*rung).annotate(times=Count("pk")).filter(times__gt=1):
        yield f"Ticket {row[0]} has the reminder {row[2]} of round {row[1]} {row[-1]} times."


def planned_reminders_become_messages(at: datetime) -> Iterator[str]:
    """None waits longer than ten minutes for its message, unless nobody answers for its post."""
    late = Reminder.objects.filter(
        state=Reminder.State.PLANNED, message__isnull=True, planned_at__lt=at - PATIENCE
    )
    counts = dict(late.order_by().values_list("recipient").annotate(Count("pk")))
    for post in Post.objects.filter(pk__in=counts).iterator():
        if post.answers_at(at) is not None:
            yield f"{counts[post.pk]} reminders for {post} were planned over ten minutes ago and have no message."


def sent_messages_say_when(_at: datetime) -> Iterator[str]:
    for message in Message.objects.filter(state=Message.State.SENT, sent_at__isnull=True).iterator():
        yield f"Message {message.key} was sent and does not say when."


# -- I3: nothing is ownerless --------------------------------------------------------------------------------


def open_tickets_have_somebody(at: datetime) -> Iterator[str]:
    counts = dict(Ticket.objects.unresolved().order_by().values_list("owner").annotate(Count("pk")))
    for post in Post.objects.filter(pk__in=counts).iterator():
        if post.answers_at(at) is None:
            yield f"{counts[post.pk]} open tickets belong to {post}, for which nobody answers."


def wards_with_tickets_have_an_inbox(_at: datetime) -> Iterator[str]:
    theirs = Ticket.objects.filter(ward=OuterRef("pk"))
    for ward in Ward.objects.filter(Exists(theirs), inbox__isnull=True):
        yield f"{ward} has tickets and no inbox."


# -- I4: a ticket's status is what its events add up to ------------------------------------------------------


def the_ledger_is_guarded(_at: datetime) -> Iterator[str]:
    if not append_only.is_guarded(connection):
        yield "The triggers that keep the ledger append-only are missing."


def positions_have_no_gap(_at: datetime) -> Iterator[str]:
    tickets = Ticket.objects.annotate(count=Count("events"), highest=Max("events__position"))
    for ticket in tickets.filter(~Q(version=F("count")) | ~Q(highest=F("count")) | Q(count=0)).iterator():
        yield f"Ticket {ticket} is at version {ticket.version} with {ticket.count} events."


def status_is_what_the_last_event_says(_at: datetime) -> Iterator[str]:
    last = TicketEvent.objects.filter(
        ticket=OuterRef("pk"), position=OuterRef("version"), to_status=OuterRef("status")
    )
    for ticket in Ticket.objects.filter(~Exists(last)).iterator():
        yield f"Ticket {ticket} is {ticket.status}, which is not what its last event says."


def each_event_begins_where_the_last_ended(_at: datetime) -> Iterator[str]:
    last = Window(Lag("to_status"), partition_by="ticket", order_by="position")
    events = TicketEvent.objects.annotate(left_at=last)
    broken = ~Q(from_status=F("left_at")) & Q(left_at__isnull=False) | Q(left_at__isnull=True) & (
        ~Q(from_status="") | ~Q(verb="open") | ~Q(position=1)
    )
    for event in events.filter(broken).select_related("ticket").order_by("pk").iterator():
        yield (
            f"Ticket {event.ticket}: {event} begins at “{event.from_status}”, "
            f"while the ticket stood at “{event.left_at or ''}”."
        )


def is_in_the_table(verb: str, source: str, target: str) -> bool:
    """Whether the lifecycle allows this step; what undo and unmerge lead back to is looked at on its own."""
    step = STEPS.get(verb)
    if step is None:
        return False
    if verb == "open":
        return source == "" and target in {Status.RECORDED, Status.ASSIGNED}
    if source not in step.sources:
        return False
    return verb in {"undo", "unmerge"} or target == (step.target or source)


def steps_are_in_the_table(_at: datetime) -> Iterator[str]:
    steps = TicketEvent.objects.order_by().values_list("verb", "from_status", "to_status").distinct()
    for verb, source, target in steps:
        if not is_in_the_table(verb, source, target):
            wrong = TicketEvent.objects.filter(verb=verb, from_status=source, to_status=target)
            for event in wrong.select_related("ticket").iterator():
                yield f"Ticket {event.ticket}: {event} from “{source}” to “{target}” is not in the table."


def undone_steps_lead_back(_at: datetime) -> Iterator[str]:
    last = TicketEvent.objects.filter(ticket=OuterRef("ticket"), position=OuterRef("position") - 1)
    events = TicketEvent.objects.filter(verb="undo").annotate(
        came_from=Subquery(last.values("from_status")),
        was=Subquery(last.values("verb")),
        undone=KT("changes__undone"),
    )
    wrong = events.exclude(to_status=F("came_from"), undone=F("was"))
    for event in wrong.select_related("ticket").order_by("pk").iterator():
        yield f"Ticket {event.ticket}: {event} does not lead back to “{event.came_from}”."


def unmerged_tickets_stand_where_they_stood(_at: datetime) -> Iterator[str]:
    """A pause ended with the merge, so a ticket that waited goes on."""
    merges = TicketEvent.objects.filter(
        ticket=OuterRef("ticket"), verb="merge", position__lt=OuterRef("position")
    )
    events = TicketEvent.objects.filter(verb="unmerge").annotate(
        stood=Subquery(merges.order_by("-position").values("from_status")[:1])
    )
    paused = Q(stood__in=[Status.WAITING, Status.PASSED_UP], to_status=Status.IN_PROGRESS)
    wrong = events.filter(~Q(to_status=F("stood")) & ~paused | Q(stood__isnull=True))
    for event in wrong.select_related("ticket").iterator():
        yield f"Ticket {event.ticket}: {event} leads to “{event.to_status}”, not back to “{event.stood or ''}”."


# -- I6: nothing crosses the wall of a ward ------------------------------------------------------------------

# A row's ward and the ward it must be; the second may be empty, as for a category of the country's preset.
WALLS: list[tuple[type[Model], str, str]] = [
    (FeedbackItem, "ward", "neighbourhood__ward"),
    (FeedbackItem, "ward", "table__session__ward"),
    (FeedbackItem, "ward", "category__ward"),
    (FeedbackItem, "ward", "about__post__office__ward"),
    (Photo, "ward", "item__ward"),
    (Ticket, "ward", "neighbourhood__ward"),
    (Ticket, "ward", "category__ward"),
    (Ticket, "ward", "owner__office__ward"),
    (Ticket, "ward", "merged_into__ward"),
    (Ticket, "ward", "parent__ward"),
    (TicketEvent, "ward", "ticket__ward"),
    (Evidence, "photo__ward", "event__ward"),
    (Raising, "item__ward", "ticket__ward"),
    (Promise, "ward", "ticket__ward"),
    (Promise, "ward", "item__ward"),
    (Promise, "ward", "post__office__ward"),
    (Referral, "letter__ward", "ticket__ward"),
    (Reminder, "ward", "ticket__ward"),
    (Reminder, "ward", "recipient__office__ward"),
    (Verdict, "ward", "item__ward"),
    (Verdict, "ward", "ticket__ward"),
]


def rows_stay_in_their_ward(_at: datetime) -> Iterator[str]:
    for model, own, other in WALLS:
        strays = model._default_manager.filter(**{f"{other}__isnull": False}).exclude(**{own: F(other)})
        for pk in strays.order_by("pk").values_list("pk", flat=True).iterator():
            yield f"{model.__name__} {pk}: its {own} is not its {other}."


def messages_stay_in_their_ward(_at: datetime) -> Iterator[str]:
    """A message is about a ticket of its own ward, and goes to somebody who served the ward or its province."""
    elsewhere = Ticket.objects.filter(number=OuterRef("about")).exclude(ward=OuterRef("ward"))
    for message in Message.objects.filter(Exists(elsewhere)).exclude(about="").iterator():
        yield f"Message {message.key} is about a ticket of another ward."
    serving = _serving(OuterRef("to_user"), OuterRef("planned_at")).filter(
        Q(post__office__ward=OuterRef("ward")) | Q(post__office__province=OuterRef("ward__province"))
    )
    to_staff = Message.objects.filter(ward__isnull=False, to_user__isnull=False)
    for message in to_staff.filter(~Exists(serving)).iterator():
        yield f"Message {message.key} went to somebody who held no post of its ward."


def contacts_are_read_by_those_who_may(_at: datetime) -> Iterator[str]:
    kinds = [kind for kind, may in MAY.items() if Permission.READ_CONTACTS in may]
    there = Q(post__kind__in=kinds, post__office__ward=OuterRef("contact__item__ward"))
    own = _serving(OuterRef("user"), OuterRef("at")).filter(there)
    deputies = Absence.objects.filter(
        Exists(
            _serving(OuterRef("user"), OuterRef(OuterRef("at"))).filter(
                post__kind__in=kinds, post__office__ward=OuterRef(OuterRef("contact__item__ward"))
            )
        ),
        Exists(
            _serving(OuterRef(OuterRef("user")), OuterRef(OuterRef("at"))).filter(post=OuterRef("deputy"))
        ),
        since__lte=OuterRef("at"),
        until__gt=OuterRef("at"),
    )
    wrong = ContactReading.objects.filter(~Exists(own), ~Exists(deputies))
    for reading in wrong.select_related("user").iterator():
        yield f"{reading.user} read contact {reading.contact_id} without the permission."


def _serving(user: OuterRef, at: OuterRef) -> QuerySet[Appointment]:
    """Appointments that this person held at this moment."""
    return Appointment.objects.filter(Q(until__isnull=True) | Q(until__gt=at), user=user, since__lte=at)


INVARIANTS: dict[str, tuple[str, list[Check]]] = {
    "I1": (
        "every concern is stored once, with what its outcome asks for",
        [
            items_have_their_ticket,
            promised_items_have_a_promise,
            settled_items_open_no_ticket,
            tickets_have_a_raising,
        ],
    ),
    "I2": (
        "every reminder is planned once, and sent",
        [
            open_tickets_have_a_next_reminder,
            closed_tickets_remind_nobody,
            reminders_are_there_once,
            planned_reminders_become_messages,
            sent_messages_say_when,
        ],
    ),
    "I3": (
        "every open ticket has somebody who answers",
        [open_tickets_have_somebody, wards_with_tickets_have_an_inbox],
    ),
    "I4": (
        "every status is what the events add up to",
        [
            the_ledger_is_guarded,
            positions_have_no_gap,
            status_is_what_the_last_event_says,
            each_event_begins_where_the_last_ended,
            steps_are_in_the_table,
            undone_steps_lead_back,
            unmerged_tickets_stand_where_they_stood,
        ],
    ),
    "I6": (
        "nothing crosses the wall of a ward",
        [rows_stay_in_their_ward, messages_stay_in_their_ward, contacts_are_read_by_those_who_may],
    ),
}


def violations(name: str, *, at: datetime) -> Iterator[str]:
    """Every violation of one invariant, as sentences."""
    for check in INVARIANTS[name][1]:
        yield from check(at)
