"""Lines drawn on the server: points of an SVG, so that a chart needs neither JavaScript nor a style of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Mark:
    """One line of the grid or one word under it."""

    at: float
    text: str


@dataclass(frozen=True)
class Lines:
    """Two series over weeks in a box of width × height."""

    width: int
    height: int
    first: str  # points "x,y x,y …" of the continuous line
    second: str  # of the dashed one
    ends: tuple[tuple[float, float], tuple[float, float]]
    levels: list[Mark]
    weeks: list[Mark]

    @property
    def floor(self) -> int:
        return self.height - 35

    @property
    def words_at(self) -> int:
        return self.height - 12


def top_of(highest: int) -> int:
    """The first round number, divisible by two, that is not under `highest`."""
    unit = 1
    while True:
        for step in (2, 4, 6, 10):
            if highest <= step * unit:
                return step * unit
        unit *= 10


def lines(weeks: Sequence[tuple[date, int, int]], *, width: int, height: int, every: int) -> Lines:
    """Draw (Monday, second, first) rows; every `every`-th week is named, counted from the last."""
    left, right, head, foot = 44, 14, 16, 35
    top = top_of(max([1, *(n for _day, *both in weeks for n in both)]))
    across = (width - left - right) / max(1, len(weeks) - 1)
    deep = height - head - foot

    def y(n: float) -> float:
        return round(height - foot - deep * n / top, 1)

    def x(place: int) -> float:
        return round(left + across * place, 1)

    def points(values: Iterable[int]) -> str:
        return " ".join(f"{x(place)},{y(n)}" for place, n in enumerate(values))

    last = len(weeks) - 1
    return Lines(
        width,
        height,
        points(done for _day, _came, done in weeks),
        points(came for _day, came, _done in weeks),
        ((x(last), y(weeks[last][2])), (x(last), y(weeks[last][1]))),
        [Mark(y(level), str(level)) for level in (0, top // 2, top)],
        [
            Mark(min(x(place), width - 26), f"{row[0].day}/{row[0].month}")
            for place, row in enumerate(weeks)
            if (last - place) % every == 0
        ],
    )


def spark(values: Sequence[float | None], *, width: int = 200, height: int = 44, top: float = 3) -> str:
    """Points of a small line from 1 to `top`; what is missing is left out."""
    across = (width - 12) / max(1, len(values) - 1)
    return " ".join(
        f"{6 + across * place:.1f},{height - 6 - (height - 12) * (value - 1) / (top - 1):.1f}"
        for place, value in enumerate(values)
        if value is not None
    )
