"""Ranks over time: a line with the best rank at the top, broken where there was none.

Lengths are in the units of the SVG's view box; y grows downwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ccgather.ui.charts.scale import ticks_of
from ccgather.ui.charts.series import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    DayTick,
    ValueTick,
    day_ticks,
)


@dataclass(frozen=True, slots=True)
class RankPoint:
    """One rank at its place, and the column in which a pointer means it; `is_alone` when no line
    leads to it. `y` and `rank` are None for a day without one."""

    x: float
    y: float | None
    left: float
    width: float
    day: date
    rank: int | None
    is_alone: bool


@dataclass(frozen=True, slots=True)
class RankLine:
    """The geometry of one chart of ranks."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    line: str
    points: tuple[RankPoint, ...]
    values: tuple[ValueTick, ...]
    days: tuple[DayTick, ...]


def rank_line_of(*, ranks: Sequence[tuple[date, int | None]]) -> RankLine:
    """The chart of (day, rank or None) pairs, in the order given and equally far apart."""
    known = [rank for _, rank in ranks if rank is not None]
    ticks = rank_ticks_of(best=min(known, default=1), worst=max(known, default=1))
    floor = HEIGHT - BOTTOM
    step = (WIDTH - LEFT - RIGHT) / max(1, len(ranks))

    def y_of(rank: int) -> float:
        return round(TOP + (floor - TOP) * (rank - ticks[0]) / (ticks[-1] - ticks[0]), 2)

    points = tuple(
        RankPoint(
            x=round(LEFT + step * (index + 0.5), 2),
            y=None if rank is None else y_of(rank),
            left=round(LEFT + step * index, 2),
            width=round(step, 2),
            day=day,
            rank=rank,
            is_alone=rank is not None and not _has_neighbour(ranks, index),
        )
        for index, (day, rank) in enumerate(ranks)
    )
    return RankLine(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        bottom=floor,
        line=_broken_line_through(points),
        points=points,
        values=tuple(ValueTick(y_of(tick), tick) for tick in ticks),
        days=day_ticks([(point.x, point.day) for point in points]),
    )


def rank_ticks_of(*, best: int, worst: int) -> tuple[int, ...]:
    """Round ranks from the first not after `best` to the first not before `worst`; nobody is 0th,
    so that a chart near the top begins with 1."""
    step = max(1, ticks_of(top=worst - best)[1])
    first = best // step * step
    ticks = [max(1, first)]
    while ticks[-1] < worst or len(ticks) < 2:
        ticks.append(first + step * len(ticks))
    return tuple(ticks)


def _has_neighbour(ranks: Sequence[tuple[date, int | None]], index: int) -> bool:
    around = (index - 1, index + 1)
    return any(0 <= place < len(ranks) and ranks[place][1] is not None for place in around)


def _broken_line_through(points: Sequence[RankPoint]) -> str:
    parts: list[str] = []
    is_drawing = False
    for point in points:
        if point.y is not None:
            parts.append(f"{'L' if is_drawing else 'M'}{point.x:g} {point.y:g}")
        is_drawing = point.y is not None
    return "".join(parts)
