"""Every verb as a button: done by somebody who may, refused for somebody who may not, nothing typed lost."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from intake.receive import Person
from tests.people import MONDAY, say, ticket_of
from tickets.forms import FORMS
from tickets.models import TicketEvent

NOW = MONDAY + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def english(settings):
    """The pages speak English, so that tests may read them."""
    settings.KOPI_LANGUAGE = "en"


@pytest.fixture(autouse=True)
def clock():
    """It is Monday; a test may move on."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def picture(name="after.png"):
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), "image/png")


def day(days):
    return (MONDAY + timedelta(days=days)).date().isoformat()


def address(ticket, verb):
    return f"/app/tickets/{ticket.number}/{verb}/"


def events(ticket):
    return [event.verb for event in ticket.events.all()]


# verb: the steps before it, who takes it, who may not, and what the form says
CASES = {
    "assign": (
        [],
        "clerk",
        "neighbourhood_head",
        lambda town, ticket: {"post": town.post("police").pk, "note": "Yours"},
    ),
    "start": ([], "head", "neighbourhood_head", lambda town, ticket: {"note": "We begin"}),
    "wait": (
        [],
        "head",
        "neighbourhood_head",
        lambda town, ticket: {"whom": "cause", "words": "The lift", "until": day(3)},
    ),
    "resume": (["wait"], "head", "neighbourhood_head", lambda town, ticket: {"note": "It came"}),
    "refer": (
        [],
        "clerk",
        "neighbourhood_head",
        lambda town, ticket: {"body": town.body.pk, "letter_number": "12/UBND", "due": day(14)},
    ),
    "extend": ([], "vice_chair", "clerk", lambda town, ticket: {"due": day(9), "note": "Parts are late"}),
    "escalate": ([], "head", "neighbourhood_head", lambda town, ticket: {"note": "Too large"}),
    "note": ([], "neighbourhood_head", "", lambda town, ticket: {"note": "I saw it"}),
    "answer": ([], "clerk", "neighbourhood_head", lambda town, ticket: {"note": "We look at it"}),
    "recategorise": (
        [],
        "clerk",
        "neighbourhood_head",
        lambda town, ticket: {"category": category("drain").pk},
    ),
    "resolve": (
        [],
        "head",
        "neighbourhood_head",
        lambda town, ticket: {"note": "New lamp", "no_photo": "Too dark"},
    ),
    "decline": ([], "vice_chair", "head", lambda town, ticket: {"note": "No money this year"}),
    "redirect": ([], "clerk", "neighbourhood_head", lambda town, ticket: {"note": "Counter 3, form B"}),
    "merge": (
        [],
        "clerk",
        "vice_chair",
        lambda town, ticket: {"into": ticket_of(say(town, at=MONDAY)).number},
    ),
    "unmerge": (["merge"], "clerk", "vice_chair", lambda town, ticket: {"note": "Two lamps after all"}),
    "confirm": (
        ["resolve"],
        "clerk",
        "vice_chair",
        lambda town, ticket: {"raising": ticket.raisings.get().pk, "rating": "3", "words": "Bright now"},
    ),
}


def category(code):
    from feedback.models import Category

    return Category.objects.get(ward=None, preset="VN", code=code)


@pytest.fixture
def lamp(town):
    """A dark lamp that the head of the works division owns; nobody has promised anything."""
    found = ticket_of(say(town))
    found.assign(by=town.actor("clerk"), post=town.post("head"), at=MONDAY)
    return found


def prepare(town, ticket, steps):
    clerk = town.actor("clerk")
    for verb in steps:
        match verb:
            case "wait":
                ticket.wait(by=clerk, until=(MONDAY + timedelta(days=2)).date(), cause="The lift", at=MONDAY)
            case "merge":
                ticket.merge(by=clerk, into=ticket_of(say(town, at=MONDAY)), at=MONDAY)
            case "resolve":
                ticket.resolve(by=clerk, note="New lamp", no_photo="Dark", at=MONDAY)


def test_every_form_has_its_case():
    assert set(CASES) == set(FORMS)


@pytest.mark.parametrize("verb", CASES)
def test_somebody_who_may_takes_the_step(town, client_of, lamp, verb):
    before, may, _may_not, told = CASES[verb]
    prepare(town, lamp, before)
    browser = client_of(town.people[may])
    assert address(lamp, verb) in browser.get(f"/app/tickets/{lamp.number}/").content.decode()

    answer = browser.post(address(lamp, verb), {**told(town, lamp), "version": lamp.version}, follow=True)

    assert answer.status_code == 200
    assert events(lamp)[-1] == verb
    assert lamp.events.last().user == town.people[may]
    assert "Done:" in answer.content.decode()


@pytest.mark.parametrize("verb", [verb for verb in CASES if CASES[verb][2]])
def test_somebody_who_may_not_is_refused_with_a_sentence(town, client_of, lamp, verb):
    before, _may, may_not, told = CASES[verb]
    prepare(town, lamp, before)
    browser = client_of(town.people[may_not])
    assert address(lamp, verb) not in browser.get(f"/app/tickets/{lamp.number}/").content.decode()
    count = TicketEvent.objects.filter(ticket=lamp).count()

    answer = browser.post(address(lamp, verb), told(town, lamp))

    assert answer.status_code == 409
    assert "is not yours to do on this ticket" in answer.content.decode()
    assert TicketEvent.objects.filter(ticket=lamp).count() == count


@pytest.mark.parametrize("verb", CASES)
def test_a_stranger_takes_no_step(client_of, stranger, lamp, verb):
    assert client_of(stranger).post(address(lamp, verb), {"note": "x"}).status_code == 404
    assert events(lamp) == ["open", "assign"]


@pytest.mark.parametrize("verb", ["lapse", "dispute", "appeal", "open", "delete"])
def test_what_is_no_step_of_staff_has_no_address(client_of, clerk, lamp, verb):
    assert client_of(clerk).post(address(lamp, verb), {"note": "x"}).status_code == 404


def test_reading_takes_no_step(client_of, clerk, lamp):
    for verb in FORMS:
        assert client_of(clerk).get(address(lamp, verb)).status_code == 200

    assert events(lamp) == ["open", "assign"]


def test_what_is_missing_is_said_and_what_was_typed_stays(client_of, head, lamp):
    answer = client_of(head).post(address(lamp, "extend"), {"due": "", "note": "Parts are late"})

    assert answer.status_code == 400
    assert "Parts are late" in answer.content.decode()
    assert "Please look at this again" in answer.content.decode()


@pytest.mark.parametrize(
    "due", ["yesterday", "2026-02-30", "10000-01-01", "9999-12-31", "2026-03-02", "2020-01-01"]
)
def test_a_day_that_cannot_be_is_refused(client_of, head, lamp, due):
    answer = client_of(head).post(address(lamp, "extend"), {"due": due, "note": "Parts are late"})

    assert answer.status_code == 400
    assert events(lamp) == ["open", "assign"]


def test_a_refusal_of_the_verb_stands_beside_the_form(client_of, head, lamp):
    answer = client_of(head).post(address(lamp, "resolve"), {"note": "New lamp"})

    assert answer.status_code == 409
    assert "Please add a photo of the result" in answer.content.decode()
    assert "New lamp" in answer.content.decode()


def test_a_photo_proves_the_result(client_of, head, lamp):
    client_of(head).post(
        address(lamp, "resolve"), {"note": "New lamp", "photos": [picture(), picture("b.png")]}
    )

    assert lamp.events.last().evidence.count() == 2


def test_a_photo_survives_an_attempt_that_failed(client_of, head, lamp):
    browser = client_of(head)
    answer = browser.post(address(lamp, "resolve"), {"note": "", "photos": [picture()]})
    assert answer.status_code == 400
    (kept,) = answer.context["sent"].kept
    assert f'name="kept" value="{kept.uuid}"' in answer.content.decode()

    browser.post(address(lamp, "resolve"), {"note": "New lamp", "kept": [str(kept.uuid)]})

    assert [evidence.photo for evidence in lamp.events.last().evidence.all()] == [kept]


@pytest.mark.parametrize("kept", ["x", "00000000-0000-0000-0000-000000000000", "\x00"])
def test_a_photo_that_is_none_proves_nothing(client_of, head, lamp, kept):
    answer = client_of(head).post(address(lamp, "resolve"), {"note": "New lamp", "kept": [kept]})

    assert answer.status_code == 409


def test_a_file_that_is_no_photo_is_refused(client_of, head, lamp):
    bad = SimpleUploadedFile("a.png", b"<svg/>", "image/png")

    answer = client_of(head).post(address(lamp, "resolve"), {"note": "New lamp", "photos": [bad]})

    assert answer.status_code == 400
    assert "Only photos in JPEG, PNG or WebP can be taken." in answer.content.decode()


def test_who_comes_second_sees_what_happened_and_loses_nothing(town, client_of, head, lamp):
    seen = lamp.version
    lamp.note(by=town.actor("clerk"), note="The crew comes today", at=MONDAY)
    browser = client_of(head)

    answer = browser.post(address(lamp, "answer"), {"note": "We come tomorrow", "version": seen})

    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else was here" in shown
    assert "The crew comes today" in shown
    assert "We come tomorrow" in shown
    assert events(lamp) == ["open", "assign", "note"]
    assert f'name="version" value="{seen + 1}"' in shown

    browser.post(address(lamp, "answer"), {"note": "We come tomorrow", "version": seen + 1})
    assert events(lamp) == ["open", "assign", "note", "answer"]


def test_a_step_that_became_impossible_keeps_what_was_typed(town, client_of, head, lamp):
    lamp.resolve(by=town.actor("clerk"), note="New lamp", no_photo="Dark", at=MONDAY)

    answer = client_of(head).post(address(lamp, "extend"), {"due": day(9), "note": "Parts are late"})

    assert answer.status_code == 409
    assert "is not possible now" in answer.content.decode()
    assert "Parts are late" in answer.content.decode()


def test_a_question_needs_a_resident_who_can_be_reached(client_of, head, lamp):
    asked = {"whom": "resident", "words": "Which lamp?", "until": day(3)}

    assert client_of(head).post(address(lamp, "wait"), asked).status_code == 409


def test_a_question_reaches_the_resident(town, client_of, head):
    received = say(town, person=Person(name="Tư", email="tu@example.org", reach="mail"))
    ticket = ticket_of(received)
    ticket.assign(by=town.actor("clerk"), post=town.post("head"), at=MONDAY)

    client_of(head).post(
        address(ticket, "wait"), {"whom": "resident", "words": "Which lamp?", "until": day(3)}
    )

    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_for_resident) == ("waiting", True)


def test_a_ticket_of_another_ward_cannot_be_merged_into(client_of, other_town, clerk, lamp):
    foreign = ticket_of(say(other_town))

    answer = client_of(clerk).post(address(lamp, "merge"), {"into": foreign.number})

    assert answer.status_code == 400
    assert "You see no ticket of this ward with that number." in answer.content.decode()


def test_a_post_of_another_ward_cannot_take_it(client_of, other_town, clerk, lamp):
    answer = client_of(clerk).post(address(lamp, "assign"), {"post": other_town.post("head").pk, "note": "x"})

    assert answer.status_code == 400


def test_a_clerks_word_confirms_but_only_once(client_of, town, clerk, lamp):
    prepare(town, lamp, ["resolve"])
    browser = client_of(clerk)
    said = {"raising": lamp.raisings.get().pk}
    browser.post(address(lamp, "confirm"), said)

    assert lamp.verdicts.get().by_clerk == clerk
    assert address(lamp, "confirm") not in browser.get(f"/app/tickets/{lamp.number}/").content.decode()


# -- undo -------------------------------------------------------------------------------------------------


def test_ones_own_last_step_is_undone_within_five_minutes(client_of, head, lamp):
    browser = client_of(head)
    shown = browser.post(address(lamp, "start"), {}, follow=True).content.decode()
    assert f"/app/tickets/{lamp.number}/undo/" in shown

    answer = browser.post(f"/app/tickets/{lamp.number}/undo/", follow=True)

    lamp.refresh_from_db()
    assert lamp.status == "assigned"
    assert "Your last step was taken back." in answer.content.decode()


def test_after_five_minutes_it_is_too_late(client_of, head, lamp, clock):
    browser = client_of(head)
    browser.post(address(lamp, "start"), {})
    clock.shift(timedelta(minutes=6))

    assert f"{lamp.number}/undo/" not in browser.get(f"/app/tickets/{lamp.number}/").content.decode()
    answer = browser.post(f"/app/tickets/{lamp.number}/undo/")
    assert answer.status_code == 409
    assert "More than 5 minutes have passed" in answer.content.decode()


def test_nobody_undoes_the_step_of_somebody_else(town, client_of, clerk, lamp):
    client_of(town.people["head"]).post(address(lamp, "start"), {})

    assert client_of(clerk).post(f"/app/tickets/{lamp.number}/undo/").status_code == 409


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example", "/app/\\evil", "/accounts/logout/"]
)
def test_the_way_back_stays_in_the_house(client_of, head, lamp, onward):
    answer = client_of(head).post(address(lamp, "start"), {"next": onward})

    assert answer["Location"].startswith("/app/")
    assert "evil.example" not in answer["Location"]


def test_somebody_who_hands_it_out_of_sight_comes_to_the_list(town, client_of, lamp):
    lamp.assign(by=town.actor("clerk"), post=town.post("officer"), note="Yours", at=MONDAY)
    sent = {"post": town.post("police").pk, "note": "It is theirs"}

    answer = client_of(town.people["officer"]).post(address(lamp, "assign"), sent)

    assert answer["Location"] == "/app/tickets/"
