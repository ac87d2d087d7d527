"""The demo's place and people: province, ward, offices, posts, holders, sessions. Building it twice adds nothing."""

from datetime import UTC, datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from feedback.models import Category
from kopi.demo import DOMAIN, PASSWORD, content
from kopi.demo.calendar import Morning
from sessions_app.models import CoffeeSession, Programme, Table
from tickets.models import RoutingRule
from wards.models import Appointment, Body, Neighbourhood, Office, Post, Province, User, Ward

SINCE = datetime(2025, 6, 30, 17, tzinfo=UTC)  # 1 July 2025 in the ward: the two-tier government begins


class Town:
    """The demo ward with quick ways to its parts: posts and people by key, neighbourhoods by number."""

    def __init__(self, ward: Ward) -> None:
        self.ward = ward
        self.posts: dict[str, Post] = {}
        self.people: dict[int, User] = {}  # by the primary key of the post they hold
        self.neighbourhoods: dict[int, Neighbourhood] = {}
        self.bodies: dict[str, Body] = {}
        self.scribes: list[Post] = []
        self.password = ""

    def hold(self, key: str, post: Post, name: str, mail: str, now: datetime) -> None:
        """Make `name` the holder of `post`, with an account that signs in by the demo's password."""
        email = f"{mail}@{DOMAIN}"
        user, new = User.objects.get_or_create(
            email=email,
            defaults={"full_name": name, "language": "", "password": self.password, "date_joined": now},
        )
        if new:
            EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        if not Appointment.objects.filter(post=post).exists():
            Appointment.objects.create(user=user, post=post, since=SINCE)
        self.posts[key] = post
        self.people[post.pk] = user


def standing() -> Ward | None:
    """The demo ward if it is there already."""
    return Ward.objects.filter(code=content.ward()["ward"]["code"]).first()


def build(now: datetime) -> Town:
    """Raise the ward with everybody in it."""
    data = content.ward()
    province, _new = Province.objects.get_or_create(
        code=data["province"]["code"], defaults={"name": data["province"]["name"]}
    )
    place = data["ward"]
    ward, _new = Ward.objects.get_or_create(
        code=place["code"],
        defaults={
            "number_prefix": place["code"],
            "name": place["name"],
            "province": province,
            "phone": "0274 555 0110",
            "area_km2": place["area_km2"],
            "population": place["residents"],
        },
    )
    town = Town(ward)
    town.password = make_password(PASSWORD)  # once: hashing is slow on purpose
    offices: dict[str, Office] = {}
    for row in data["office"]:
        home = {"province": province} if row.get("of_province") else {"ward": ward}
        week = "123456" if row.get("saturdays") else "12345"
        offices[row["key"]], _new = Office.objects.get_or_create(
            kind=row["kind"],
            name=row["name"],
            **home,
            defaults={"phone": row["phone"], "working_weekdays": week},
        )
    for row in data["post"]:
        post, _new = Post.objects.get_or_create(
            office=offices[row["office"]],
            title=row["title"],
            defaults={
                "kind": row["kind"],
                "phone": row["phone"],
                "superior": town.posts.get(row.get("under", "")),
            },
        )
        town.hold(row["key"], post, row["holder"], row["mail"], now)
    _neighbourhoods(town, offices["neighbourhoods"], now)
    _scribes(town, offices["secretariat"], now)
    for row in data["body"]:
        town.bodies[row["key"]], _new = Body.objects.get_or_create(
            province=province,
            name=row["name"],
            defaults={"email": f"{row['mail']}@{DOMAIN}", "phone": row["phone"]},
        )
    _routes(town)
    if ward.inbox_id is None:
        ward.inbox = town.posts["clerk"]
        ward.save(update_fields=["inbox"])
    return town


def _neighbourhoods(town: Town, office: Office, now: datetime) -> None:
    for row in content.ward()["neighbourhood"]:
        number = row["number"]
        place, _new = Neighbourhood.objects.get_or_create(
            ward=town.ward, name=f"Khu phố {number}", defaults={"number": number}
        )
        post, _new = Post.objects.get_or_create(
            office=office,
            title=f"Trưởng Khu phố {number} ({row['byname']})",
            defaults={
                "kind": "neighbourhood_head",
                "neighbourhood": place,
                "superior": town.posts["front"],
                "phone": f"0274 555 02{number:02}",
            },
        )
        town.neighbourhoods[number] = place
        town.hold(f"head{number}", post, row["head"], f"khupho{number:02}", now)


def _scribes(town: Town, office: Office, now: datetime) -> None:
    for number, name in enumerate(content.ward()["scribes"]["names"], 1):
        post, _new = Post.objects.get_or_create(
            office=office,
            title=f"Thư ký bàn {number}",
            defaults={
                "kind": "scribe",
                "superior": town.posts["clerk_two"],
                "phone": f"0274 555 03{number:02}",
            },
        )
        town.hold(f"scribe{number}", post, name, f"thuky{number:02}", now)
        town.scribes.append(post)


def _routes(town: Town) -> None:
    """Each officer takes the categories of the own desk; whatever has no rule goes by its category's office."""
    categories = {category.code: category for category in Category.objects.of_ward(town.ward)}
    for row in content.ward()["post"]:
        for code in row.get("categories", []):
            RoutingRule.objects.get_or_create(
                ward=town.ward, category=categories[code], defaults={"post": town.posts[row["key"]]}
            )


def programme(town: Town, mornings: list[Morning]) -> Programme:
    found, _new = Programme.objects.get_or_create(
        ward=town.ward,
        name="Cà phê sáng cuối tuần",
        defaults={"preset": Programme.Preset.CIRCLE, "starts_on": mornings[0].day},
    )
    return found


def session(town: Town, programme: Programme, morning: Morning) -> list[Table]:
    """The session of `morning` with its twelve tables, in their order."""
    row = next(row for row in content.ward()["neighbourhood"] if row["number"] == morning.kp)
    found = CoffeeSession.objects.filter(
        programme=programme, neighbourhood=town.neighbourhoods[morning.kp], starts_at=morning.starts_at
    ).first()
    if found is None:
        found = CoffeeSession.objects.create(
            ward=town.ward,
            programme=programme,
            neighbourhood=town.neighbourhoods[morning.kp],
            venue=row["park"],
            rain_plan=row["rain"],
            latitude=row["at"][0],
            longitude=row["at"][1],
            starts_at=morning.starts_at,
            ends_at=morning.ends_at,
        )
        Table.objects.bulk_create(
            [
                Table(
                    session=found,
                    number=number,
                    host=town.posts[seat["host"]],
                    scribe=town.people[town.scribes[number - 1].pk],
                    audience=seat["audience"],
                )
                for number, seat in enumerate(content.ward()["table"], 1)
            ]
        )
    return list(found.tables.order_by("number"))


def today(town: Town, programme: Programme, morning: Morning) -> None:
    """A session for whoever comes on a later day, unless one is running."""
    if (
        not CoffeeSession.objects.filter(ward=town.ward)
        .running(morning.starts_at + timedelta(hours=1))
        .exists()
    ):
        session(town, programme, morning)
