"""The whole walk of one concern through the real house: said, promised, reminded, done, judged."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.visits import ask, signed_in, visitor, wait_for_demo
from tests.house import House

WORDS = "Đèn trước nhà số 7 hẻm 15 tắt ba đêm rồi."


@pytest.fixture(scope="module", autouse=True)
def demo_is_filled(house: House) -> None:
    """bin/up fills the demo behind the first page; the walk begins when it is there."""
    wait_for_demo(house)


def lamp() -> dict[str, object]:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "gold").save(out, "JPEG")
    return {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def capture(page: Page, house: House) -> str:
    """Write the concern down at today's table, promised in three days; the slip's code."""
    page.goto(f"{house.url}/app/capture/")
    page.fill("[name=words]", WORDS)
    page.locator("[name=category][value=light]").check(force=True)
    page.locator("[name=outcome][value=promised]").check(force=True)
    page.fill("[name=promise_due]", (datetime.now(UTC) + timedelta(days=3)).date().isoformat())
    page.get_by_role("button", name="Save and hand over the slip").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    code = re.sub(r"\D", "", page.locator(".code").first.inner_text())
    page.get_by_role("link", name="Print the slip").click()
    expect(page.locator(".sheet.a6 .code")).to_be_visible()
    return code


def resolve(page: Page, house: House, number: str, note: str) -> None:
    page.goto(f"{house.url}/app/tickets/{number}/resolve/")
    form = page.locator("form#resolve")
    form.locator("[name=note]").fill(note)
    form.locator("input[type=file]").set_input_files([lamp()])  # type: ignore[list-item]
    form.get_by_role("button").last.click()
    expect(page.locator("main")).to_contain_text("Reported done")


def judge(browser: Browser, house: House, code: str, answer: str) -> str:
    """The resident types the code, without JavaScript, and says how it is; what the page says then."""
    with visitor(browser, java_script_enabled=False) as page:
        page.goto(f"{house.url}/s/")
        page.fill("input[name=code]", " ".join(code[at : at + 4] for at in (0, 4, 8)))
        page.press("input[name=code]", "Enter")
        page.wait_for_url(f"**/s/{code}/")
        page.locator(f"#verdict [name=answer][value={answer}]").check(force=True)
        page.locator("#verdict button").click()
        return page.locator("main").inner_text()


def test_the_walk_of_one_concern(house: House, browser: Browser):
    with signed_in(browser, house, "thuky01@kopi.example") as scribe:
        code = capture(scribe, house)

    find = (
        f"from tickets.models import Ticket; t = Ticket.objects.get(raisings__item__slips__code='{code}'); "
    )
    number, owner = ask(
        house,
        find + "from django.utils import timezone; print(t.number, t.owner.answers_at(timezone.now()).email)",
    ).split()

    # Ten days pass: the dates of this one ticket move back, and beat finds it late by itself.
    house.kill("worker")
    ask(
        house,
        find + "from datetime import timedelta as d; "
        "Ticket.objects.filter(pk=t.pk).update(due_at=t.due_at - d(days=13), clock_from=t.clock_from - d(days=13), "
        "next_reminder_at=t.clock_from - d(days=13)); print('moved')",
    )
    sent = (
        find + "from outbox.models import Message; "
        "print(Message.objects.filter(reminders__ticket=t, state='sent').exists())"
    )
    house.until(lambda: ask(house, sent) == "True", 90, "the reminder")
    mailbox = [path.read_bytes() for path in (house.data / "mailbox").iterdir()]
    assert any(number.encode() in mail for mail in mailbox)

    with signed_in(browser, house, owner) as page:
        page.goto(f"{house.url}/app/promises/")
        expect(page.locator("main")).to_contain_text("hẻm 15")
        resolve(page, house, number, "Đã thay bóng mới.")

        house.kill("web")
        assert "The matter is open again" in judge(browser, house, code, "partly")
        page.goto(f"{house.url}/app/tickets/{number}/")
        expect(page.locator("main")).to_contain_text("Reopened")
        resolve(page, house, number, "Đã thay cả chóa đèn.")

    judge(browser, house, code, "fixed")
    assert ask(house, find + "print(t.status, t.verdicts.count())") == "confirmed 2"

    with signed_in(browser, house, "quantri@kopi.example") as administrator:
        administrator.goto(f"{house.url}/app/messages/")
        expect(administrator.locator("main")).to_contain_text("Sent")

    assert "ok" in house.manage("check_invariants")
