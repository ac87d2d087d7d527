"""The real product for a test: bin/up with its web, worker and clock, in a folder of its own on a free port."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bin"))

import _house  # noqa: E402  the standard library's part of bin/


class House:
    """One running Kopi. `url` is its address, `data` its folder."""

    def __init__(self, data: Path, variables: dict[str, str]) -> None:
        self.data = data
        self.port = _house.free_port()
        self.url = f"http://localhost:{self.port}"
        plain = {key: value for key, value in os.environ.items() if not key.startswith(("KOPI_", "PYTEST_"))}
        for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DJANGO_SETTINGS_MODULE"):
            plain.pop(name, None)
        self.variables = plain | {
            "KOPI_DATA": str(data),
            "KOPI_PORT": str(self.port),
            "KOPI_VENV": sys.prefix,  # the environment that runs this test
            "KOPI_ENV_FILE": os.devnull,
            "KOPI_DEMO": "1",
            "KOPI_TICK": "1",
            **variables,
        }
        self.log = data / "log"

    def open(self, patience: float = 120) -> None:
        """Start everything and wait for the first page."""
        self.data.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "bin/up", "--port", str(self.port)],
                cwd=ROOT,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.until(self.answers, patience, "its first page")

    def close(self) -> None:
        """Ctrl-C."""
        _house.stop(self.process, signal.SIGINT, patience=40)

    def answers(self) -> bool:
        """True if a page comes, whatever it says."""
        try:
            page = http.client.HTTPConnection("localhost", self.port, timeout=10)
            page.request("HEAD", "/accounts/login/")
            return page.getresponse().status < 500
        except OSError:
            return False

    def manage(self, *words: str) -> str:
        """What `manage.py` says to these words; raises with its complaint if it fails."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.variables,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise AssertionError(f"manage.py {' '.join(words)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def pid(self, child: str) -> int:
        """The process id of "web", "worker" or, with Redis, "beat"."""
        return int((self.data / "run" / f"{child}.pid").read_text())

    def kill(self, child: str) -> None:
        """kill -9 for the child and all it started, then wait until the watch has a new one."""
        old = self.pid(child)
        os.killpg(old, signal.SIGKILL)
        self.until(lambda: self.pid(child) != old, 30, f"a new {child}")
        if child == "web":
            self.until(self.answers, 30, "a page from the new web")

    def until(self, happened, patience: float, what: str) -> None:
        """Wait for something to become true; raises with the house's log if it does not."""
        end = time.monotonic() + patience
        while not happened():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"{what} did not come:\n{self.log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.1)


@contextmanager
def opened(data: Path, kind: str = "default", **variables: str) -> Iterator[House]:
    """A house that is open inside the block: kind "default" (SQLite, files) or "postgres" (PostgreSQL, Redis)."""
    if kind == "postgres":
        with _house.servers() as found, opened(data, **found, **variables) as house:
            yield house
        return
    house = House(data, variables)
    try:
        house.open()
        yield house
    finally:
        house.close()


def missing_servers() -> str:
    """What a house of the kind "postgres" would lack here; empty if nothing."""
    return _house.missing_servers()
