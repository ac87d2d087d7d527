"""The page of a slip: what it tells, and what nobody learns from it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.models import Contact, Kind, Outcome
from intake.receive import Person
from outbox.models import Message
from tests.residents.conftest import (
    HOME,
    owner_of,
    picture,
    superior_of,
    text_of,
    ticket_of,
    visitor_in_english,
)
from tickets.models import Reminder, Told
from tickets.models.reminder import Stage
from wards.models import Body

pytestmark = pytest.mark.django_db

NAME, PHONE, MAIL = "Nguyễn Thị Bưởi", "0912 345 678", "buoi@example.org"


def test_the_page_tells_what_until_when_and_who(promised, ward):
    page = text_of(promised.opens())

    assert "Street lamp out in alley 42" in page
    assert "Promised for Friday, 6 Mar 2026" in page
    assert "4 days left." in page
    assert ticket_of(promised).owner.title in page
    assert f'href="tel:{ward.phone}"' in page
    assert "the reminders climb" in page


def test_the_first_date_stays_when_it_moves(promised, monday):
    ticket = ticket_of(promised)
    ticket.extend(
        by=superior_of(ticket, monday),
        due=(monday + timedelta(days=11)).date(),
        note="No lamps in store",
        at=monday,
    )

    page = text_of(promised.opens())

    assert "Promised for Friday, 6 Mar 2026" in page
    assert "Moved to Friday, 13 Mar 2026. The first date stays here." in page
    assert "No lamps in store" in page


def test_a_missed_date_says_so(promised, clock, monday):
    clock.move_to(monday + timedelta(days=7))

    page = text_of(promised.opens())

    assert "3 days late" in page
    assert "This date was missed." in page


def test_a_letter_names_the_body_and_its_date(promised, monday, ward):
    ticket = ticket_of(promised)
    body = Body.objects.create(province=ward.province, name="Power company")
    due = (monday + timedelta(days=14)).date()
    ticket.refer(by=owner_of(ticket, monday), body=body, letter_number="12/UBND", due=due, at=monday)

    page = text_of(promised.opens())

    assert (
        "Passed up to Power company by letter 12/UBND of 2 Mar 2026. Its answer is due on 16 Mar 2026" in page
    )


def test_a_merged_matter_shows_the_life_of_the_leading_one(promised, raises, resolves, monday):
    other = raises(summary="Dark corner", outcome=Outcome.PROMISED)
    ticket = ticket_of(promised)
    ticket_of(other).merge(by=owner_of(ticket_of(other), monday), into=ticket, at=monday)
    resolves(promised)

    page = text_of(other.opens())

    assert "Dark corner" in page
    assert "2 residents raised it" in page
    assert "New lamp fitted" in page
    assert "Put together with the same matter of other residents." in page


def test_the_reminders_are_counted_once_per_rung(promised, monday):
    ticket = ticket_of(promised)
    for stage, posts in (
        (Stage.HALF_TIME, [ticket.owner]),
        (Stage.DUE, [ticket.owner, ticket.owner.superior]),
    ):
        for post in posts:
            message = Message.objects.create(
                key=f"{stage}{post.pk}", ward=ticket.ward, address="a@b.org", planned_at=monday,
                send_after=monday, state=Message.State.SENT, sent_at=monday, subject="s", body="b",
            )  # fmt: skip
            Reminder.objects.create(
                ticket=ticket, ward=ticket.ward, round=1, stage=stage, recipient=post,
                due_at=monday, planned_at=monday, message=message,
            )  # fmt: skip

    assert "The ward was reminded 2 times." in text_of(promised.opens())


def test_a_step_taken_back_leaves_the_page_with_its_words_and_photo(promised, resolves, monday):
    ticket = resolves(promised, note="Done by mistake")
    photo = ticket.events.last().evidence.get().photo
    ticket.undo(by=owner_of(ticket, monday), at=monday)

    assert "Done by mistake" not in text_of(promised.opens())
    assert promised.opens(by=f"{promised.page}photo/{photo.uuid}/").status_code == 404


def everywhere(resident, ward):
    """Every public page on which a resident's matter could show."""
    pages = [resident.page, "/s/", f"/w/{ward.code}/", f"/w/{ward.code}/sessions/"]
    return "\n".join(text_of(visitor_in_english().get(page)) for page in pages)


def test_no_name_and_no_number_of_a_resident_stands_on_a_public_page(raises, resolves, ward, monday):
    person = Person(name=NAME, phone=PHONE, email=MAIL, reach=Contact.Reach.CALL)
    resident = raises(
        words=f"Tôi là {NAME}, số {PHONE}, thư {MAIL}",
        summary=f"{NAME} ({PHONE}): lamp out",
        place=f"Nhà bà {NAME}",
        outcome=Outcome.PROMISED,
        person=person,
    )
    ticket = ticket_of(resident)
    ticket.answer(by=owner_of(ticket, monday), note=f"We called Mrs {NAME} on 0912345678", at=monday)
    ticket.note(by=owner_of(ticket, monday), note=f"Private: {NAME}", at=monday)
    resolves(resident, note=f"Done, {NAME.upper()} was told by {MAIL} and +84 912 345 678")

    shown = everywhere(resident, ward)

    hits = [what for what in (NAME, NAME.upper(), PHONE, "0912345678", "912 345 678", MAIL) if what in shown]
    assert hits == []
    assert "We called Mrs … on …" in shown


def test_words_without_a_summary_stay_with_the_one_who_said_them(raises, promised):
    resident = raises(words="Ông Năm nhà bên đổ rác", summary="")

    assert "Ông Năm" not in text_of(resident.opens())
    assert "Street lighting" in text_of(resident.opens())
    assert "Ông Năm nhà bên đổ rác" in text_of(resident.opens(by=resident.qr))


def test_a_confidential_matter_shows_only_its_status_and_date(raises, resolves, monday):
    resident = raises(
        words="The clerk was rude",
        summary="Rude clerk",
        kind=Kind.CONDUCT,
        outcome=Outcome.NOTED,
        photos=[picture()],
    )
    ticket = resolves(resident, note="We talked to the clerk")
    photo = resident.item.photos.get()

    for page in (text_of(resident.opens()), text_of(resident.opens(by=resident.qr))):
        told = [
            what
            for what in (
                "Rude",
                "rude",
                "talked",
                ticket.owner.title,
                "Street lighting",
                "table",
                '<img src="/s/',
            )
            if what in page
        ]
        assert told == []
        assert ("Reported done" in page, "A confidential matter" in page) == (True, True)
        assert "The office that answers for such matters" in page
    assert resident.opens(by=f"{resident.page}photo/{photo.uuid}/").status_code == 404


def test_photos_of_before_and_after_are_served_under_the_slip(raises, resolves):
    resident = raises(photos=[picture()], outcome=Outcome.PROMISED)
    ticket = resolves(resident)
    photos = [resident.item.photos.get(), ticket.events.last().evidence.get().photo]

    page = text_of(resident.opens())

    for photo in photos:
        served = resident.opens(by=f"{resident.page}photo/{photo.uuid}/")
        assert (served.status_code, served["Content-Type"]) == (200, "image/jpeg")
        assert f"{resident.page}photo/{photo.uuid}/" in page


def test_a_photo_of_another_slip_is_not_found(raises, promised):
    other = raises(photos=[picture()])
    photo = other.item.photos.get()

    assert promised.opens(by=f"{promised.page}photo/{photo.uuid}/").status_code == 404


def test_a_photo_of_another_resident_of_the_same_matter_is_not_found(promised, raises):
    other = raises(photos=[picture()], joins=ticket_of(promised))

    assert promised.opens(by=f"{promised.page}photo/{other.item.photos.get().uuid}/").status_code == 404


def test_opening_the_page_with_a_result_counts_as_told_once(promised, resolves, monday):
    promised.opens()
    assert Told.objects.count() == 0
    resolves(promised)

    promised.opens()
    promised.opens()

    told = Told.objects.get()
    promised.slip.refresh_from_db()
    assert (told.raising, told.how, told.at) == (promised.item.raising, "slip", monday)
    assert promised.slip.opened_at == monday


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_PURPOSE": "prefetch"},
        {"HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {"HTTP_X_MOZ": "prefetch"},
        {"HTTP_USER_AGENT": "WhatsApp/2.24 A"},
        {"HTTP_USER_AGENT": "facebookexternalhit/1.1"},
        {"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
    ],
)
def test_a_machine_that_looks_was_not_told(promised, resolves, headers):
    resolves(promised)

    assert promised.opens(**headers).status_code == 200
    promised.slip.refresh_from_db()
    assert (Told.objects.count(), promised.slip.opened_at) == (0, None)


def test_head_and_staff_who_look_do_not_count_as_told(promised, resolves, chair, client_of):
    resolves(promised)

    assert promised.client.head(promised.page).status_code == 200
    assert client_of(chair).get(promised.page).status_code == 200
    assert Told.objects.count() == 0


@pytest.mark.parametrize("sender", [{}, {"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"},
    {"HTTP_REFERER": "http://evil.example/testserver"}])  # fmt: skip
@pytest.mark.parametrize("verb", ["verdict", "appeal", "answer", "follow"])
def test_a_form_of_another_site_is_refused(promised, resolves, verb, sender):
    resolves(promised)

    for page in (promised.page, promised.qr):
        refused = promised.client.post(f"{page}{verb}/", {"answer": "fixed"}, **sender)
        assert refused.status_code == 403
    assert promised.item.verdicts.count() == 0


def test_a_browser_without_origin_is_known_by_its_referer(promised, resolves):
    resolves(promised)

    answered = promised.client.post(
        f"{promised.page}verdict/", {"answer": "fixed"}, HTTP_REFERER=f"{HOME}{promised.page}"
    )

    assert answered.status_code == 302


def test_what_the_address_says_is_never_repeated(promised):
    page = text_of(promised.opens(by=f"{promised.page}?said=<b>paid</b>"))

    assert ("<b>paid" in page, 'id="said"' in page) == (False, False)


def test_no_cookie_is_set_and_nothing_is_kept_on_the_way(promised, resolves):
    resolves(promised)

    for address in (promised.page, promised.qr, "/s/"):
        answered = promised.opens(by=address)
        assert dict(answered.cookies) == {}
        assert "no-store" in answered["Cache-Control"]


def test_markup_is_shown_as_text(raises):
    resident = raises(summary="<b>lamp</b> {{ 7|add:7 }}", words="<script>x</script>")

    page = text_of(resident.opens(by=resident.qr))

    assert "&lt;b&gt;lamp&lt;/b&gt; {{ 7|add:7 }}" in page
    assert "<script>x" not in page


def test_the_statements_do_not_grow_with_the_diary(promised, raises, resolves, monday):
    ticket = ticket_of(promised)
    ticket.answer(by=owner_of(ticket, monday), note="First", at=monday)
    resolves(promised)
    promised.opens()
    with CaptureQueriesContext(
        connection,
    ) as few:
        promised.opens()

    promised.sends("verdict", answer="not")
    for n in range(3):
        ticket.answer(by=owner_of(ticket, monday), note=f"Answer {n}", at=monday)
        raises(joins=ticket, summary=f"Lamp {n}", person=Person(name=f"Resident Number{n}"))
    ticket.refresh_from_db()
    resolves(promised)
    promised.opens()
    with CaptureQueriesContext(connection) as many:
        promised.opens()

    assert len(many) == len(few)
    assert len(many) <= 25


def test_the_page_stays_light_with_a_long_diary(promised, resolves, monday):
    ticket = ticket_of(promised)
    for n in range(40):
        ticket.answer(by=owner_of(ticket, monday), note=f"Đã khảo sát lần {n}. " * 60, at=monday)
    resolves(promised)

    page = promised.opens(by=promised.qr)

    assert len(page.content) <= 30 * 1024
    assert "earlier steps are kept" in text_of(page)
    assert "Recorded" in text_of(page)


def test_a_question_in_a_confidential_matter_is_read_by_the_qr_code_only(raises, monday):
    person = Person(phone=PHONE, reach=Contact.Reach.CALL)
    resident = raises(kind=Kind.CONDUCT, outcome=Outcome.NOTED, person=person)
    ticket = ticket_of(resident)
    until = (monday + timedelta(days=4)).date()
    ticket.wait(by=owner_of(ticket, monday), question="Which counter was it?", until=until, at=monday)

    typed, scanned = text_of(resident.opens()), text_of(resident.opens(by=resident.qr))

    assert ("Which counter" in typed, "The ward has a question for you." in typed) == (False, True)
    assert "Which counter was it?" in scanned
