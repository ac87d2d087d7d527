"""Records out of a CSV file, whatever it is like: one bad line costs itself and never its neighbours.

Nothing is held in memory but the record being read. Lines are counted as an editor counts them.
"""

import codecs
import csv
import gzip
import io
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

MOST_ROWS = 1_000_000
LONGEST_LINE = 1_000_000  # characters; beyond that it is no table
LINES_PER_RECORD = 50  # a quoted field may hold line breaks; an unclosed quote must not eat the file

_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]


class Unreadable(Exception):
    """A file that cannot be read as a table at all. Its text says why."""


class _TooManyLines(Exception):
    pass


@dataclass(frozen=True)
class Record:
    """One record: where it begins, its fields by column, and what is wrong with it as (code, sentence)."""

    line: int
    fields: dict[str, str]
    wrong: tuple[str, str] | None = None


class _Lines:
    """Lines of a file that can be put back: the csv reader takes them, a failed record returns them."""

    def __init__(self, file: IO[str]) -> None:
        self.file = file
        self.back: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0  # of the last line taken

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= LINES_PER_RECORD:
            raise _TooManyLines
        line = self.back.popleft() if self.back else self.file.readline(LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        if len(line) > LONGEST_LINE:
            raise Unreadable(f"Line {self.number + 1} is longer than {LONGEST_LINE:,} characters.")
        self.taken.append(line)
        self.number += 1
        return line

    def keep_only_first(self) -> None:
        """Put everything but the record's first line back, to be read as records of their own."""
        self.back.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1


def encoding_of(path: Path, otherwise: str) -> str:
    """The encoding the file's first bytes tell, else `otherwise`."""
    with _bytes(path) as file:
        head = file.read(4096)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    # UTF-16 without a mark: every other byte of plain letters is zero.
    for start, encoding in ((0, "utf-16-be"), (1, "utf-16-le")):
        if len(head) >= 8 and head[start::2].count(0) > len(head) * 0.4:
            return encoding
    return otherwise


@contextmanager
def _bytes(path: Path) -> Iterator[IO[bytes]]:
    try:
        with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as file:
            yield file  # type: ignore[misc]
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"{path.name} cannot be read: {error}") from error


def records(path: Path, *, encoding: str, delimiter: str) -> Iterator[Record]:
    """The header first, as a record whose fields name themselves, then every record of the file."""
    encoding = encoding_of(path, encoding)
    # Bytes that are no text stay visible as lone surrogates (or U+FFFD), so that their row is reported.
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    with _bytes(path) as raw:
        # newline="" ends a line where csv does, and nowhere else.
        lines = _Lines(io.TextIOWrapper(raw, encoding=encoding, errors=errors, newline=""))
        header: list[str] = []
        for line, fields, wrong in _split(lines, delimiter, header):
            if not header:
                header += [field.strip() for field in fields]
                if wrong or not any(header):
                    raise Unreadable(f"{path.name} does not begin with a line that names its columns.")
                if len(set(header)) < len(header):
                    raise Unreadable(f"{path.name} names a column twice.")
                yield Record(line, dict(zip(header, header, strict=True)))
                continue
            yield Record(line, dict(zip(header, fields, strict=False)), wrong or _look(fields))


def _split(
    lines: _Lines, delimiter: str, header: list[str]
) -> Iterator[tuple[int, list[str], tuple[str, str] | None]]:
    """(line, fields, what is wrong) of each record that is not blank."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.taken.clear()
        line = lines.number + 1
        wrong = None
        fields: list[str] = []
        try:
            fields = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooManyLines):
            wrong = ("quote", "Its quotation marks do not match.")
            lines.keep_only_first()
        if header and not wrong and fields and len(fields) != len(header):
            wrong = ("fields", f"It has {len(fields)} fields where the header has {len(header)}.")
            lines.keep_only_first()
        if wrong or fields:
            yield line, fields, wrong


def _look(fields: list[str]) -> tuple[str, str] | None:
    """What keeps these fields from being text."""
    joined = "".join(fields)
    if "\0" in joined:
        return "nul", "It holds a NUL character."
    if joined.isascii():
        return None
    if "\ufffd" in joined or any("\ud800" <= char <= "\udfff" for char in joined):
        return "encoding", "It holds bytes that are no text in the file's encoding."
    if any(_is_mojibake(field) for field in fields):
        return "mojibake", "Its letters were garbled before: UTF-8 that was read as Western European."
    return None


def _is_mojibake(text: str) -> bool:
    """Text whose letters, written in Western European bytes, make valid UTF-8: no language looks like that."""
    if text.isascii():
        return False
    try:
        text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return False
    return True


def count(path: Path, *, encoding: str, delimiter: str) -> int:
    """How many records follow the header; refuses more than a million before anything is stored."""
    total = -1
    for total, _record in enumerate(records(path, encoding=encoding, delimiter=delimiter)):
        if total > MOST_ROWS:
            raise Unreadable(f"{path.name} has more than {MOST_ROWS:,} rows. Please cut it into parts.")
    if total < 0:
        raise Unreadable(f"{path.name} is empty.")
    return total
