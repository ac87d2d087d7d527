"""The commands one types refuse what they cannot do with a sentence, before anything is started."""

import os
import re
import socket
import subprocess
import sys

import pytest
from django.conf import settings

COMMANDS = ["up", "test", "check", "browser", "chaos", "bench"]


def typed(command, *words, **variables):
    """Type a command of bin/ and see what it answers."""
    return subprocess.run(
        [sys.executable, f"bin/{command}", *words],
        cwd=settings.BASE_DIR,
        env=os.environ | {"KOPI_VENV": sys.prefix} | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def taken_port():
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        yield somebody.getsockname()[1]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_can_be_typed(command):
    path = settings.BASE_DIR / "bin" / command

    assert os.access(path, os.X_OK)
    assert path.read_text().startswith("#!/usr/bin/env python3\n")


def test_a_used_port_is_refused_with_another_one_to_choose(taken_port, tmp_path):
    answer = typed("up", "--port", str(taken_port), "--data", str(tmp_path))

    assert answer.returncode == 1
    assert answer.stderr == (
        f"Port {taken_port} cannot be used: Address already in use."
        f" Choose another: bin/up --port {taken_port + 1}\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_none_is_refused(tmp_path):
    answer = typed("up", "--port", "70000", "--data", str(tmp_path))

    assert answer.stderr == "Port 70000 cannot be used: it is not between 1 and 65535.\n"


@pytest.mark.parametrize("command", ["bench", "chaos"])
def test_an_unknown_name_is_answered_with_those_there_are(command):
    answer = typed(command, "nonsense")

    assert answer.returncode == 1
    assert re.search(r"there is: \w+", answer.stderr)


@pytest.mark.parametrize(
    ("figure", "goal", "less_is_better", "line"),
    [
        (1543.0, 1000, False, "reads: 1543 a second (goal 1000) ok"),
        (900.0, 1000, False, "reads: 900 a second (goal 1000) short"),
        (3.25, 5, True, "reads: 3.25 a second (goal 5) ok"),
        (7.0, 5, True, "reads: 7 a second (goal 5) short"),
    ],
)
def test_a_bench_ends_with_its_figure_and_its_goal(figure, goal, less_is_better, line):
    code = f"import _bench; _bench.report('reads', {figure}, 'a second', {goal}, less_is_better={less_is_better})"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR / "bench", capture_output=True, text=True
    )

    assert said.stdout == line + "\n"


def test_every_package_is_locked_with_its_hash():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lock = (settings.BASE_DIR / name).read_text()
        packages = re.findall(r"^([\w\[\]-]+)==", lock, re.MULTILINE)
        blocks = re.split(r"^(?=[\w\[\]-]+==)", lock, flags=re.MULTILINE)[1:]

        assert [block.split("==")[0] for block in blocks if "--hash=sha256:" not in block] == []
        assert len(packages) > 10
        assert not re.search(
            r"^--|://", "\n".join(line for line in lock.splitlines() if not line.startswith("#"))
        )


def test_the_house_does_not_open_insecurely(tmp_path):
    answer = typed(
        "up", "--port", "38491", "--data", str(tmp_path), KOPI_SECRET_KEY="short", KOPI_ENV_FILE=os.devnull
    )

    assert answer.returncode == 1
    assert "Kopi does not start" in answer.stderr
    assert answer.stdout == ""
