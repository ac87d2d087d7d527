"""The people and places tests speak of: one ward in full office, and another one behind its wall."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from feedback.models import Category, Outcome
from intake.receive import Received, receive
from sessions_app.models import CoffeeSession, Programme, Table
from tickets.actors import Actor
from tickets.models import Ticket
from tickets.opening import PromiseMade
from wards.access import PostKind
from wards.models import Appointment, Body, Neighbourhood, Office, Post, Province, User, Ward

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # 09:00 in the ward, a working week without holidays


@dataclass
class Town:
    """A ward with one post of every kind, each held by somebody named after it."""

    ward: Ward
    neighbourhood: Neighbourhood
    offices: dict[str, Office] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    body: Body | None = None

    def post(self, key: str) -> Post:
        return self.posts[key]

    def actor(self, key: str) -> Actor:
        return Actor.staff(self.people[key], self.posts[key])


def appoint(post: Post, name: str, *, since: datetime = LONG_AGO) -> User:
    user = User(email=f"{name}@{post.office_id}.example", full_name=name.replace("_", " ").title())
    user.set_unusable_password()
    user.save()
    Appointment.objects.create(user=user, post=post, since=since)
    return user


def found_town(code: str, name: str, province: Province) -> Town:
    ward = Ward.objects.create(
        code=code, number_prefix=code, name=name, province=province, phone="02745550100", language="en"
    )
    town = Town(ward, Neighbourhood.objects.create(ward=ward, number=5, name="Khu phố 5"))
    kinds = Office.Kind
    for kind in (
        kinds.LEADERSHIP,
        kinds.SECRETARIAT,
        kinds.ECONOMY,
        kinds.CULTURE,
        kinds.POLICE,
        kinds.SERVICE,
    ):
        town.offices[kind] = Office.objects.create(ward=ward, kind=kind, name=str(kind.label))
    upper = Office.objects.filter(province=province).first() or Office.objects.create(
        province=province, kind=kinds.PROVINCE, name="Province"
    )

    def seat(key: str, kind: str, office: Office, superior: str = "", **more: Any) -> None:
        above = town.posts.get(superior)
        town.posts[key] = Post.objects.create(
            office=office, kind=kind, title=key.replace("_", " ").title(), superior=above, **more
        )
        town.people[key] = appoint(town.posts[key], f"{key}_{code}")

    seat("province", PostKind.PROVINCE, upper)
    lead, desk, works = town.offices["leadership"], town.offices["secretariat"], town.offices["economy"]
    seat("chair", PostKind.CHAIR, lead, "province")
    seat("secretary", PostKind.SECRETARY, lead, "province")
    seat("vice_chair", PostKind.VICE_CHAIR, lead, "chair")
    seat("clerk", PostKind.CLERK, desk, "chair")
    seat("head", PostKind.DIVISION_HEAD, works, "vice_chair")
    seat("officer", PostKind.OFFICER, works, "head")
    seat("police", PostKind.POLICE, town.offices["police"], "chair")
    seat("scribe", PostKind.SCRIBE, desk, "clerk")
    seat("youth", PostKind.YOUTH, desk, "clerk")
    seat("administrator", PostKind.ADMINISTRATOR, desk, "chair")
    seat("neighbourhood_head", PostKind.NEIGHBOURHOOD_HEAD, desk, "chair", neighbourhood=town.neighbourhood)
    ward.inbox = town.posts["clerk"]
    ward.save()
    town.body = Body.objects.create(province=province, name=f"Power company {code}")
    return town


def sit_down(town: Town, at: datetime, tables: int = 1) -> CoffeeSession:
    """A session around `at` with some tables, the Chair hosting and the scribe writing at the first."""
    programme, _new = Programme.objects.get_or_create(ward=town.ward, name="Morning coffee")
    session = CoffeeSession.objects.create(
        ward=town.ward,
        programme=programme,
        neighbourhood=town.neighbourhood,
        venue="The park",
        starts_at=at - timedelta(minutes=30),
        ends_at=at + timedelta(hours=1),
    )
    for number in range(1, tables + 1):
        first = number == 1
        Table.objects.create(
            session=session,
            number=number,
            host=town.posts["chair"] if first else None,
            scribe=town.people["scribe"] if first else None,
        )
    return session


def say(
    town: Town, *, at: datetime = MONDAY, category: str = "light", promised: str = "", **more: Any
) -> Received:
    """A resident of `town` says something; by default it is noted. `promised` is a date: the Chair promises it."""
    if promised:
        promise = PromiseMade(
            town.posts["chair"], datetime.fromisoformat(promised).date(), "It will be done."
        )
        more |= {"outcome": Outcome.PROMISED, "promise": promise}
    more.setdefault("words", "The lamp in alley 42 is dark.")
    more.setdefault("by", town.people["scribe"])
    more.setdefault("neighbourhood", town.neighbourhood)
    chosen = Category.objects.of_ward(town.ward).get(code=category) if category else None
    return receive(ward=town.ward, at=at, category=chosen, **more)


def ticket_of(received: Received) -> Ticket:
    """The ticket of a concern that surely has one."""
    assert received.ticket is not None
    return received.ticket
