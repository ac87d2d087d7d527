"""What people of the demo ward said and what became of it, read from the TOML files beside this module."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

HERE = Path(__file__).resolve().parent
ON_THE_SPOT = frozenset({"answered", "fixed", "advised"})


@dataclass(frozen=True)
class Matter:
    """One matter: the residents who raised it, each with own words, and its fate.

    `fate` is the status it should end in, or "overdue" (`late` working days past its date); empty for what
    was settled at the table.
    """

    category: str
    title: str
    voices: tuple[str, ...]
    outcome: str
    kind: str = "problem"
    fate: str = ""
    who: str = "everybody"
    kp: int = 0  # neighbourhood, 0: wherever the session was
    place: str = ""
    households: int | None = None
    language: str = "vi"
    said: str = ""  # the answer at the table
    promise: str = ""
    done: str = ""
    progress: tuple[str, ...] = ()
    question: str = ""
    reason: str = ""
    procedure: str = ""
    dispute: str = ""  # what the resident says when it is not fixed
    body: str = ""
    letter: str = ""
    into: str = ""  # title of the matter it is merged into
    after: str = ""  # title of the matter it speaks of: it was said at a later morning
    about: str = ""  # key of the post complained about
    pictures: str = ""
    late: int = 0
    many: bool = False  # raised again at later sessions
    quick: bool = False  # done the next day

    @property
    def seed(self) -> int:
        """A number that belongs to the matter: every choice that looks like chance comes from it."""
        return crc32(self.title.encode())

    @property
    def on_the_spot(self) -> bool:
        return self.outcome in ON_THE_SPOT

    @property
    def promised_days(self) -> int | None:
        """Working days the words of the promise mean; None when they name no time."""
        if self.quick or re.search(r"ngày mai|hôm nay|sáng mai|chiều nay", self.promise):
            return 1
        if number := re.search(r"(\d+) ngày", self.promise):
            return int(number[1])
        for word, days in (("tuần", 5), ("tháng", 20), ("quý", 45)):
            if word in self.promise:
                return days
        return None


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def ward() -> dict[str, Any]:
    """The ward, its offices, posts, tables and outside bodies, as ward.toml has them."""
    return _read(HERE / "ward.toml")


@cache
def matters() -> tuple[Matter, ...]:
    """Every matter, in the order of the files."""
    audience = {"veterans": "retired", "women": "parents", "residents": "everybody"}
    found = []
    for path in sorted((HERE / "matters").glob("*.toml")):
        for category, rows in _read(path).items():
            for row in rows:
                row["voices"] = tuple(row["voices"])
                row["progress"] = tuple(row.get("progress", ()))
                row["who"] = audience.get(row.get("who", "everybody"), row.get("who", "everybody"))
                found.append(Matter(category=category, **row))
    return tuple(found)
