"""Values over time as an area with a line on it, and as a sparkline.

Lengths are in the units of the SVG's view box; y grows downwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ccgather.ui.charts.scale import ticks_of

WIDTH = 960
HEIGHT = 240
LEFT = 56
RIGHT = 8
TOP = 10
BOTTOM = 28
_LABELS = 5


@dataclass(frozen=True, slots=True)
class Point:
    """One value at its place, and the column (`left`, `width`) in which a pointer means it."""

    x: float
    y: float
    left: float
    width: float
    day: date
    value: int


@dataclass(frozen=True, slots=True)
class ValueTick:
    """A line across the chart at a round value."""

    y: float
    value: int


@dataclass(frozen=True, slots=True)
class DayTick:
    """A day under the chart; `anchor` keeps the first and last inside."""

    x: float
    day: date
    anchor: str


@dataclass(frozen=True, slots=True)
class Series:
    """The geometry of one area chart."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    area: str
    line: str
    points: tuple[Point, ...]
    values: tuple[ValueTick, ...]
    days: tuple[DayTick, ...]


def series_of(*, values: Sequence[tuple[date, int]]) -> Series:
    """The chart of (day, value) pairs, in the order given and equally far apart."""
    ticks = ticks_of(top=max((value for _, value in values), default=0))
    floor = HEIGHT - BOTTOM
    high = floor - TOP
    step = (WIDTH - LEFT - RIGHT) / max(1, len(values))
    points = tuple(
        Point(
            x=round(LEFT + step * (index + 0.5), 2),
            y=_y_of(value, top=ticks[-1], floor=floor, high=high),
            left=round(LEFT + step * index, 2),
            width=round(step, 2),
            day=day,
            value=value,
        )
        for index, (day, value) in enumerate(values)
    )
    line = _line_through([(point.x, point.y) for point in points])
    return Series(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        bottom=floor,
        area=f"{line}L{points[-1].x:g} {floor}L{points[0].x:g} {floor}Z" if points else "",
        line=line,
        points=points,
        values=tuple(
            ValueTick(_y_of(tick, top=ticks[-1], floor=floor, high=high), tick) for tick in ticks
        ),
        days=day_ticks([(point.x, point.day) for point in points]),
    )


def days_between(values: Mapping[date, int], *, first: date, last: date) -> list[tuple[date, int]]:
    """A pair for each day first..last, 0 where there is no value, so that a line is true."""
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return [(day, values.get(day, 0)) for day in days]


def sums_by_week(values: Sequence[tuple[date, int]]) -> list[tuple[date, int]]:
    """The sums of ISO weeks, named by their Mondays; the first and last may be cut short."""
    sums: dict[date, int] = {}
    for day, value in values:
        monday = day - timedelta(days=day.weekday())
        sums[monday] = sums.get(monday, 0) + value
    return list(sums.items())


def sparkline_of(*, values: Sequence[int], width: int = 120, height: int = 28) -> str:
    """The path of a small line without axes: nought is the bottom, the largest value the top."""
    if not values:
        return ""
    top = max(*values, 1)
    step = width / max(1, len(values) - 1)
    return _line_through(
        [
            (round(step * index, 2), round(height - 1 - (height - 2) * value / top, 2))
            for index, value in enumerate(values)
        ]
    )


def _y_of(value: int, *, top: int, floor: int, high: int) -> float:
    return round(floor - high * value / top, 2)


def _line_through(points: Sequence[tuple[float, float]]) -> str:
    return "".join(f"{'L' if index else 'M'}{x:g} {y:g}" for index, (x, y) in enumerate(points))


def day_ticks(points: Sequence[tuple[float, date]]) -> tuple[DayTick, ...]:
    """Up to five days, equally far apart, the first and the last among them."""
    if not points:
        return ()
    last = len(points) - 1
    count = min(_LABELS, len(points))
    places = sorted({round(last * index / max(1, count - 1)) for index in range(count)})
    return tuple(
        DayTick(
            x=points[place][0],
            day=points[place][1],
            anchor="start" if place == 0 else "end" if place == last else "middle",
        )
        for place in places
    )
