"""Every page on a phone and on a desk: nothing runs over the edge, nothing breaks an accessibility rule.

bin/browser looks at two combinations; with --all at every width, theme and language.
"""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import EVERYTHING
from tests.browser.visits import ask, signed_in, visitor, wait_for_demo
from tests.house import House

TWO = [(390, "light", "vi"), (1440, "dark", "id")]
ALL = list(product([320, 390, 768, 1440], ["light", "dark"], ["vi", "id", "en"]))
LOCALES = {"vi": "vi-VN", "id": "id-ID", "en": "en-US"}
PAGES: dict[str, list[str]] = {
    "": [
        "/",
        "/s/",
        "/s/{code}/",
        "/w/25760/",
        "/w/25760/sessions/",
        "/privacy/",
        "/accounts/login/",
        "/nowhere/",
    ],
    "thuky01": ["/app/sessions/", "/app/sessions/{session}/board/", "/app/capture/", "/app/me/"],
    "vanphong": ["/app/inbox/", "/app/tickets/", "/app/tickets/{number}/", "/app/slips/{code}/"],
    "chutich": ["/app/promises/", "/app/ward/", "/app/ward/rows/overdue/"],
    "quantri": ["/app/messages/"],
    "thanhpho": ["/app/region/"],
}


@pytest.fixture(scope="module")
def places(house: House) -> dict[str, str]:
    wait_for_demo(house)
    found = ask(
        house,
        "from django.utils import timezone; from kopi import demo; from feedback.models import Slip; "
        "from sessions_app.models import CoffeeSession; code = demo.sample_slips()[0].code; "
        "slip = Slip.objects.get(code=code); at = timezone.now(); "
        "session = CoffeeSession.objects.filter(starts_at__lte=at).first(); "
        "print(code, slip.item.raising.ticket.number, session.uuid)",
    ).split()
    return dict(zip(("code", "number", "session"), found, strict=True))


@pytest.mark.parametrize("house", ["default"], indirect=True)
@pytest.mark.parametrize("who", PAGES)
@pytest.mark.parametrize(("width", "theme", "language"), ALL if EVERYTHING else TWO)
def test_each_page_fits_and_reads(
    house: House, browser: Browser, places: dict[str, str], who: str, width: int, theme: str, language: str
):
    look = {
        "viewport": {"width": width, "height": 900},
        "color_scheme": theme,
        "locale": LOCALES[language],
        "extra_http_headers": {"Accept-Language": language},
    }
    come = signed_in(browser, house, f"{who}@kopi.example", **look) if who else visitor(browser, **look)
    with come as page:
        page.goto(f"{house.url}/?hl={language}")
        faults = {}
        for address in PAGES[who]:
            page.goto(house.url + address.format(**places))
            found = faults_of(page, language)
            if found:
                faults[address] = found
    assert faults == {}


def faults_of(page: Page, language: str) -> list[str]:
    """What is wrong with the page as it stands in the browser."""
    found = [
        f"{rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in Axe().run(page).response["violations"]
    ]
    if page.locator("html").get_attribute("lang") != language:
        found.append("another language")
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if over > 0:
        found.append(f"{over} px over the edge")
    return found
