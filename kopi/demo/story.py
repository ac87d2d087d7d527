"""Living the plan through the house's own doors: every item by intake, every step by a ticket's verb.

All actors are quiet, so no message is written about the past. A build that was cut off goes on where it
stopped: what is there already is recognised by its UUID, or by its verb and moment.
"""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from feedback import pictures
from feedback.models import Category, FeedbackItem, Photo, Slip
from intake.receive import Person, Received, receive
from kopi.demo import DOMAIN, content, drawings, town
from kopi.demo.plan import CALENDAR, Plan, Step
from sessions_app.models import Table
from tickets import opening, reminders, routing, telling
from tickets.actors import Actor
from tickets.lifecycle import StepRefused
from tickets.models import Ticket, TicketEvent, Verdict
from tickets.opening import PromiseMade
from wards.models import Appointment, Post

CHUNK = 12  # steps per transaction: the web server gets its turn in between
PAPERWORK = {"procedure", "land", "benefits", "digital", "health", "business", "school", "conduct"}
NO_PHOTO = (
    "Không chụp hình: có giấy tờ riêng của người dân.",
    "Không có hình: trưởng khu phố đã xem tại chỗ.",
)
MOODS = ("Cảm ơn mấy cô chú, làm lẹ thiệt.", "", "Được rồi đó con.", "", "Tốt lắm, bà con mừng.")


def key(plan_number: int, voice: int, at: datetime) -> UUID:
    """The item's UUIDv7, the same in every run of the same plan."""
    noise = int.from_bytes(hashlib.sha256(f"{plan_number}/{voice}".encode()).digest()[:10], "big")
    value = int(at.timestamp() * 1000) << 80 | noise
    value = value & ~(0xF << 76) | 7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


class Story:
    """Takes the steps of one plan in their order."""

    def __init__(self, plan: Plan, home: town.Town) -> None:
        self.plan = plan
        self.town = home
        self.matters = content.matters()
        self.categories = {c.code: c for c in Category.objects.of_ward(home.ward)}
        self.items: dict[tuple[int, int], FeedbackItem] = {}
        self.slips: dict[int, Slip | None] = {}
        self.tickets: dict[int, Ticket] = {}
        self.titles: dict[str, int] = {}
        self.tables: dict[int, list[Table]] = {}
        self.refused: list[Step] = []

    @property
    def is_told(self) -> bool:
        """Whether the whole plan has happened: its last act is to start the reminders of every open ticket."""
        tickets = Ticket.objects.filter(ward=self.town.ward)
        return tickets.exists() and not tickets.unresolved().filter(next_reminder_at__isnull=True).exists()

    def live(self) -> Iterator[int]:
        """Take all steps, a few in each transaction; yields how many were taken."""
        with transaction.atomic():
            programme = town.programme(self.town, self.plan.mornings)
            for morning in self.plan.mornings:
                self.tables[morning.number] = town.session(self.town, programme, morning)
        for start in range(0, len(self.plan.steps), CHUNK):
            chunk = self.plan.steps[start : start + CHUNK]
            with transaction.atomic():
                for step in chunk:
                    try:
                        self.take(step)
                    except StepRefused:
                        # A visitor, or the clock, was quicker on a ticket that is still being built.
                        self.refused.append(step)
            yield len(chunk)
        for ticket in Ticket.objects.filter(ward=self.town.ward, next_reminder_at__isnull=True).unresolved():
            reminders.schedule(ticket, at=self.plan.now)

    def take(self, step: Step) -> None:
        if step.verb == "say":
            self.say(step)
        elif step.verb == "deny":
            item = self.items[step.matter, 0]
            if not item.disputed_at and not hasattr(item, "raising"):
                by = Actor.resident(self.slips[item.pk], quiet=True)
                opening.dispute_on_the_spot(item, by=by, at=step.at, words=step.text)
                item.refresh_from_db()
            self.tickets[step.matter] = Ticket.objects.get(raisings__item=item)
        elif step.verb in {"fixed", "not", "vouch"}:
            self.judge(step)
        elif step.verb == "told":
            self.tell(step)
        else:
            ticket = self.tickets[step.matter]
            if not TicketEvent.objects.filter(ticket=ticket, verb=step.verb, at=step.at).exists():
                self.follow(ticket, step)

    # -- what residents say -----------------------------------------------------------------------------

    def say(self, step: Step) -> None:
        matter = self.matters[step.matter]
        table = self.tables[step.session][step.table - 1] if step.session is not None else None
        recorder = table.scribe if table else None
        post = self.town.scribes[step.table - 1] if table else self.town.posts["clerk"]
        by = recorder or self.town.people[post.pk]
        category = self.categories[matter.category]
        kp = self.town.neighbourhoods[step.kp]
        at_home = content.ward()["neighbourhood"][step.kp - 1]["at"] if matter.place else (None, None)
        shift = matter.seed % 90 / 10_000 if matter.place else 0
        promise = None
        if matter.promise and step.voice == 0:
            host = table.host if table else None
            promise = PromiseMade(
                host or routing.answerable(self.town.ward, category, kp).post,
                self.promised(step),
                matter.promise,
            )
        about = None
        if matter.about:
            about = Appointment.objects.filter(post=self.town.posts[matter.about]).first()
        received = receive(
            ward=self.town.ward,
            at=step.at,
            by=by,
            uuid=key(step.matter, step.voice, step.at),
            table=table,
            neighbourhood=kp,
            category=category,
            kind=matter.kind,
            words=matter.voices[step.voice],
            summary=matter.title,
            language=matter.language,
            place=matter.place,
            latitude=at_home[0] + shift if at_home[0] else None,
            longitude=at_home[1] - shift if at_home[1] else None,
            households=matter.households if step.voice == 0 else None,
            outcome=matter.outcome,
            answer=matter.said,
            about=about,
            person=self.person(step),
            photos=self.shown(matter.pictures, "before") if step.voice == 0 else (),
            promise=promise,
            joins=self.tickets.get(step.matter),
            actor=Actor.staff(by, post, quiet=True),
        )
        self.remember(step, received)

    def remember(self, step: Step, received: Received) -> None:
        self.items[step.matter, step.voice] = received.item
        self.slips[received.item.pk] = received.slip
        if received.ticket:
            self.tickets.setdefault(step.matter, received.ticket)
            self.titles[self.matters[step.matter].title] = step.matter

    def promised(self, step: Step) -> date:
        matter = self.matters[step.matter]
        if matter.quick:
            return step.at.date() + timedelta(days=1)
        return CALENDAR.add(step.at.date(), matter.promised_days or self.categories[matter.category].days)

    def person(self, step: Step) -> Person | None:
        """Every third resident left a way to be reached; who is asked something always did."""
        matter = self.matters[step.matter]
        turn = matter.seed // 7 + step.voice
        if matter.question:
            turn = 0
        if turn % 3 or matter.on_the_spot:
            return None
        names = ("Bác Năm", "Chị Hạnh", "Anh Tín", "Cô Bảy", "Bà Út", "Chú Sáu", "Em Nhi", "Thím Ba")
        name = names[matter.seed % len(names)]
        if turn % 9 == 6:
            return Person(name=name, email=f"cudan{step.matter}.{step.voice}@{DOMAIN}", reach="mail")
        phone = f"+84274555{4000 + step.matter * 7 + step.voice:04}"
        return Person(name=name, phone=phone, reach="visit" if turn % 9 == 3 else "call")

    # -- what the ward does -----------------------------------------------------------------------------

    def acting(self, post: Post) -> Actor:
        return Actor.staff(self.town.people[post.pk], post, quiet=True)

    def follow(self, ticket: Ticket, step: Step) -> None:
        """One verb by whoever may take it."""
        matter = self.matters[step.matter]
        ticket.refresh_from_db()
        owner = self.acting(ticket.owner)
        clerk = self.acting(self.town.posts["clerk"])
        at, text = step.at, step.text
        match step.verb:
            case "assign":
                post = routing.answerable(ticket.ward, ticket.category, ticket.neighbourhood).post
                ticket.assign(by=clerk, post=post, at=at)
            case "start":
                ticket.start(by=owner, at=at)
            case "answer":
                ticket.answer(by=owner, note=text, at=at)
            case "extend" if step.until:
                moved = ticket.events.filter(verb="extend").exists()
                by = self.acting(ticket.owner.superior) if moved and ticket.owner.superior else owner
                if step.until > CALENDAR.day_of(ticket.due_at):
                    ticket.extend(by=by, due=step.until, note=text, at=at)
            case "wait" if step.until:
                ticket.wait(by=owner, until=step.until, question=text, at=at)
            case "refer" if step.until:
                number = f"{100 + step.matter}/UBND-{'KT' if matter.category != 'benefits' else 'VX'}"
                ticket.refer(
                    by=owner,
                    body=self.town.bodies[matter.body],
                    letter_number=number,
                    due=step.until,
                    at=at,
                    note=text,
                )
            case "resume":
                ticket.resume(by=owner, at=at, note=text, public=True)
            case "resolve":
                photos = [self.keep(picture, at) for picture in self.shown(matter.pictures, "after")]
                why = "" if photos else NO_PHOTO[matter.category not in PAPERWORK]
                ticket.resolve(by=owner, note=text, at=at, photos=photos, no_photo=why)
            case "decline":
                by = self.acting(ticket.owner.superior) if ticket.owner.superior else owner
                ticket.decline(by=by, note=text, at=at)
            case "redirect":
                ticket.redirect(by=owner, note=text, at=at)
            case "merge":
                ticket.merge(
                    by=clerk, into=self.tickets[self.titles[matter.into]], at=at, note="Cùng một chuyện."
                )
            case "lapse":
                ticket.lapse(by=Actor.clock(quiet=True), at=at)

    def tell(self, step: Step) -> None:
        item = self.items[step.matter, step.voice]
        raising = item.raising
        if raising.told.exists():
            return
        how = step.text
        contact = getattr(item, "contact", None)
        if how in {"call", "visit"} and not (contact and contact.can_be_reached):
            how = "slip"
        if how == "slip":
            Slip.objects.filter(item=item, opened_at__isnull=True).update(opened_at=step.at)
        by = None if how == "slip" else self.town.people[raising.ticket.owner_id]
        telling.record(raising, how, at=step.at, by=by)

    def judge(self, step: Step) -> None:
        item = self.items[step.matter, step.voice]
        if Verdict.objects.filter(item=item).exists():
            return
        seed = self.matters[step.matter].seed + step.voice
        by = Actor.resident(self.slips[item.pk], quiet=True)
        if step.verb == "vouch":
            by = self.acting(self.town.posts["clerk"])
        good = step.verb != "not"
        self.tickets[step.matter].judge(
            by=by,
            item=item,
            answer=Verdict.Answer.FIXED if good else Verdict.Answer.NOT,
            at=step.at,
            rating=(3 if seed % 4 else 2) if good else 1,
            words=step.text or MOODS[seed % len(MOODS)] if step.verb != "vouch" else "",
        )

    # -- pictures ---------------------------------------------------------------------------------------

    def shown(self, subject: str, when: str) -> list[pictures.Picture]:
        return [drawings.picture(subject, when)] if subject else []

    def keep(self, picture: pictures.Picture, at: datetime) -> Photo:
        return pictures.keep(picture, ward=self.town.ward, at=at)
