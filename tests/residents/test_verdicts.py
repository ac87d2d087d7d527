"""The resident's word: fixed, partly, not fixed, and what follows from each."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from feedback.models import Contact, Kind, Outcome
from feedback.text import MOST_MARKS
from intake.receive import Person
from outbox.models import Message
from tests.residents.conftest import owner_of, superior_of, text_of, ticket_of
from tickets.actors import Actor
from tickets.closing import close_silent
from tickets.lifecycle import Status
from tickets.models import Told, Verdict
from wards.workdays import calendar_of

pytestmark = pytest.mark.django_db


def test_a_resident_confirms_that_it_is_fixed(promised, resolves):
    ticket = resolves(promised)

    answered = promised.sends("verdict", answer="fixed", rating="3")

    ticket.refresh_from_db()
    verdict = Verdict.objects.get()
    assert (answered.status_code, answered["Location"]) == (302, f"{promised.page}?said=fixed#said")
    assert ticket.status == Status.CONFIRMED
    assert (verdict.item, verdict.answer, verdict.rating, verdict.words) == (promised.item, "fixed", 3, "")
    assert "Thank you! Your answer is recorded: it is fixed." in text_of(
        promised.opens(by=answered["Location"])
    )


@pytest.mark.parametrize("answer", ["not", "partly"])
def test_a_dispute_opens_it_again_within_three_working_days_and_tells_the_superior(
    promised, resolves, clock, monday, answer
):
    ticket = resolves(promised)
    clock.move_to(monday + timedelta(days=1))

    promised.sends("verdict", answer=answer)

    ticket.refresh_from_db()
    told = Message.objects.filter(about=ticket.number, key__contains=":reopened:")
    assert ticket.status == Status.REOPENED
    assert ticket.due_at == calendar_of(ticket.owner.office).due(monday + timedelta(days=1), 3)
    assert superior_of(ticket, monday).user.pk in told.values_list("to_user", flat=True)


def test_after_a_dispute_the_page_says_so(promised, resolves):
    resolves(promised)

    answered = promised.sends("verdict", answer="not")
    page = text_of(promised.opens(by=answered["Location"]))

    assert "is open again, the superior was told, and an answer is due by Thursday, 5 Mar 2026." in page
    assert "A resident says it is not fixed. The matter is open again." in page
    assert "Send my answer" not in page


@pytest.mark.parametrize("first", ["fixed", "not"])
def test_a_second_answer_in_the_same_round_is_refused_kindly(promised, resolves, first):
    resolves(promised)
    promised.sends("verdict", answer=first)

    again = promised.sends("verdict", answer="fixed")

    assert again.status_code == 409
    assert "Your answer is already recorded. Thank you." in text_of(again)
    assert Verdict.objects.count() == 1


def test_each_round_asks_anew_even_on_the_same_day(promised, resolves):
    resolves(promised)
    promised.sends("verdict", answer="not")
    resolves(promised, note="The cable was broken too")

    assert "Send my answer" in text_of(promised.opens())

    promised.sends("verdict", answer="fixed")

    assert ticket_of(promised).status == Status.CONFIRMED
    assert list(Verdict.objects.order_by("round").values_list("answer", flat=True)) == ["not", "fixed"]
    assert Told.objects.count() == 1


def test_silence_after_being_told_closes_it_and_a_late_no_opens_it_again(promised, resolves, clock, monday):
    ticket = resolves(promised)
    promised.opens()
    clock.move_to(monday + timedelta(days=15))
    close_silent(at=monday + timedelta(days=15))

    assert ticket_of(promised).status == Status.LAPSED
    assert "Closed by silence" in text_of(promised.opens())

    promised.sends("verdict", answer="not")

    ticket.refresh_from_db()
    assert ticket.status == Status.REOPENED


def test_an_answer_is_refused_before_there_is_a_result(promised):
    early = promised.sends("verdict", answer="fixed")

    assert early.status_code == 409
    assert Verdict.objects.count() == 0


def test_the_form_asks_again_when_no_answer_was_chosen(promised, resolves):
    resolves(promised)

    empty = promised.sends("verdict", rating="9")

    assert empty.status_code == 400
    assert "Please choose one of the three answers." in text_of(empty)
    assert Verdict.objects.count() == 0


def test_the_qr_code_adds_own_words_and_a_photo(promised, resolves):
    resolves(promised)
    photo = io.BytesIO()
    Image.new("RGB", (30, 30), "blue").save(photo, "PNG")
    photo.name, _ = "now.png", photo.seek(0)

    promised.sends("verdict", by=promised.qr, answer="not", words="Still dark", photo=photo)

    assert Verdict.objects.get().words == "Still dark"
    assert promised.item.photos.count() == 1


def test_the_typed_code_adds_neither_words_nor_a_photo(promised, resolves):
    resolves(promised)
    photo = io.BytesIO(b"anything")
    photo.name = "now.jpg"

    promised.sends("verdict", answer="not", words="Still dark", photo=photo)

    assert Verdict.objects.get().words == ""
    assert promised.item.photos.count() == 0


def test_a_file_that_is_no_photo_is_refused_and_nothing_is_recorded(promised, resolves):
    ticket = resolves(promised)
    script = io.BytesIO(b"<svg onload=alert(1)>")
    script.name = "now.jpg"

    refused = promised.sends("verdict", by=promised.qr, answer="not", photo=script)

    ticket.refresh_from_db()
    assert refused.status_code == 415
    assert "Only photos in JPEG, PNG or WebP can be taken." in text_of(refused)
    assert (ticket.status, Verdict.objects.count()) == (Status.RESOLVED, 0)


@pytest.mark.parametrize("answer", ["not", "partly"])
def test_disputing_what_was_fixed_at_the_table_opens_a_ticket(raises, answer):
    resident = raises(outcome=Outcome.FIXED, answer="We switched it on again")
    assert "We switched it on again" in text_of(resident.opens())

    answered = resident.sends("verdict", answer=answer, rating="1")

    verdict = Verdict.objects.get()
    assert (answered.status_code, verdict.round, verdict.answer) == (302, 0, answer)
    assert (verdict.ticket, ticket_of(resident).owner.superior is not None) == (None, True)
    assert resident.item.disputed_at is not None
    assert "Where it stands" in text_of(resident.opens())


def test_what_was_settled_at_the_table_is_confirmed_without_a_ticket(raises):
    resident = raises(outcome=Outcome.ANSWERED, answer="The works begin in May")

    resident.sends("verdict", answer="fixed")
    again = resident.sends("verdict", answer="not")

    assert (Verdict.objects.get().round, hasattr(resident.item, "raising")) == (0, False)
    assert (again.status_code, resident.item.disputed_at) == (409, None)


@pytest.mark.parametrize("verb", ["decline", "redirect"])
def test_a_resident_who_disagrees_opens_it_again(promised, monday, verb):
    ticket = ticket_of(promised)
    getattr(ticket, verb)(by=superior_of(ticket, monday), note="The road is private", at=monday)
    page = text_of(promised.opens())
    assert ("The road is private" in page, "I disagree" in page) == (True, True)

    promised.sends("appeal")

    ticket.refresh_from_db()
    assert ticket.status == Status.REOPENED
    assert promised.sends("appeal").status_code == 409


def test_the_answer_to_a_question_lets_the_work_go_on(raises, monday):
    resident = raises(person=Person(phone="0912345678", reach=Contact.Reach.CALL), outcome=Outcome.PROMISED)
    ticket = ticket_of(resident)
    until = (monday + timedelta(days=4)).date()
    ticket.wait(by=owner_of(ticket, monday), question="Which lamp post is it?", until=until, at=monday)
    page = text_of(resident.opens())
    assert ("Which lamp post is it?" in page, "The clock pauses" in page) == (True, True)

    resident.sends("answer", words="The third one from the market")

    ticket.refresh_from_db()
    last = ticket.events.last()
    assert ticket.status == Status.IN_PROGRESS
    assert (last.verb, last.note.text, last.note.public) == ("resume", "The third one from the market", False)


def test_a_resident_without_a_contact_may_leave_an_address_once(promised):
    promised.sends("follow", email="ba.lan@example.org", consent="on")
    other = promised.sends("follow", email="thief@example.org", consent="on")

    contact = Contact.objects.get()
    assert (contact.item, contact.email, contact.reach) == (promised.item, "ba.lan@example.org", "mail")
    assert other.status_code == 409


def test_no_address_is_kept_without_consent(promised):
    assert promised.sends("follow", email="ba.lan@example.org").status_code == 400
    assert Contact.objects.count() == 0


def test_a_matter_about_staff_can_be_answered_too(raises, monday, resolves):
    resident = raises(kind=Kind.CONDUCT, outcome=Outcome.NOTED)
    ticket = resolves(resident)

    resident.sends("verdict", answer="fixed")

    ticket.refresh_from_db()
    assert ticket.status == Status.CONFIRMED


@pytest.mark.parametrize(("answer", "status"), [("not", Status.REOPENED), ("fixed", Status.CONFIRMED)])
def test_the_resident_s_own_word_goes_before_the_clerk_s(promised, resolves, clerk, monday, answer, status):
    ticket = resolves(promised)
    ticket.judge(by=Actor.on(clerk, ticket), item=promised.item, answer="fixed", at=monday)
    page = text_of(promised.opens())
    assert "the office wrote down as your answer: Fixed." in page
    assert "Send my answer" in page

    promised.sends("verdict", answer=answer)

    verdict = Verdict.objects.get()
    ticket.refresh_from_db()
    assert (ticket.status, verdict.answer, verdict.by_clerk) == (status, answer, None)
    assert promised.sends("verdict", answer="fixed").status_code == 409


def test_a_typed_number_cannot_have_own_words_sent_to_an_address(raises):
    resident = raises(words="Ông Năm nhà bên đổ rác", summary="", outcome=Outcome.PROMISED)

    typed = resident.sends("follow", email="thief@example.org", consent="on")
    scanned = resident.sends("follow", by=resident.qr, email="ba.lan@example.org", consent="on")

    assert (typed.status_code, scanned.status_code) == (409, 302)
    assert Contact.objects.get().email == "ba.lan@example.org"


def test_a_letter_never_carries_the_key_of_the_qr_code(promised, resolves):
    promised.sends("follow", email="ba.lan@example.org", consent="on")

    resolves(promised)

    letter = Message.objects.get(address="ba.lan@example.org")
    assert (promised.slip.token in letter.body, promised.page in letter.body) == (False, True)


@pytest.mark.parametrize("unseen", ["\u200b\u200b", "   ", "\u202e", "\0", "x" * 5000])
def test_an_answer_nobody_can_see_or_hold_is_asked_for_again(raises, monday, unseen):
    resident = raises(person=Person(phone="0912345678", reach=Contact.Reach.CALL), outcome=Outcome.PROMISED)
    ticket = ticket_of(resident)
    until = (monday + timedelta(days=4)).date()
    ticket.wait(by=owner_of(ticket, monday), question="Which lamp post is it?", until=until, at=monday)

    assert resident.sends("answer", words=unseen).status_code == 400
    assert ticket_of(resident).status == Status.WAITING


@pytest.mark.parametrize(
    "address", ["a@example.org,b@example.org", "a@example.org\nBcc: b@example.org", "ba lan", ""]
)
def test_only_one_real_address_is_kept(promised, address):
    assert promised.sends("follow", email=address, consent="on").status_code == 400
    assert Contact.objects.count() == 0


def test_own_words_are_kept_without_what_turns_them_around(promised, resolves):
    resolves(promised)

    promised.sends("verdict", by=promised.qr, answer="not", words="Tối\u202e om " + "a" + "\u0301" * 500)

    assert Verdict.objects.get().words == "Tối om á" + "\u0301" * MOST_MARKS
