"""Every bad field gets its answer on the form: status 400 with a sentence at the field, nothing stored."""

import io
import json
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import escape
from PIL import Image

from feedback import text
from feedback.models import FeedbackItem
from tests.intake.conftest import filled, photo

SHARED = Path(os.environ.get("KOPI_SHARED") or settings.BASE_DIR.parent / "shared") / "data" / "nasty"
needs_nasty = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the collection of nasty input is not on this machine"
)

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def send(phone, table):
    """Send the form with some fields changed; gives the answer."""

    def sent(**changed):
        return phone.post(reverse("capture_table", args=[table.pk]), filled(**changed))

    return sent


REACHED = {"name": "Bà Sáu", "consent": "on"}
BAD = {
    "nothing at all": ({"words": "", "category": None}, "words"),
    "blanks only": ({"words": " \t\n  ", "category": None}, "words"),
    "zero width only": ({"words": "\u200b\u200d\ufeff\u2060", "category": None}, "words"),
    "a megabyte of words": ({"words": "a" * 1_000_000}, "words"),
    "NUL in the words": ({"words": "a\0b"}, "words"),
    "NUL in the place": ({"place": "a\0b"}, "place"),
    "a place of two lines": ({"place": "one\ntwo"}, "place"),
    "a name of two lines": ({"name": "one\r\nBcc: two", "consent": "on"}, "name"),
    "a phone with letters": (REACHED | {"phone": "0912 CALL ME"}, "phone"),
    "a phone too short": (REACHED | {"phone": "12"}, "phone"),
    "two addresses in one": (REACHED | {"email": "a@example.org, b@example.org"}, "email"),
    "an address with a line end": (REACHED | {"email": "a@example.org\nb@example.org"}, "email"),
    "no address": (REACHED | {"email": "nobody"}, "email"),
    "households with underscore": ({"households": "1_000"}, "households"),
    "2^63 households": ({"households": str(2**63)}, "households"),
    "5,000 digits": ({"households": "9" * 5000}, "households"),
    "minus households": ({"households": "-3"}, "households"),
    "no household": ({"households": "0"}, "households"),
    "half a household": ({"households": "1.5"}, "households"),
    "latitude NaN": ({"latitude": "NaN", "longitude": "106.6"}, "latitude"),
    "latitude without end": ({"latitude": "inf", "longitude": "106.6"}, "latitude"),
    "latitude 1e400": ({"latitude": "1e400", "longitude": "106.6"}, "latitude"),
    "beyond the pole": ({"latitude": "91", "longitude": "106.6"}, "latitude"),
    "latitude alone": ({"latitude": "11.03"}, "longitude"),
    "an unknown category": ({"category": "dragons"}, "category"),
    "NUL as category": ({"category": "\0"}, "category"),
    "an unknown kind": ({"kind": "rumour"}, "kind"),
    "conduct as kind": ({"kind": "conduct"}, "kind"),
    "no outcome": ({"outcome": None}, "outcome"),
    "an unknown outcome": ({"outcome": "forgotten"}, "outcome"),
    "30 February": ({"outcome": "promised", "promise_due": "2026-02-30"}, "promise_due"),
    "the year 10000": ({"outcome": "promised", "promise_due": "10000-01-01"}, "promise_due"),
    "a day that passed": ({"outcome": "promised", "promise_due": "2026-03-01"}, "promise_due"),
    "a day in two years": ({"outcome": "promised", "promise_due": "2028-03-01"}, "promise_due"),
    "an unknown post": ({"outcome": "promised", "promise_post": "999999"}, "promise_post"),
    "a post as a word": ({"outcome": "promised", "promise_post": "chair"}, "promise_post"),
    "a post beyond 2^63": ({"outcome": "promised", "promise_post": str(2**70)}, "promise_post"),
    "an unknown neighbourhood": ({"neighbourhood": "999999"}, "neighbourhood"),
    "an unknown ticket to join": ({"joins": "25760-2026-999999"}, "joins"),
    "a contact without consent": ({"name": "Bà Sáu"}, "consent"),
    "a call without phone": ({"reach": "call"}, "phone"),
    "a letter without address": ({"reach": "mail"}, "email"),
    "a visit to nobody": ({"reach": "visit"}, "name"),
    "an unknown way to reach": ({"reach": "pigeon"}, "reach"),
    "no number of the form": ({"uuid": None}, "uuid"),
    "a broken number of the form": ({"uuid": "x"}, "uuid"),
}


@pytest.mark.parametrize(("changed", "field"), BAD.values(), ids=BAD)
def test_a_bad_field_is_answered_at_the_field(send, changed, field):
    answer = send(**changed)

    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert FeedbackItem.objects.count() == 0


def test_a_post_of_another_ward_promises_nothing_here(send, other_town):
    answer = send(outcome="promised", promise_post=other_town.post("chair").pk)

    assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["promise_post"])


def test_a_post_that_owns_nothing_promises_nothing(send, town):
    assert send(outcome="promised", promise_post=town.post("scribe").pk).status_code == 400


def test_a_neighbourhood_of_another_ward_is_unknown_here(send, other_town):
    assert send(neighbourhood=other_town.neighbourhood.pk).status_code == 400


def test_what_was_typed_stays_on_the_form(send):
    answer = send(words="A very long story", households="1_000")

    assert "A very long story" in answer.text


@pytest.mark.parametrize("character", ["\ud800", "\udfff", "\0"])
def test_half_a_character_is_refused(character):
    with pytest.raises(ValidationError):
        text.clean(f"a{character}b")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("abc\u202edef", "abcdef"),
        ("a\u2066b\u2069", "ab"),
        ("e" + "\u0301" * 500, "é" + "\u0301" * 8),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\x07b\x1b[31m", "ab[31m"),
        ("Đe\u0300n", "Đèn"),
        ("\u200b", ""),
        ("👩\u200d🌾", "👩\u200d🌾"),
        ("\ufeff  a  ", "\ufeff  a"),
    ],
)
def test_text_is_kept_as_it_can_be_read(typed, kept):
    assert text.clean(typed) == kept


@pytest.mark.parametrize("typed", ["１２", "١٢", "12", "१२", " 12 "])
def test_digits_of_every_script_count(send, typed):
    send(households=typed)

    assert FeedbackItem.objects.get().households == 12


def test_full_width_digits_make_a_telephone_number(send):
    send(phone="０９１２３４５６７８", consent="on")

    assert FeedbackItem.objects.get().contact.phone == "+84912345678"


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "{{7*7}}", "{% url 'x' %}", "=HYPERLINK(1)"])
def test_markup_is_stored_and_shown_as_text(send, phone, words):
    answer = send(words=words)
    page = phone.get(answer.url)

    assert FeedbackItem.objects.get().words == words
    assert f'<p class="said h-xl">{escape(words)}</p>' in page.text


@needs_nasty
def test_naughty_strings_never_break_the_form(send):
    strings = json.loads((SHARED / "blns" / "blns.json").read_text())
    statuses = {send(words=words, place=words, name=words, consent="on").status_code for words in strings}

    assert statuses <= {302, 400}


@needs_nasty
def test_formulas_are_words_like_others(send):
    formulas = (SHARED / "csv-injection" / "payloads.txt").read_text().splitlines()
    statuses = {send(words=formula).status_code for formula in formulas if formula.strip()}

    assert statuses == {302}


# -- files ----------------------------------------------------------------------------------------------


def upload(name: str, content: bytes, kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


def huge() -> bytes:
    file = io.BytesIO()
    Image.new("1", (8000, 6000)).save(file, "PNG")
    return file.getvalue()


FILES = {
    "an SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', 415),
    "a PDF": (b"%PDF-1.7\n", 415),
    "a GIF": (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", 415),
    "nothing but text": (b"hello", 415),
    "an empty file": (b"", 415),
    "too many pixels": (huge(), 400),
    "26 MB": (b"\xff\xd8\xff" + b"\0" * (26 * 1024 * 1024), 413),
}


@pytest.mark.parametrize(("content", "status"), FILES.values(), ids=FILES)
def test_a_file_that_is_no_photo_is_answered_by_its_status(send, content, status):
    answer = send(photos=upload("a.jpg", content), words="My words stay")

    assert (answer.status_code, list(answer.context["form"].errors)) == (status, ["photos"])
    assert "My words stay" in answer.text
    assert FeedbackItem.objects.count() == 0


def test_a_cut_off_photo_is_damaged(send):
    whole = photo().read()

    assert send(photos=upload("a.jpg", whole[: len(whole) // 2])).status_code == 400


def test_ten_photos_are_kept_and_the_eleventh_is_refused(send):
    colours = [f"#0000{number:02x}" for number in range(0, 220, 20)]

    assert send(photos=[photo(colour=colour) for colour in colours]).status_code == 400
    assert send(photos=[photo(colour=colour) for colour in colours[:10]]).status_code == 302
    assert FeedbackItem.objects.get().photos.count() == 10


@needs_nasty
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("hopper.jpg", 302),
        ("hopper.png", 302),
        ("hopper.webp", 302),
        ("exif_gps.jpg", 302),
        ("hopper_orientation_6.jpg", 302),
        ("hopper.gif", 415),
        ("hopper.bmp", 415),
        ("decompression_bomb.gif", 415),
        ("broken.png", 415),
        ("truncated_jpeg.jpg", 400),
    ],
)
def test_real_pictures_get_their_answer(send, name, status):
    assert send(photos=upload(name, (SHARED / "images-plain" / name).read_bytes())).status_code == status


@needs_nasty
def test_hostile_names_name_nothing(send):
    names = (SHARED / "upload-names" / "names_from_payloadsallthethings.txt").read_text().splitlines()
    for name in [name for name in names if name.strip()][:20]:
        assert send(photos=photo(name)).status_code == 302

    kept = {Path(kept.file.name).suffix for item in FeedbackItem.objects.all() for kept in item.photos.all()}
    assert kept == {".jpg"}
