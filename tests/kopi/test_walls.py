"""Ward walls: every address × every kind of post × own ward, other ward, nobody.

The table below is the promise; whoever adds an address adds a row, or the first test fails.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from PIL import Image

from feedback import pictures
from intake.receive import Person
from outbox.models import Message
from tests.people import MONDAY, Town, say, sit_down, ticket_of
from tickets.lifecycle import STEPS
from tickets.models import Ticket
from wards.models import User

CAPTURERS = {
    "scribe", "youth", "neighbourhood_head", "officer", "head", "police", "clerk",
    "chair", "secretary", "vice_chair",
}  # fmt: skip
READERS = {"clerk", "chair", "secretary", "vice_chair"}  # the whole ward
EVERYBODY = [*sorted(CAPTURERS), "administrator", "province"]

# name: who of the own ward may open it. Nobody of the other ward may, and a stranger is sent to sign in.
OWN_WARD: dict[str, set[str]] = {
    "board": CAPTURERS,
    "take_table": CAPTURERS,
    "release_table": CAPTURERS,
    "capture_table": CAPTURERS,
    "capture_counter": CAPTURERS,
    "capture_similar": CAPTURERS,
    "captured": {"scribe"},
    "correct_capture": {"scribe"},
    "slip_print": {"clerk", "scribe"},
    "reissue_slip": {"clerk", "scribe"},
    "photo": READERS | {"scribe"} | {"head", "officer", "neighbourhood_head"},
    "ticket": READERS | {"head", "officer", "neighbourhood_head"},
    "ticket_step": READERS | {"head", "officer", "neighbourhood_head"},
    "ticket_contact": {"chair", "clerk", "head", "officer"},
    "ticket_told": {"chair", "clerk", "vice_chair", "head"},
    "ticket_undo": READERS | {"head", "officer", "neighbourhood_head"},
    "message": {"administrator"},
    "message_again": {"administrator"},
}
# Addresses that name no ward: they show each person what is that person's, and are tested for what they show.
PERSONAL = {
    "home", "me", "sessions", "capture", "allegation", "inbox", "tickets", "promises", "ward", "ward_rows",
    "region", "messages",
}  # fmt: skip
PUBLIC = {
    "welcome", "looks", "privacy", "accessibility", "manifest", "favicon", "healthz", "readyz", "demo_sign_in",
    "slip_lookup", "slip_status", "slip_photo", "slip_verdict", "slip_appeal", "slip_answer", "slip_follow",
    "slip_token", "token_verdict", "token_appeal", "token_answer", "token_follow",
    "ward_public", "ward_sessions",
}  # fmt: skip
SECRET = "Cột đèn cạnh nhà bà Sáu Vườn Xoài"


def names(resolver: URLResolver | None = None) -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from names(entry)
        elif isinstance(entry, URLPattern):
            yield str(entry.name)


def test_every_address_has_its_place_in_the_table():
    house = {
        name
        for name in names()
        if not name.startswith(("account_", "socialaccount_", "mfa_", "usersessions_"))
    }

    assert house == set(OWN_WARD) | PERSONAL | PUBLIC


@dataclass
class Estate:
    """One of everything that a ward keeps to itself."""

    town: Town
    ticket: Ticket
    addresses: dict[str, str]
    raising: int

    def knock(self, client: Client, name: str) -> set[int]:
        """What reading and posting to an address answer."""
        address = self.addresses[name]
        told = {"raising": self.raising, "how": "call"}
        return {client.get(address).status_code, client.post(address, told).status_code} - {405}


@pytest.fixture
def estate(town: Town) -> Estate:
    session = sit_down(town, MONDAY)
    table = session.tables.get()
    picture = pictures.rebuild(_jpeg())
    elder = Person(name="Bác Tư", phone="+842745550199", reach="call")
    received = say(town, promised="2026-03-06", words=SECRET, table=table, photos=[picture], person=elder)
    ticket = ticket_of(received)
    message = Message.objects.get(about=ticket.number)
    assert received.slip is not None
    return Estate(
        town,
        ticket,
        {
            "board": reverse("board", args=[session.uuid]),
            "take_table": reverse("take_table", args=[table.pk]),
            "release_table": reverse("release_table", args=[table.pk]),
            "capture_table": reverse("capture_table", args=[table.pk]),
            "capture_counter": reverse("capture_counter", args=[town.ward.code]),
            "capture_similar": reverse("capture_similar", args=[town.ward.code]),
            "captured": reverse("captured", args=[received.item.uuid]),
            "correct_capture": reverse("correct_capture", args=[received.item.uuid]),
            "slip_print": reverse("slip_print", args=[received.slip.code]),
            "reissue_slip": reverse("reissue_slip", args=[received.slip.code]),
            "photo": reverse("photo", args=[received.item.photos.get().uuid]),
            "ticket": reverse("ticket", args=[ticket.number]),
            "ticket_step": reverse("ticket_step", args=[ticket.number, "note"]),
            "ticket_contact": reverse("ticket_contact", args=[ticket.number]),
            "ticket_told": reverse("ticket_told", args=[ticket.number]),
            "ticket_undo": reverse("ticket_undo", args=[ticket.number]),
            "message": reverse("message", args=[message.uuid]),
            "message_again": reverse("message_again", args=[message.uuid]),
        },
        received.item.raising.pk,
    )


def _jpeg() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "gold").save(out, "JPEG")
    out.seek(0)
    return out


def test_strangers_find_nothing_but_the_door(estate: Estate, client: Client):
    for name, address in estate.addresses.items():
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code in {302, 405}, name
            if answer.status_code == 302:
                assert answer["Location"].startswith(reverse("account_login")), name


@pytest.mark.parametrize("who", EVERYBODY)
def test_nobody_of_another_ward_gets_in(
    estate: Estate, other_town: Town, client_of: Callable[[User], Client], who: str
):
    client = client_of(other_town.people[who])

    for name in estate.addresses:
        assert estate.knock(client, name) == {404}, (name, who)


@pytest.mark.parametrize("who", EVERYBODY)
def test_each_post_opens_what_the_table_says(estate: Estate, client_of: Callable[[User], Client], who: str):
    client = client_of(estate.town.people[who])

    opened = {name for name in estate.addresses if estate.knock(client, name) - {404, 403}}

    assert opened == {name for name, people in OWN_WARD.items() if who in people}


@pytest.mark.parametrize("who", [*EVERYBODY, "resident"])
def test_no_page_of_ones_own_shows_another_wards_words(
    estate: Estate, other_town: Town, client_of: Callable[[User], Client], who: str
):
    if who == "resident":
        somebody = User.objects.create_user("resident@example.org", full_name="A resident")
    else:
        somebody = other_town.people[who]
    client = client_of(somebody)

    for name in sorted(PERSONAL - {"ward_rows"}):
        shown = client.get(reverse(name), follow=True)
        assert shown.status_code in {200, 403, 404}, name
        assert SECRET not in shown.content.decode(), name
        assert estate.ticket.number not in shown.content.decode(), name
    for figure in ("received", "on_the_spot", "overdue", "open"):
        assert SECRET not in client.get(reverse("ward_rows", args=[figure])).content.decode()


@pytest.mark.parametrize("verb", [verb for verb in STEPS if verb != "open"])
def test_no_verb_of_another_ward_is_taken(
    estate: Estate, other_town: Town, client_of: Callable[[User], Client], verb: str
):
    client = client_of(other_town.people["chair"])

    assert client.post(reverse("ticket_step", args=[estate.ticket.number, verb])).status_code == 404
    assert estate.ticket.events.count() == 1


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_matter_about_the_chair_is_hidden_from_the_whole_ward(
    town: Town, client_of: Callable[[User], Client], who: str
):
    about = town.people["chair"].appointments.get()
    received = say(town, category="conduct", words=SECRET, about=about, by=town.people["scribe"])
    ticket = ticket_of(received)
    client = client_of(town.people[who])

    assert ticket.owner == town.post("province")
    for name in sorted(PERSONAL - {"ward_rows"}):
        shown = client.get(reverse(name), follow=True).content.decode()
        if who != "province":
            assert SECRET not in shown, name
            assert ticket.number not in shown, name
    expected = 200 if who == "province" else 404
    assert client.get(reverse("ticket", args=[ticket.number])).status_code == expected
