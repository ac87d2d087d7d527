"""The mails of a ticket: in three languages, with the slip's link, and without a word of confidential matters."""

from datetime import timedelta

import pytest
from django.utils import timezone

from feedback.models import Kind
from intake.receive import Person
from outbox.models import Message
from tests.people import MONDAY, say, ticket_of
from tickets import reminders

LANGUAGES = ["vi", "id", "en"]
LATER = MONDAY + timedelta(days=1)
SECRET = "He shouted at my mother"


def write_all(town, language):
    """Take every step that writes to somebody, in one language."""
    for person in town.people.values():
        person.language = language
        person.save()
    officer, head, clerk = town.actor("officer"), town.actor("head"), town.actor("clerk")
    for result in ("resolve", "decline", "redirect"):
        received = say(
            town,
            language=language,
            person=Person(name="Bà Tư", email="tu@example.org", reach="mail"),
            promised="2026-03-06",
        )
        ticket = ticket_of(received)
        ticket.assign(by=clerk, post=town.post("officer"), at=MONDAY, note="Please look")
        ticket.answer(by=officer, note="We look at it", at=MONDAY)
        ticket.extend(by=officer, due=(MONDAY + timedelta(days=9)).date(), note="Parts come late", at=MONDAY)
        ticket.wait(by=officer, until=(MONDAY + timedelta(days=2)).date(), question="Which lamp?", at=MONDAY)
        ticket.resume(by=officer, at=LATER)
        ticket.escalate(by=officer, note="Too big for me", at=LATER)
        if result == "resolve":
            ticket.resolve(by=head, note="New lamp", no_photo="Dark", at=LATER)
            ticket.dispute(by=resident(received), note="Still dark", at=LATER)
        elif result == "decline":
            ticket.decline(by=town.actor("vice_chair"), note="No money", at=LATER)
            ticket.appeal(by=resident(received), note="I disagree", at=LATER)
        else:
            ticket.redirect(by=head, note="Counter 3", at=LATER)
    reminders.plan(at=MONDAY + timedelta(days=60))


def resident(received):
    from tickets.actors import Actor

    return Actor.resident(received.slip)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_has_a_subject_and_a_body_in_each_language(town, language):
    write_all(town, language)

    found = {
        message.key.split(":")[-2] if ":item" in message.key else "" for message in Message.objects.all()
    }
    assert found - {""} == {"answered", "decline", "extended", "question", "redirect", "resolve"}
    for message in Message.objects.all():
        assert message.subject
        assert len(message.body.splitlines()) > 3
        assert "{{" not in message.body
        assert "&#x27;" not in message.body
        assert "&quot;" not in message.body


def test_a_post_hears_what_it_owns_and_where_to_answer(town, clerk):
    ticket = ticket_of(say(town, words="Lamp & <b>wire</b>"))
    ticket.assign(by=town.actor("clerk"), post=town.post("officer"), note="The pole “42”", at=MONDAY)

    mail = Message.objects.get(to_user=town.people["officer"])
    assert mail.subject == f"Yours now: Lamp & <b>wire</b> ({ticket.number})"
    assert f"/app/tickets/{ticket.number}/" in mail.body
    assert "The pole “42”" in mail.body


def test_a_reminder_says_why_and_how_late(town, ticket):
    reminders.plan(at=ticket.due_at + timedelta(days=5))

    said = {message.to_user: message.body for message in Message.objects.filter(key__startswith="reminders:")}
    assert "2 working days late" in said[ticket.owner.answers_at(MONDAY)]
    assert f"“{ticket.owner}” owns it" in said[ticket.owner.answers_at(MONDAY)]
    assert f"/app/tickets/{ticket.number}/" in said[ticket.owner.answers_at(MONDAY)]


def test_a_resident_gets_the_own_slip_and_nobody_elses_data(town):
    mine = say(town, person=Person(name="Bà Tư", email="tu@example.org", reach="mail"))
    ticket = ticket_of(mine)
    say(
        town,
        words="My cousin Bảy told me too",
        joins=ticket,
        person=Person(name="Ông Bảy", phone="+84900000007", email="bay@example.org", reach="mail"),
    )
    ticket.resolve(by=town.actor("clerk"), note="New lamp fitted", no_photo="Too dark", at=MONDAY)

    mail = Message.objects.get(address="tu@example.org")
    assert f"/s/{mine.slip.code}/" in mail.body
    code = mine.slip.code
    assert f"{code[:4]} {code[4:8]} {code[8:]}" in mail.body
    assert [word for word in ("Bảy", "bay@", "900000007") if word in mail.subject + mail.body] == []


def test_a_confidential_matter_is_never_named_in_a_mail(town):
    received = say(
        town,
        words=SECRET,
        summary=SECRET,
        category="conduct",
        kind=Kind.CONDUCT,
        person=Person(name="Bà Tư", email="tu@example.org", reach="mail"),
    )
    ticket = ticket_of(received)
    chair = town.actor("chair")
    ticket.answer(by=chair, note=SECRET, at=MONDAY)
    ticket.escalate(by=chair, note=SECRET, at=MONDAY)
    reminders.plan(at=MONDAY + timedelta(days=60))
    ticket.resolve(by=town.actor("province"), note=SECRET, no_photo="none", at=MONDAY)
    ticket.dispute(by=resident(received), note=SECRET, at=timezone.now())

    mails = list(Message.objects.all())
    assert len(mails) >= 4
    assert [mail.subject for mail in mails if SECRET in mail.subject + mail.body] == []
    assert [mail.key for mail in mails if ticket.number not in mail.subject + mail.body] == []
