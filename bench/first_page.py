"""Seconds from typing bin/up to the first page: on a fresh copy of the tree, and the second time."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _bench import ROOT, _house, report

LEFT_BEHIND = (
    ".venv",
    "var",
    "static-built",
    ".git",
    "__pycache__",
    ".mypy_cache",
    ".pytest_cache",
    ".hypothesis",
)


def first_page(tree: Path, log: Path) -> float:
    """Start bin/up in the tree, wait for a page that answers 200, and close it again."""
    port = _house.free_port()
    kept = {key: value for key, value in os.environ.items() if not key.startswith("KOPI_")}
    began = time.monotonic()
    with open(log, "ab") as output:
        house = subprocess.Popen(
            [sys.executable, "bin/up", "--port", str(port)], cwd=tree, env=kept, stdout=output, stderr=output
        )
        try:
            while house.poll() is None and time.monotonic() - began < 300:
                try:
                    page = http.client.HTTPConnection("localhost", port, timeout=30)
                    page.request("GET", "/")
                    if page.getresponse().status in (200, 302):
                        return time.monotonic() - began
                except OSError:
                    pass
                time.sleep(0.05)
            raise SystemExit("No page came:\n" + log.read_text(errors="replace")[-2000:])
        finally:
            _house.stop(house, signal.SIGINT, patience=40)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="kopi-first-page-") as folder:
        tree = Path(folder) / "kopi"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT_BEHIND), symlinks=True)
        fresh = first_page(tree, Path(folder) / "log")
        again = first_page(tree, Path(folder) / "log")
    met = [
        report("first_page", fresh, "s", 60, less_is_better=True),
        report("second_start", again, "s", 5, less_is_better=True),
    ]
    sys.exit(0 if all(met) else 1)
