"""The contribution graph: weeks in columns, weekdays in rows (Monday first), heat 0..4 a day.

Lengths are in the units of the SVG's view box.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

CELL = 11
GAP = 3
STEP = CELL + GAP
LEFT = 30
TOP = 18
HEATS = range(5)
_LABELLED_WEEKDAYS = (0, 2, 4)
_MONTH_WIDTH_IN_WEEKS = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """One day: the top left corner of its square, and its heat."""

    x: int
    y: int
    day: date
    heat: int


@dataclass(frozen=True, slots=True)
class MonthLabel:
    """The first day of a month, written above the week that holds it."""

    x: int
    month: date


@dataclass(frozen=True, slots=True)
class WeekdayLabel:
    """A weekday (0 is Monday), written left of its row at the baseline `y`."""

    y: int
    weekday: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """The geometry of one graph over the days start..end, both included."""

    start: date
    end: date
    width: int
    height: int
    cells: tuple[Cell, ...]
    months: tuple[MonthLabel, ...]
    weekdays: tuple[WeekdayLabel, ...]


def calendar_of(*, heat: Mapping[date, int], start: date, end: date) -> Calendar:
    """The graph of the days start..end; a day that `heat` does not name has heat 0."""
    first_monday = start - timedelta(days=start.weekday())
    weeks = (end - first_monday).days // 7 + 1
    days = [start + timedelta(days=offset) for offset in range((end - start).days + 1)]
    cells = tuple(
        Cell(
            x=_x_of((day - first_monday).days // 7),
            y=TOP + day.weekday() * STEP,
            day=day,
            heat=min(max(heat.get(day, 0), HEATS[0]), HEATS[-1]),
        )
        for day in days
    )
    return Calendar(
        start=start,
        end=end,
        width=_x_of(weeks) - GAP,
        height=TOP + 7 * STEP - GAP,
        cells=cells,
        months=_month_labels(days, first_monday, weeks),
        weekdays=tuple(
            WeekdayLabel(y=TOP + weekday * STEP + CELL - 2, weekday=weekday)
            for weekday in _LABELLED_WEEKDAYS
        ),
    )


def last_year_of(*, today: date) -> tuple[date, date]:
    """The whole weeks that end with the week of `today`: 53 columns at most."""
    this_monday = today - timedelta(days=today.weekday())
    return (this_monday - timedelta(weeks=52), today)


def _x_of(week: int) -> int:
    return LEFT + week * STEP


def _month_labels(days: list[date], first_monday: date, weeks: int) -> tuple[MonthLabel, ...]:
    """A label a month, left out where the next would touch it or the edge would cut it."""
    labels: list[tuple[int, date]] = []
    for day in days:
        week = (day - first_monday).days // 7
        if (day.day == 1 or day == days[0]) and week <= weeks - _MONTH_WIDTH_IN_WEEKS:
            if labels and week - labels[-1][0] < _MONTH_WIDTH_IN_WEEKS:
                labels.pop()
            labels.append((week, day))
    return tuple(MonthLabel(x=_x_of(week), month=day) for week, day in labels)
