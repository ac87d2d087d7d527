"""Every template parses, names files that are there, and holds nothing the strict policy would refuse."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template

FOLDER: Path = settings.BASE_DIR / "templates"
TEMPLATES = sorted(
    str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.suffix in (".html", ".txt")
)
PAGES = [name for name in TEMPLATES if name.endswith(".html") and "/email/" not in name]

REFUSED = {
    "a style of its own": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "a script inside": re.compile(
        r"<script\b(?![^>]*\ssrc\s*=)(?![^>]*type=\"application/json\")[^>]*>", re.IGNORECASE
    ),
    "a script behind an attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script as an address": re.compile(r"javascript:", re.IGNORECASE),
    "something from outside": re.compile(
        r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.I
    ),
}


def refused(text: str) -> list[str]:
    """What the policy would refuse in a page."""
    return [what for what, pattern in REFUSED.items() if pattern.search(text)]


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_parses(name):
    get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_static_file_a_template_names_is_there(name):
    named = re.findall(r"{%\s*static\s+[\"']([^\"']+)[\"']", (FOLDER / name).read_text())

    assert [path for path in named if finders.find(path) is None] == []


@pytest.mark.parametrize("name", PAGES)
def test_no_page_holds_what_the_policy_refuses(name):
    text = re.sub(
        r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|<!--.*?-->", "", (FOLDER / name).read_text(), flags=re.S
    )

    assert refused(text) == []


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color:red">',
        "<style>p{}</style>",
        "<script>alert(1)</script>",
        '<button type="button" onclick="x()">',
        '<a href="javascript:x()">',
        '<img alt="" src="https://example.org/x.png">',
    ],
)
def test_the_rule_itself_sees_each_kind(text):
    assert len(refused(text)) == 1
