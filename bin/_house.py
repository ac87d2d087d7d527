"""What the commands in bin/ share: the environment, free ports, a PostgreSQL and a Redis of one's own.

Only the standard library, because bin/up begins on a machine that has nothing else.
"""

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("KOPI_VENV") or ROOT / ".venv")
PYTHON = str(VENV / "bin" / "python")


def say(text: str) -> None:
    """One line for the person at the terminal, at once."""
    print(text, flush=True)


def environment(*, dev: bool = False) -> None:
    """Make .venv and install the locks, checking hashes; nothing happens while the locks are the same."""
    if sys.version_info < (3, 11):  # noqa: UP036  this is where an old Python gets told
        sys.exit(f"Kopi needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    for name in ["requirements.txt"] + (["requirements-dev.txt"] if dev else []):
        lock = ROOT / name
        stamp = VENV / f".{lock.stem}"
        print_of_lock = hashlib.sha256(lock.read_bytes()).hexdigest()
        if Path(PYTHON).exists() and stamp.exists() and stamp.read_text() == print_of_lock:
            continue
        if not Path(PYTHON).exists():
            say("Making the environment in .venv ...")
            made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False)
            if made.returncode:
                shutil.rmtree(VENV, ignore_errors=True)
                sys.exit("Python's venv is missing here; on Debian: apt install python3-venv")
        say(f"Installing {name}, each file checked against its hash ...")
        pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "-qq"]
        # Compiling everything would cost ten seconds; what is used is compiled when it is used.
        done = subprocess.run(
            [*pip, "--no-compile", "--no-deps", "--require-hashes", "-r", str(lock)], check=False
        )
        if done.returncode:
            sys.exit(f"{name} could not be installed; the lines above say why.")
        stamp.write_text(print_of_lock)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """True if somebody listens on the port."""
    with socket.socket() as door:
        door.settimeout(1)
        return door.connect_ex((host, port)) == 0


def stop(process: "subprocess.Popen[bytes]", with_signal: int = signal.SIGTERM, patience: float = 15) -> None:
    """End one process we started, and wait for it; by force if it does not listen."""
    if process.poll() is None:
        process.send_signal(with_signal)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def postgres_folder() -> Path | None:
    """Where PostgreSQL's server programs are, the newest first; None if there are none."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: float(path.parent.parent.name),
        reverse=True,
    )
    initdb = found[0] if found else shutil.which("initdb")
    return Path(initdb).parent if initdb else None


def missing_servers() -> str:
    """What keeps us from starting PostgreSQL and Redis, as a phrase; empty if nothing does."""
    missing = [] if postgres_folder() else ["PostgreSQL (apt install postgresql)"]
    missing += [] if shutil.which("redis-server") else ["Redis (apt install redis-server)"]
    return " and ".join(missing)


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL of one's own in a temporary folder on a free port: yields its DATABASE_URL."""
    programs = postgres_folder()
    if programs is None:
        raise RuntimeError("PostgreSQL's server programs are not here.")
    folder = Path(tempfile.mkdtemp(prefix="kopi-pg-"))
    become: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        become = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    port = free_port()
    init = ["initdb", "-D", "data", "-U", "kopi", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    run = ["postgres", "-D", "data", "-k", str(folder), "-p", str(port), "-c", "listen_addresses=127.0.0.1"]
    # Data that lives for one test need not survive a power cut.
    run += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
    server = None
    try:
        with open(folder / "log", "wb") as log:
            subprocess.run(
                [*become, str(programs / init[0]), *init[1:]], cwd=folder, check=True, stdout=log, stderr=log
            )
            server = subprocess.Popen(
                [*become, str(programs / run[0]), *run[1:]], cwd=folder, stdout=log, stderr=log
            )
        ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        wait_for(lambda: subprocess.run(ready, check=False).returncode == 0, server, folder / "log")
        create = [str(programs / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "kopi", "kopi"]
        subprocess.run(create, check=True)
        yield f"postgres://kopi@127.0.0.1:{port}/kopi"
    finally:
        if server:
            stop(server, signal.SIGINT)  # "fast": do not wait for clients
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A Redis of one's own on a free port: yields its REDIS_URL."""
    folder = Path(tempfile.mkdtemp(prefix="kopi-redis-"))
    port = free_port()
    run = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with open(folder / "log", "wb") as log:
        server = subprocess.Popen([*run, "--dir", str(folder)], stdout=log, stderr=log)
    try:
        wait_for(lambda: answers(port), server, folder / "log")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        stop(server)
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def servers() -> Iterator[dict[str, str]]:
    """PostgreSQL and Redis together: yields the variables that make Kopi use them."""
    with postgres() as database, redis() as broker:
        yield {"DATABASE_URL": database, "REDIS_URL": broker}


def wait_for(ready, process: "subprocess.Popen[bytes]", log: Path, patience: float = 30) -> None:  # type: ignore[no-untyped-def]
    """Wait until ready() is true; raise with the log if the process ends or the time runs out."""
    end = time.monotonic() + patience
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"{process.args!r} did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)


def pytest(args: list[str], variables: dict[str, str] | None = None) -> int:
    """Run pytest from the top folder; returns its exit code."""
    return subprocess.run(
        [PYTHON, "-m", "pytest", *args], cwd=ROOT, env={**os.environ, **(variables or {})}, check=False
    ).returncode
