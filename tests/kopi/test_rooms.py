"""The arrows of the house: a room knows only the rooms to its left, in code, in keys and in templates."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOMS = ["wards", "outbox", "sessions_app", "feedback", "tickets", "intake"]
DOORS_OUT = ["residents", "dashboards", "papers"]
EVERY_ROOM = [*ROOMS, *DOORS_OUT, "kopi"]
ROOT: Path = settings.BASE_DIR
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt"))


def may_know(room: str, other: str) -> bool:
    """True if the arrow from `room` to `other` points left, or stays in the room."""
    if room == other or room == "kopi":
        return True
    if room in DOORS_OUT:
        return other in ROOMS
    return other in ROOMS and ROOMS.index(other) < ROOMS.index(room)


def test_the_import_contract_holds():
    pytest.importorskip("importlinter", reason="import-linter comes with requirements-dev.txt")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


def test_no_room_imports_a_room_to_its_right():
    """The same contract without import-linter, so that plain pytest keeps it too."""
    wrong = []
    for room in EVERY_ROOM:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                names = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names = [node.module]
                others = {name.split(".")[0] for name in names} & set(EVERY_ROOM)
                wrong += [f"{path.relative_to(ROOT)} imports {o}" for o in others if not may_know(room, o)]

    assert wrong == []


def test_every_key_points_left():
    wrong = []
    for model in apps.get_models():
        room = model._meta.app_label
        if room not in EVERY_ROOM:
            continue
        for field in model._meta.get_fields():
            if field.auto_created or not field.is_relation or field.related_model is None:
                continue
            other = field.related_model._meta.app_label
            if other in EVERY_ROOM and not may_know(room, other):
                wrong.append(f"{model.__name__}.{field.name} points to {other}")

    assert wrong == []


def test_no_migration_waits_for_a_room_to_its_right():
    wrong = []
    for room in EVERY_ROOM:
        for path in sorted((ROOT / room / "migrations").glob("0*.py")):
            for other in re.findall(r'\(\s*"(\w+)",\s*"\d{4}_', path.read_text()):
                if other in EVERY_ROOM and not may_know(room, other):
                    wrong.append(f"{path.relative_to(ROOT)} depends on {other}")

    assert wrong == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_includes_only_its_own_room_and_those_to_its_left(path):
    inside = path.relative_to(ROOT / "templates").parts
    room = inside[0] if inside[0] in EVERY_ROOM else None
    wrong = []
    for name in re.findall(r"{%\s*(?:include|extends)\s+[\"']([^\"']+)[\"']", path.read_text()):
        first = name.split("/")[0] if "/" in name else None
        if first in EVERY_ROOM and (room is None or not may_know(room, first)):
            wrong.append(name)
        if first is None and name != "base.html" and not name.startswith("_"):
            wrong.append(name)

    assert wrong == []


def test_a_room_shows_only_templates_of_its_own_and_those_to_its_left():
    wrong = []
    for room in EVERY_ROOM:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                    continue
                named = re.fullmatch(r"(\w+)/[\w/.-]+\.(?:html|txt)", node.value)
                if named and named[1] in EVERY_ROOM and not may_know(room, named[1]):
                    wrong.append(f"{path.relative_to(ROOT)} shows {node.value}")

    assert wrong == []


@pytest.mark.parametrize(
    ("room", "other"), [("wards", "tickets"), ("residents", "papers"), ("outbox", "kopi")]
)
def test_the_rule_itself_refuses_an_arrow_to_the_right(room, other):
    assert not may_know(room, other)
