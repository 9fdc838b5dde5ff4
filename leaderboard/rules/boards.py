"""Boards, their windows of UTC days, and the words that name them in addresses."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from leaderboard.errors import UnknownPeriodError


class Board(StrEnum):
    """What a standing is kept for. The value is stored and appears in addresses."""

    ALL = "all"
    TODAY = "today"
    LAST_7_DAYS = "7d"
    LAST_30_DAYS = "30d"
    WEEK = "week"
    MONTH = "month"


class Metric(StrEnum):
    """What people are ordered by."""

    TOKENS = "tokens"
    COST = "cost"
    DAYS = "days"


ROLLING_DAYS = {Board.TODAY: 1, Board.LAST_7_DAYS: 7, Board.LAST_30_DAYS: 30}
"""Boards whose window moves every midnight, with its length in days, today included."""

CALENDAR_BOARDS = (Board.WEEK, Board.MONTH)
"""Boards whose past windows stay readable."""

EPOCH = date(1970, 1, 1)
"""The window start of the board without one."""

FIRST_YEAR = 2020
"""Reports name no day before this year, so no window lies before it."""

_PAST_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
_PAST_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """The UTC days start..end, both included, that one board covers."""

    board: Board
    start: date
    end: date

    def covers(self, day: date) -> bool:
        """Whether a day's usage counts in this window."""
        return self.start <= day <= self.end


def window_of(*, board: Board, day: date) -> Window:
    """The window of `board` that is current when the UTC day is `day`."""
    if board is Board.ALL:
        return Window(board, EPOCH, date.max)
    if board is Board.WEEK:
        start = day - timedelta(days=day.weekday())
        return Window(board, start, start + timedelta(days=6))
    if board is Board.MONTH:
        start = day.replace(day=1)
        return Window(board, start, _last_of_month(start))
    return Window(board, day - timedelta(days=ROLLING_DAYS[board] - 1), day)


def calendar_windows_of(*, day: date) -> tuple[Window, ...]:
    """The windows that hold a day's usage for good: all, its week, its month."""
    return (
        window_of(board=Board.ALL, day=day),
        window_of(board=Board.WEEK, day=day),
        window_of(board=Board.MONTH, day=day),
    )


def window_named(*, period: str, today: date) -> Window:
    """The window that a period in an address names.

    `all`, `today`, `7d`, `30d`, `week`, `month` as of `today`, or a past or present ISO week
    `2026-W47` or month `2026-11`. Raises UnknownPeriodError.
    """
    try:
        return window_of(board=Board(period), day=today)
    except ValueError:
        pass
    try:
        if match := _PAST_WEEK.fullmatch(period):
            start = date.fromisocalendar(int(match[1]), int(match[2]), 1)
            return _past(Window(Board.WEEK, start, start + timedelta(days=6)), period, today)
        if match := _PAST_MONTH.fullmatch(period):
            start = date(int(match[1]), int(match[2]), 1)
            return _past(Window(Board.MONTH, start, _last_of_month(start)), period, today)
    except ValueError:
        pass
    raise UnknownPeriodError(period)


def _past(window: Window, period: str, today: date) -> Window:
    if window.start > today or window.start.year < FIRST_YEAR - 1:
        raise UnknownPeriodError(period)
    return window


GRACE_DAYS = 2
"""Days after the end of a week or month in which late usage still counts in it."""


def is_final(window: Window, *, at: datetime) -> bool:
    """Whether late usage no longer counts in this past week or month.

    Its standings may still fall, by a correction or a decision, and people may leave it; nothing
    rises and nobody comes. A window that never closes, or moves on every midnight, is never final.
    """
    if window.board not in CALENDAR_BOARDS:
        return False
    return (at.date() - window.end).days > GRACE_DAYS


def period_name_of(window: Window, *, today: date) -> str:
    """The word that names a window in an address: the inverse of `window_named`."""
    if window == window_of(board=window.board, day=today):
        return str(window.board)
    if window.board is Board.WEEK:
        year, week, _ = window.start.isocalendar()
        return f"{year}-W{week:02d}"
    return f"{window.start:%Y-%m}"


def _last_of_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
