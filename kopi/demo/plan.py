"""When everything in the demo happened: a plan without a database, the same for the same moment."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from feedback.presets import PRESET
from kopi.demo import content
from kopi.demo.calendar import Morning, mornings
from kopi.demo.content import Matter
from wards.workdays import Calendar

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = Calendar(zone=ZONE)
SERVICE_DAYS = {code: days for code, _icon, _office, days, *_names in PRESET}
# How old (in days) a session may be for a matter to have come to this end by now.
AGES = {
    "confirmed": (14, 999),
    "lapsed": (36, 999),
    "resolved": (6, 16),
    "reopened": (13, 40),
    "passed_up": (6, 45),
    "declined": (9, 80),
    "redirected": (9, 80),
    "merged": (7, 60),
}
TOLD = ("slip", "call", "session", "slip", "visit")


@dataclass(frozen=True)
class Step:
    """One thing that happened: `verb` on the matter with this number, by or about one of its voices."""

    at: datetime
    matter: int
    verb: str
    voice: int = 0
    text: str = ""
    until: date | None = None
    session: int | None = None  # number of the morning; None at the service centre's counter
    table: int = 0
    kp: int = 0


@dataclass
class Plan:
    """The mornings and the steps in the order of time."""

    now: datetime
    mornings: list[Morning]
    steps: list[Step] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """The same for the same content and moment."""
        return hashlib.sha256(repr((self.mornings, self.steps)).encode()).hexdigest()


def make(now: datetime) -> Plan:
    """Plan the four months before `now`."""
    writer = _Writer(now)
    steps = [step for number, matter in writer.order() for step in writer.life(number, matter)]
    return Plan(
        now, writer.mornings, sorted((s for s in steps if s.at < now), key=lambda s: (s.at, s.matter))
    )


class _Writer:
    """Finds each matter a morning and a course of events that ends as its fate says."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.today = now.astimezone(ZONE).date()
        self.mornings = mornings(now, CALENDAR)
        self.past = [m for m in self.mornings if m.day < self.today]
        self.current = next(m for m in self.mornings if m.starts_at <= now < m.ends_at)
        self.load: Counter[int] = Counter()
        self.seats: Counter[int] = Counter()
        self.titles: dict[str, datetime] = {}

    def order(self) -> list[tuple[int, Matter]]:
        """Matters with a follow-up first, each after the one it speaks of; what was settled at once fills the rest."""
        return sorted(
            enumerate(content.matters()),
            key=lambda row: (row[1].on_the_spot, bool(row[1].into or row[1].after), row[0]),
        )

    # -- where and when ---------------------------------------------------------------------------------

    def days(self, matter: Matter) -> int:
        """Working days until it is due: the earlier of service time and promise."""
        service = SERVICE_DAYS[matter.category]
        return min(service, matter.promised_days or service) if matter.outcome == "promised" else service

    def place(self, matter: Matter) -> Morning | None:
        """The morning it was first said; None when it came to the counter between two mornings."""
        if matter.fate == "overdue":
            start = CALENDAR.add(self.today, -(matter.late + self.days(matter)))
            fitting = [m for m in self.past if 0 <= (start - m.day).days <= 2]
        elif matter.many:
            fitting = self.past[:1] if matter.kp == 5 else self.past[3:8]
        elif matter.fate in {"recorded", "assigned", "in_progress", "waiting"}:
            needed = {"in_progress": 2, "waiting": 2}.get(matter.fate, 1)
            fitting = [
                m
                for m in self.past[-2:]
                if CALENDAR.add(m.day, self.days(matter)) > self.today
                and CALENDAR.between(m.day, self.today) >= needed
            ]
            if matter.fate == "recorded" or (matter.fate == "assigned" and matter.outcome == "promised"):
                fitting = [self.current]
        else:
            young, old = AGES.get(matter.fate, (0, 999))
            young = 5 if matter.quick and matter.fate == "confirmed" else young
            fitting = [m for m in self.past if young <= (self.today - m.day).days <= old]
            if matter.on_the_spot and matter.seed % 16 == 0:
                fitting = [self.current]
        at_home = [m for m in fitting if m.kp == matter.kp]
        return min(at_home or fitting, key=lambda m: (self.load[m.number], m.number), default=None)

    def counter_day(self, matter: Matter) -> date:
        """The working day on which it came to the counter, so that it is still as open as its fate says."""
        if matter.fate == "overdue":
            return CALENDAR.add(self.today, -(matter.late + self.days(matter)))
        back = {"in_progress": 2, "waiting": 2}.get(matter.fate, 1)
        return CALENDAR.add(CALENDAR.on_or_before(self.today), -min(back, max(1, self.days(matter) - 1)))

    def say(self, number: int, matter: Matter, voice: int, morning: Morning | None, text: str = "") -> Step:
        seed = matter.seed + voice
        if morning is None:
            at = self.office_hours(self.counter_day(matter), seed)
            return Step(at, number, "say", voice, text, kp=matter.kp or seed % 20 + 1)
        self.load[morning.number] += 1
        turn = self.load[morning.number]
        minutes = 4 + turn * 2 if morning is self.current else 3 + turn * 29 % 84
        at = morning.starts_at + timedelta(minutes=minutes, seconds=seed % 60)
        kp = matter.kp or (morning.kp if seed % 4 else seed // 4 % 20 + 1)
        return Step(at, number, "say", voice, text, session=morning.number, table=self.table(matter), kp=kp)

    def table(self, matter: Matter) -> int:
        """A table for these people (1 … 12), each in its turn."""
        rows = content.ward()["table"]
        wanted = matter.who
        if wanted == "everybody" and matter.category in {"procedure", "land", "digital"}:
            wanted = "paperwork"
        fitting = [place for place, row in enumerate(rows, 1) if row["audience"] in {wanted, "everybody"}]
        seat = min(fitting, key=lambda place: (self.seats[place], place))
        self.seats[seat] += 1
        return seat

    def office_hours(self, day: date, seed: int) -> datetime:
        """A minute between 07:40 and 16:39 of `day`."""
        return datetime.combine(day, time(7, 40), ZONE) + timedelta(minutes=seed % 540)

    # -- the course of events ---------------------------------------------------------------------------

    def life(self, number: int, matter: Matter) -> Iterator[Step]:
        """Everything that happened about one matter, in any order."""
        if matter.on_the_spot:
            yield from self.settled(number, matter)
            return
        first = self.place(matter)
        if earlier := matter.into or matter.after:
            later_on = [m for m in self.past if m.starts_at > self.titles[earlier]]
            first = next((m for m in later_on if m.kp == matter.kp), next(iter(later_on), None))
        opening = self.say(number, matter, 0, first)
        self.titles[matter.title] = opening.at
        yield opening
        day, seed = opening.at.date(), matter.seed
        last = opening
        later = [m for m in [*self.past, self.current] if first and m.number > first.number]
        for voice in range(1, len(matter.voices)):
            again = later[voice * 2 - 1 if matter.kp == 5 else voice - 1 :] if matter.many else []
            last = self.say(number, matter, voice, again[0] if again else first)
            if last.at < opening.at:
                last = Step(**{**last.__dict__, "at": opening.at + timedelta(minutes=2 * voice)})
            yield last
        if matter.fate == "recorded":
            return
        if matter.outcome != "promised" and matter.category != "conduct":
            given = self.soon(opening.at, 1, seed)
            yield Step(given, number, "assign")
        else:
            given = opening.at
        due = CALENDAR.add(day, self.days(matter))
        at_once = self.days(matter) < 4 or matter.fate == "in_progress"
        begun = max(self.soon(opening.at, 1 if at_once else 2, seed + 97), given + timedelta(minutes=20))
        match matter.fate:
            case "assigned":
                return
            case "in_progress" | "overdue":
                if matter.fate == "in_progress" or seed % 2:
                    yield Step(begun, number, "start")
                yield from self.progress(number, matter, opening.at, due)
            case "waiting":
                at = given + timedelta(minutes=20)
                until = CALENDAR.add(max(at.date(), self.today), 4)
                yield Step(
                    at, number, "wait", text=matter.question, until=min(until, CALENDAR.add(at.date(), 10))
                )
            case "declined":
                refused = self.soon(given, 2, seed)
                yield Step(refused, number, "decline", text=matter.reason)
                yield from self.told(number, matter, refused.date())
            case "redirected":
                shown = self.soon(given, 1, seed)
                yield Step(shown, number, "redirect", text=matter.procedure)
                yield from self.told(number, matter, shown.date())
            case "merged":
                yield Step(given + timedelta(minutes=25), number, "merge")
            case _:
                if matter.outcome == "passed_up":
                    yield from self.letter(number, matter, given)
                else:
                    yield from self.work(number, matter, opening, last.at, begun, due)

    def soon(self, at: datetime, days: int, seed: int) -> datetime:
        """Office hours, `days` working days after `at`; today's are moved to just before now."""
        day = CALENDAR.add(at.date(), days)
        found = self.office_hours(day, seed)
        if day == self.today and found >= self.now:
            found = self.now - timedelta(minutes=5 + seed % 40)
        return max(found, at + timedelta(minutes=30 + seed % 9))

    def progress(self, number: int, matter: Matter, opened: datetime, due: date) -> Iterator[Step]:
        """News to the residents on the way; a long project gets its date moved twice, the second time from above."""
        span = (self.now - opened) / (len(matter.progress) + 1)
        for turn, text in enumerate(matter.progress, 1):
            yield Step(
                self.office_hours((opened + span * turn).date(), matter.seed + turn),
                number,
                "answer",
                text=text,
            )
        if matter.many and matter.fate == "in_progress":
            middle = CALENDAR.on_or_after((opened + (self.now - opened) / 2).date())
            first = self.office_hours(CALENDAR.add(due, -1), matter.seed)
            yield Step(
                first,
                number,
                "extend",
                text="Cần khảo sát và bố trí vốn; phường báo lại từng bước.",
                until=middle,
            )
            until = CALENDAR.add(self.today, 18)
            second = self.office_hours(CALENDAR.add(middle, -1), matter.seed)
            text = "Đã có chủ trương, đang làm thủ tục chọn đơn vị thi công."
            yield Step(second, number, "extend", text=text, until=until)

    def letter(self, number: int, matter: Matter, opened: datetime) -> Iterator[Step]:
        """The ward writes to another body, and comes back to the residents with the answer."""
        seed = matter.seed
        sent = self.soon(opened, 2, seed)
        yield Step(
            sent, number, "refer", text=matter.letter, until=CALENDAR.add(sent.date(), 15 + seed % 3 * 8)
        )
        if matter.done:
            heard = self.soon(sent, 7, matter.seed + 3)
            yield Step(heard, number, "resume", text="Đơn vị nhận công văn đã trả lời.")
            done = self.soon(heard, 1, matter.seed + 5)
            yield Step(done, number, "resolve", text=matter.done)
            yield from self.told(number, matter, done.date())

    def work(
        self, number: int, matter: Matter, opening: Step, last: datetime, begun: datetime, due: date
    ) -> Iterator[Step]:
        """Start, now and then an answer on the way, and the result: mostly in time, sometimes late."""
        seed, day = matter.seed, opening.at.date()
        finish = due
        if matter.many:
            finish = CALENDAR.add(last.date(), 3)
            moved = "Việc cần thêm thời gian để làm cho chắc, phường xin lỗi bà con."
            before = max(self.office_hours(CALENDAR.on_or_before(due), 20), opening.at + timedelta(hours=1))
            yield Step(before, number, "extend", text=moved, until=finish)
        elif matter.quick:
            finish = day + timedelta(days=1)
        elif matter.fate == "resolved":
            finish = max(
                CALENDAR.add(day, 2), min(CALENDAR.add(self.today, -1 - seed % 4), CALENDAR.add(due, 2))
            )
        elif seed % 5 == 0:
            finish = CALENDAR.add(due, 1 + seed % 4)
        elif seed % 3 == 0 and self.days(matter) > 2:
            finish = CALENDAR.add(due, -1)
        done = self.office_hours(finish, 60 + seed % 300)
        if matter.quick:
            begun = done - timedelta(minutes=45)
        done = max(done, begun + timedelta(minutes=45))
        yield Step(begun, number, "start")
        if (done.date() - day).days > 4 and seed % 3 == 1:
            text = "Phường đã xuống xem và đang làm, xin bà con chờ tới ngày hẹn."
            yield Step(self.office_hours(CALENDAR.add(done.date(), -1), seed), number, "answer", text=text)
        yield Step(done, number, "resolve", text=matter.done)
        yield from self.told(number, matter, done.date())

    def told(self, number: int, matter: Matter, done: date) -> Iterator[Step]:
        """Coming back to everybody who raised it, and what they said then; some have not been told yet."""
        seed = matter.seed
        if matter.fate == "resolved" and seed % 3 == 0:
            return
        at = self.office_hours(done, 0)
        for voice in range(len(matter.voices)):
            at = self.office_hours(done + timedelta(days=1 + voice % 3), seed + voice * 131)
            how = TOLD[(seed + voice) % len(TOLD)]
            if how == "session":
                # Only where the next coffee came within three days; else the resident opened the slip.
                coffee = next((m for m in self.past if 0 < (m.day - done).days <= 3), None)
                at, how = (coffee.starts_at + timedelta(minutes=9), how) if coffee else (at, "slip")
            yield Step(at, number, "told", voice, text=how)
        word = self.office_hours(done + timedelta(days=3 + seed % 3), seed + 31) + timedelta(minutes=30)
        if matter.fate == "confirmed":
            answers = len(matter.voices) if seed % 2 else 1
            for voice in range(answers):
                verb = "vouch" if seed % 9 == 0 and not voice else "fixed"
                yield Step(word + timedelta(hours=5 * voice), number, verb, voice)
        elif matter.fate == "reopened":
            back = self.office_hours(CALENDAR.add(CALENDAR.on_or_before(self.today), -1 - seed % 2), seed)
            yield Step(max(back, at + timedelta(hours=2)), number, "not", text=matter.dispute)
        elif matter.fate == "lapsed":
            latest = self.office_hours(done + timedelta(days=3), 539)
            yield Step(latest + timedelta(days=14, hours=1), number, "lapse")

    def settled(self, number: int, matter: Matter) -> Iterator[Step]:
        """What was answered, fixed or advised at the table; a resident may deny it afterwards."""
        for voice in range(len(matter.voices)):
            morning = self.past[-1] if matter.dispute and not matter.done else self.place(matter)
            step = self.say(number, matter, voice, morning)
            yield step
            if matter.dispute and voice == 0:
                at = step.at + timedelta(days=2, hours=9)
                if not matter.done:
                    at = min(at, self.office_hours(self.today, 0) - timedelta(hours=9))
                yield Step(max(at, step.at + timedelta(hours=3)), number, "deny", text=matter.dispute)
                if matter.done:
                    begun = self.soon(at, 1, matter.seed)
                    yield Step(begun, number, "start")
                    done = self.soon(begun, 1, matter.seed)
                    yield Step(done, number, "resolve", text=matter.done)
                    yield Step(done + timedelta(days=2), number, "told", text="call")
                    yield Step(done + timedelta(days=3), number, "fixed")
