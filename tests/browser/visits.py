"""How a browser test comes into the house: asking it, visiting it, signing in."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from tests.house import House

PASSWORD = "ca-phe-sang"


def ask(house: House, code: str) -> str:
    """The last line that a piece of Python prints inside the house."""
    lines = house.manage("shell", "--no-imports", "-c", code).strip().splitlines()
    return lines[-1] if lines else ""


def wait_for_demo(house: House) -> None:
    """bin/up fills the demo behind the first page."""
    house.until(
        lambda: ask(house, "from kopi import demo; print(bool(demo.sample_slips()))") == "True",
        240,
        "the demo",
    )


@contextmanager
def visitor(browser: Browser, **more: object) -> Iterator[Page]:
    """A browser of one's own, in English unless said otherwise, that fails on anything the page's policy refuses."""
    context = browser.new_context(**({"locale": "en-US"} | more))  # type: ignore[arg-type]
    page = context.new_page()
    refused: list[str] = []
    page.on(
        "console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None
    )
    page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 500 else None)
    yield page
    context.close()
    assert refused == []


@contextmanager
def signed_in(browser: Browser, house: House, email: str, **more: object) -> Iterator[Page]:
    """The same, with one of the demo's people signed in."""
    with visitor(browser, **more) as page:
        page.goto(f"{house.url}/accounts/login/")
        page.fill("input[name=login]", email)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/app/**")
        yield page
