"""Kill the house's programs again and again; it comes back, and closing it leaves nobody behind."""

import os
import signal
import time

import pytest

from tests.house import House, missing_servers, opened


def left_behind(house: House) -> str:
    """Processes that still carry the house's folder in their environment."""
    found = []
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            with (
                open(f"/proc/{number}/environ", "rb") as variables,
                open(f"/proc/{number}/cmdline", "rb") as words,
            ):
                if f"KOPI_DATA={house.data}".encode() in variables.read().split(b"\0"):
                    found.append(words.read().replace(b"\0", b" ").decode())
        except OSError:
            continue  # it ended meanwhile, or is not ours
    return "\n".join(found)


@pytest.mark.parametrize("kind", ["default", "postgres"])
def test_every_killed_child_comes_back_and_closing_leaves_nobody(tmp_path, kind):
    if kind == "postgres" and missing_servers():
        pytest.skip(f"{missing_servers()} is not on this machine")
    with opened(tmp_path / "data", kind) as house:
        children = ["web", "worker"] + (["beat"] if kind == "postgres" else [])
        for child in children * 3:
            house.until(lambda child=child: (house.data / "run" / f"{child}.pid").exists(), 30, child)
            house.kill(child)
        assert house.answers()

    assert left_behind(house) == ""


def test_a_killed_watch_takes_its_children_along(tmp_path):
    with opened(tmp_path / "data") as house:
        house.process.send_signal(signal.SIGKILL)
        house.process.wait()
        end = time.monotonic() + 30
        while left_behind(house) and time.monotonic() < end:
            time.sleep(0.2)

        assert left_behind(house) == ""
