"""Days side by side on a logarithmic scale: what counts, what waits, and what others have.

Usage differs by powers of ten, so that only a logarithmic scale shows a usual day and an unusual
one together. Days without usage have no mark: there is no nought on such a scale.
Lengths are in the units of the SVG's view box; y grows downwards.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from ccgather.ui.charts.series import DayTick, ValueTick, day_ticks

WIDTH = 960
HEIGHT = 260
LEFT = 56
RIGHT = 8
TOP = 12
BOTTOM = 28
_MOST_LABELS = 7
_SMALLEST = 1_000
"""The axis of nothing at all begins here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StripDay:
    """A day: what counts, and what would count if everything held of it were approved, which is
    None for a day without a hold. Tokens."""

    day: date
    counted: int
    proposed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What usual days lie between, and their middle. Tokens."""

    low: float
    centre: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StripMark:
    """A day at its place, and the column in which a pointer means it; a `y` is None where there
    is nothing to mark."""

    x: float
    left: float
    width: float
    day: StripDay
    counted_y: float | None
    proposed_y: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """What is usual, as a stripe across the chart."""

    y: float
    height: float
    centre_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """The geometry of one strip of days."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    marks: tuple[StripMark, ...]
    band: Band | None
    own_y: float | None
    values: tuple[ValueTick, ...]
    days: tuple[DayTick, ...]


def strip_of(
    *, days: Sequence[StripDay], usual: Usual | None = None, own: float | None = None
) -> Strip:
    """The chart of days, in the order given and equally far apart; `usual` becomes its band, `own`
    (what is usual for this person, in tokens) a line."""
    first, last = _powers_of(days, usual)
    floor = HEIGHT - BOTTOM

    def y_of(value: float) -> float:
        share = (math.log10(value) - first) / (last - first)
        return round(floor - (floor - TOP) * min(max(share, 0.0), 1.0), 2)

    step = (WIDTH - LEFT - RIGHT) / max(1, len(days))
    marks = tuple(
        StripMark(
            x=round(LEFT + step * (index + 0.5), 2),
            left=round(LEFT + step * index, 2),
            width=round(step, 2),
            day=day,
            counted_y=y_of(day.counted) if day.counted > 0 else None,
            proposed_y=y_of(day.proposed) if day.proposed else None,
        )
        for index, day in enumerate(days)
    )
    return Strip(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        bottom=floor,
        marks=marks,
        band=None if usual is None else _band_of(usual, y_of),
        own_y=y_of(own) if own else None,
        values=tuple(ValueTick(y_of(10**power), 10**power) for power in _labels(first, last)),
        days=day_ticks([(mark.x, mark.day.day) for mark in marks]),
    )


def _band_of(usual: Usual, y_of: Callable[[float], float]) -> Band:
    top, bottom = y_of(max(1.0, usual.high)), y_of(max(1.0, usual.low))
    return Band(y=top, height=round(bottom - top, 2), centre_y=y_of(max(1.0, usual.centre)))


def _powers_of(days: Sequence[StripDay], usual: Usual | None) -> tuple[int, int]:
    """The powers of ten that the axis goes from and to; at least two apart."""
    values: list[float] = [day.counted for day in days if day.counted > 0]
    values += [day.proposed for day in days if day.proposed]
    if usual is not None:
        values += [usual.low, usual.high]
    values = [max(1.0, value) for value in values] or [_SMALLEST]
    first = math.floor(math.log10(min(values)))
    last = math.ceil(math.log10(max(values)))
    return (first, last) if last - first >= 2 else (max(0, last - 2), max(2, last))


def _labels(first: int, last: int) -> range:
    return range(first, last + 1, math.ceil((last - first + 1) / _MOST_LABELS))
