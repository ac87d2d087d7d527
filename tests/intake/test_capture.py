"""Writing down what a resident says: the walk from the table to the slip."""

from datetime import timedelta

import pytest
from django.urls import reverse

from feedback.models import Category, Contact, FeedbackItem
from tests.intake.conftest import filled, photo
from tests.people import say, sit_down
from tickets.lifecycle import Status
from tickets.models import Promise, Ticket

pytestmark = pytest.mark.usefixtures("clock", "table")


def address(table):
    return reverse("capture_table", args=[table.pk])


def test_the_way_in_leads_to_the_scribes_table(phone, table):
    answer = phone.get("/app/capture/")

    assert (answer.status_code, answer.url) == (302, address(table))


def test_whoever_sits_nowhere_comes_to_todays_board(client_of, town, session):
    answer = client_of(town.people["youth"]).get("/app/capture/")

    assert answer.url == reverse("board", args=[session.uuid])


def test_on_a_day_without_coffee_the_counter_is_offered(phone, clock, monday, ward):
    clock.move_to(monday + timedelta(days=2))

    answer = phone.get("/app/capture/")

    assert answer.status_code == 200
    assert reverse("capture_counter", args=[ward.code]) in answer.text


def test_a_concern_is_saved_read_back_and_gets_its_slip(phone, table, scribe):
    answer = phone.post(address(table), filled(place="Hẻm 42"), follow=True)

    item = FeedbackItem.objects.get()
    assert (item.words, item.place, item.recorded_by) == ("The lamp in alley 42 is dark.", "Hẻm 42", scribe)
    assert (item.table, item.neighbourhood) == (table, table.session.neighbourhood)
    slip = item.slips.get()
    code = f"{slip.code[:4]} {slip.code[4:8]} {slip.code[8:]}"
    assert answer.status_code == 200
    assert answer.text.count(code) == 1
    assert answer.text.count("data:image/svg+xml") == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"words": "", "category": "light"},
        {"words": "Something", "category": None},
        {"words": "", "category": None, "photos": "photo"},
    ],
)
def test_words_or_category_or_a_photo_is_enough(phone, table, fields):
    if fields.get("photos"):
        fields = fields | {"photos": photo()}

    assert phone.post(address(table), filled(**fields)).status_code == 302
    assert FeedbackItem.objects.count() == 1


def test_a_promise_defaults_to_the_host_and_the_usual_time(phone, table, town):
    phone.post(address(table), filled(outcome="promised"))

    promise = Promise.objects.get()
    assert promise.post == town.post("chair")
    assert promise.original_due.isoformat() == "2026-03-04"  # two working days for a lamp


def test_a_promise_keeps_its_own_day_post_and_words(phone, table, town):
    phone.post(
        address(table),
        filled(
            outcome="promised",
            promise_post=town.post("head").pk,
            promise_due="2026-03-20",
            promise_words="New lamp",
        ),
    )

    promise = Promise.objects.get()
    assert (promise.post, promise.original_due.isoformat(), promise.words) == (
        town.post("head"),
        "2026-03-20",
        "New lamp",
    )


def test_a_vacant_post_may_promise(phone, table, town):
    town.post("head").appointments.all().delete()

    answer = phone.post(address(table), filled(outcome="promised", promise_post=town.post("head").pk))

    assert answer.status_code == 302


@pytest.mark.parametrize("outcome", ["answered", "fixed", "advised"])
def test_what_is_settled_at_the_table_opens_no_ticket(phone, table, outcome):
    answer = phone.post(address(table), filled(outcome=outcome, answer="Bring the red book."), follow=True)

    assert (Ticket.objects.count(), FeedbackItem.objects.get().answer) == (0, "Bring the red book.")
    assert "Bring the red book." in answer.text


def test_the_same_form_twice_is_one_concern(phone, table):
    form = filled()

    first, second = phone.post(address(table), form), phone.post(address(table), form)

    assert (first.status_code, second.status_code, first.url) == (302, 302, second.url)
    assert FeedbackItem.objects.count() == 1


def test_the_same_form_with_other_words_is_refused_and_keeps_them(phone, table):
    form = filled()
    phone.post(address(table), form)

    answer = phone.post(address(table), form | {"words": "Something else entirely"})

    assert answer.status_code == 409
    assert "Something else entirely" in answer.text
    assert form["uuid"] not in answer.text
    assert [item.words for item in FeedbackItem.objects.all()] == [form["words"]]


def test_me_too_joins_an_open_ticket(phone, table, town, monday):
    ticket = say(town, at=monday).ticket

    phone.post(address(table), filled(joins=ticket.number))

    assert (Ticket.objects.count(), ticket.raisings.count()) == (1, 2)


def test_the_select_of_me_too_follows_the_category(phone, town, ward, monday):
    say(town, at=monday, words="The dark lamp")
    say(town, at=monday, words="The blocked drain", category="drain")

    text = phone.get(reverse("capture_similar", args=[ward.code]), {"category": "drain"}).text

    assert ("The blocked drain" in text, "The dark lamp" in text) == (True, False)


def test_nobody_is_offered_a_confidential_matter_to_join(phone, town, ward, monday, table):
    ticket = say(town, at=monday, words="The clerk shouted", category="conduct").ticket

    assert "The clerk shouted" not in phone.get(reverse("capture_similar", args=[ward.code])).text
    assert phone.post(address(table), filled(joins=ticket.number)).status_code == 400


def test_a_contact_is_kept_apart_with_consent(phone, table):
    phone.post(
        address(table), filled(name="Bà Sáu", phone="0912 345 678", reach="call", consent="on"), follow=True
    )

    contact = Contact.objects.get()
    assert (contact.name, contact.phone, contact.reach) == ("Bà Sáu", "+84912345678", "call")


def test_the_next_concern_of_the_same_person_carries_the_contact_and_logs_it(phone, table, scribe):
    phone.post(address(table), filled(name="Bà Sáu", consent="on"))
    item = FeedbackItem.objects.get()

    text = phone.get(address(table), {"same": str(item.uuid)}).text

    assert 'value="Bà Sáu"' in text
    assert [reading.user for reading in item.contact.readings.all()] == [scribe]


def test_nobody_else_carries_the_contact_on(client_of, phone, table, clerk):
    phone.post(address(table), filled(name="Bà Sáu", consent="on"))
    item = FeedbackItem.objects.get()

    assert "Bà Sáu" not in client_of(clerk).get(address(table), {"same": str(item.uuid)}).text


@pytest.mark.parametrize("same", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_person_before_is_nobody(phone, table, same):
    assert phone.get(address(table), {"same": same}).status_code == 200


def test_a_matter_about_staff_is_confidential_and_can_be_read_back_for_an_hour(phone, table, clock, monday):
    answer = phone.post(address(table), filled(category="conduct", words="The officer shouted"), follow=True)
    item = FeedbackItem.objects.get()
    page = reverse("captured", args=[item.uuid])

    assert (item.kind, Ticket.objects.get().confidential) == ("conduct", True)
    assert "The officer shouted" in answer.text
    clock.move_to(monday + timedelta(minutes=61))
    assert phone.get(page).status_code == 404


def test_the_named_person_goes_with_a_matter_about_staff_only(phone, table, town):
    held = town.post("officer").appointments.get()

    phone.post(address(table), filled(category="conduct", about=held.pk))
    phone.post(address(table), filled(category="light", about=held.pk))

    assert [item.about for item in FeedbackItem.objects.order_by("pk")] == [held, None]


def test_mending_changes_words_place_and_the_tickets_title(phone, table):
    phone.post(address(table), filled(words="The lump is dark"))
    item = FeedbackItem.objects.get()
    page = reverse("correct_capture", args=[item.uuid])
    assert phone.get(page).status_code == 200

    phone.post(page, {"words": "The lamp is dark", "place": "Hẻm 42", "category": "light"})

    item.refresh_from_db()
    assert (item.words, item.place, Ticket.objects.get().title) == (
        "The lamp is dark",
        "Hẻm 42",
        "The lamp is dark",
    )


def test_mending_the_category_tells_those_who_may_move_the_ticket(phone, table):
    phone.post(address(table), filled())
    item = FeedbackItem.objects.get()

    phone.post(reverse("correct_capture", args=[item.uuid]), {"words": item.words, "category": "drain"})

    item.refresh_from_db()
    assert item.category.code == "drain"
    assert [event.verb for event in Ticket.objects.get().events.all()] == ["open", "note"]


def test_a_clerk_who_mends_the_category_moves_the_ticket(client_of, clerk, table):
    client = client_of(clerk)
    client.post(address(table), filled())
    item = FeedbackItem.objects.get()

    client.post(reverse("correct_capture", args=[item.uuid]), {"words": item.words, "category": "drain"})

    ticket = Ticket.objects.get()
    assert (ticket.category.code, ticket.status) == ("drain", Status.RECORDED)


def test_nothing_is_mended_after_five_minutes(phone, table, clock, monday):
    phone.post(address(table), filled())
    item = FeedbackItem.objects.get()
    clock.move_to(monday + timedelta(minutes=6))

    answer = phone.post(reverse("correct_capture", args=[item.uuid]), {"words": "Something else"})

    item.refresh_from_db()
    assert (answer.status_code, item.words) == (302, "The lamp in alley 42 is dark.")


def test_the_counter_takes_concerns_without_a_session(phone, ward):
    phone.post(reverse("capture_counter", args=[ward.code]), filled())

    assert FeedbackItem.objects.get().table is None


def test_a_table_of_another_ward_does_not_exist(phone, other_town, monday):
    table = sit_down(other_town, monday).tables.get()

    assert phone.get(address(table)).status_code == 404
    assert phone.post(address(table), filled()).status_code == 404
    assert phone.get(reverse("capture_counter", args=[other_town.ward.code])).status_code == 404
    assert FeedbackItem.objects.count() == 0


@pytest.mark.parametrize("key", ["administrator", "province"])
def test_whoever_may_not_write_down_finds_no_form(client_of, town, table, key):
    client = client_of(town.people[key])

    pages = [
        "/app/capture/",
        address(table),
        reverse("allegation"),
        reverse("capture_counter", args=[town.ward.code]),
    ]
    assert [client.get(page).status_code for page in pages] == [404] * 4


def test_nobody_signed_in_is_asked_to_sign_in(client, table):
    answer = client.get(address(table))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_what_somebody_else_wrote_is_not_read_back_here(phone, client_of, table, town):
    phone.post(address(table), filled())
    page = reverse("captured", args=[FeedbackItem.objects.get().uuid])

    assert client_of(town.people["youth"]).get(page).status_code == 404


def test_the_formal_way_stores_nothing(phone):
    assert phone.get(reverse("allegation")).status_code == 200
    assert phone.post(reverse("allegation"), {"words": "x"}).status_code == 405
    assert FeedbackItem.objects.count() == 0


def test_a_morning_that_has_not_come_takes_no_concern(phone, town, monday):
    table = sit_down(town, monday + timedelta(days=3)).tables.get()

    assert phone.post(address(table), filled()).status_code == 302
    assert FeedbackItem.objects.count() == 0


def test_a_ward_can_replace_a_category(phone, table, ward):
    Category.objects.create(
        ward=ward,
        preset="VN",
        code="light",
        name_vi="Đèn",
        name_id="Lampu",
        name_en="Lamps",
        office_kind="economy",
    )

    assert phone.post(address(table), filled()).status_code == 302
    assert FeedbackItem.objects.get().category.ward == ward
