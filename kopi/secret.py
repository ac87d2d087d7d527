"""The demo's secret key: random, made once, kept beside its database, readable by its owner only."""

import os
import secrets
from pathlib import Path


def kept_secret(path: Path) -> str:
    """Return the secret kept in the file; make one first if there is none, even when two processes ask at once."""
    if not path.exists():
        draft = path.with_name(f".{path.name}-{os.getpid()}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # the other process was first, and its key holds
        finally:
            draft.unlink()
    return path.read_text().strip()
