"""Streaks: consecutive active UTC days over the stored history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Streaks:
    """Lengths in days."""

    current: int
    longest: int


def streaks_of(*, active_days: Iterable[date], today: date) -> Streaks:
    """Current and longest streak; a streak is alive through yesterday.

    A day ahead of UTC (a report in a zone ahead) belongs to the current streak.
    """
    one_day = timedelta(days=1)
    longest = run = 0
    previous: date | None = None
    for day in sorted(set(active_days)):
        run = run + 1 if previous is not None and day - previous == one_day else 1
        longest = max(longest, run)
        previous = day
    alive = previous is not None and previous >= today - one_day
    return Streaks(current=run if alive else 0, longest=longest)
