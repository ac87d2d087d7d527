"""A resident with a slip and an old phone, and the posts that answer for the matter."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from feedback import pictures
from feedback.models import Category, FeedbackItem, Outcome, Photo, Slip
from feedback.pictures import Picture
from intake.receive import receive
from tickets.actors import Actor
from tickets.models import Ticket
from tickets.opening import PromiseMade
from wards.models import User, Ward

HOME = "http://testserver"


def category(code: str) -> Category:
    return Category.objects.get(ward=None, preset="VN", code=code)


def picture(colour: str = "red") -> Picture:
    file = io.BytesIO()
    Image.new("RGB", (40, 50), colour).save(file, "JPEG")
    file.seek(0)
    return pictures.rebuild(file)


def visitor_in_english() -> Client:
    """Somebody without an account whose browser speaks English."""
    return Client(headers={"accept-language": "en"})


@dataclass
class Resident:
    """Somebody with a slip. The browser sends its Origin with every form, as browsers do."""

    slip: Slip
    client: Client = field(default_factory=visitor_in_english)

    @property
    def item(self) -> FeedbackItem:
        return FeedbackItem.objects.get(pk=self.slip.item_id)

    @property
    def page(self) -> str:
        return f"/s/{self.slip.code}/"

    @property
    def qr(self) -> str:
        return f"/p/{self.slip.token}/"

    def opens(self, *, by: str = "", **headers: str) -> Any:
        return self.client.get(by or self.page, **headers)

    def sends(self, verb: str, *, by: str = "", **data: Any) -> Any:
        return self.client.post(f"{by or self.page}{verb}/", data, HTTP_ORIGIN=HOME)


@pytest.fixture
def clock(monday: datetime) -> Iterator[time_machine.Traveller]:
    """The clock of the pages; it stands still on Monday until a test moves it."""
    with time_machine.travel(monday, tick=False) as traveller:
        yield traveller


@pytest.fixture
def raises(ward: Ward, clock: Any, monday: datetime) -> Callable[..., Resident]:
    """A resident raises something at the table and takes the slip home."""

    def say(**told: Any) -> Resident:
        told.setdefault("words", "Đèn đầu hẻm nhà tôi tắt ba hôm rồi")
        told.setdefault("summary", "Street lamp out in alley 42")
        told.setdefault("category", category("light"))
        told.setdefault("neighbourhood", ward.neighbourhoods.first())
        received = receive(ward=ward, at=monday, **told)
        assert received.slip is not None
        return Resident(received.slip)

    return say


@pytest.fixture
def promised(raises: Callable[..., Resident], head: User, monday: datetime) -> Resident:
    """A resident to whom the head of division promised a lamp within four days."""
    post = head.posts_at(monday)[0]
    made = PromiseMade(post, (monday + timedelta(days=4)).date(), "A new lamp")
    return raises(outcome=Outcome.PROMISED, promise=made)


def ticket_of(resident: Resident) -> Ticket:
    return resident.item.raising.ticket.leading


def owner_of(ticket: Ticket, at: datetime) -> Actor:
    return Actor.staff(ticket.owner.answers_at(at), ticket.owner)


def superior_of(ticket: Ticket, at: datetime) -> Actor:
    assert ticket.owner.superior is not None
    return Actor.staff(ticket.owner.superior.answers_at(at), ticket.owner.superior)


@pytest.fixture
def resolves(monday: datetime, ward: Ward) -> Callable[..., Ticket]:
    """The post that answers reports it done, with a photo."""

    def settle(resident: Resident, *, at: datetime = monday, note: str = "New lamp fitted") -> Ticket:
        ticket = ticket_of(resident)
        photo: Photo = pictures.keep(picture("green"), ward=ward, at=at)
        ticket.resolve(by=owner_of(ticket, at), note=note, photos=[photo], at=at)
        return ticket

    return settle


def text_of(response: HttpResponse) -> str:
    return response.content.decode()
