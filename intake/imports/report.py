"""What was not brought in, and why: a CSV that a spreadsheet may open without danger."""

import csv
import unicodedata
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Self

HEADER = ("file", "line", "id", "reason", "explanation")


def as_text(cell: str) -> str:
    """`cell` so that no spreadsheet takes it for a formula: with an apostrophe before what would begin one."""
    bare = unicodedata.normalize("NFKC", cell.lstrip(" ")[:1])
    return f"'{cell}" if bare and bare in "=+-@\t\r\0" else cell


class Report:
    """Rows that were left out, written as they come, and counted by reason."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reasons: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # utf-8-sig, because spreadsheets guess otherwise; what is no text is written as escapes.
        self.file = open(self.path, "w", encoding="utf-8-sig", errors="backslashreplace", newline="")
        self.writer = csv.writer(self.file)
        self.writer.writerow(HEADER)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()

    def add(self, file: str, line: int, reference: str, code: str, why: str) -> None:
        self.reasons[code] += 1
        cells = [as_text(" ".join(cell.split())) for cell in (file, str(line), reference[:80], code, why)]
        self.writer.writerow(cells)

    @property
    def count(self) -> int:
        return self.reasons.total()
