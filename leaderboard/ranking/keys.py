"""How the boards are named and ordered in Redis, and which windows it holds.

One sorted set for each (generation, window, metric, scope). The score is minus the metric, read
ascending; equal scores fall to the member's bytes: the first submission in microseconds since 1970,
big-endian, then the id. PostgreSQL orders uuids by their bytes too, so both rankings order alike.
The braces keep the keys of one window together in a Redis Cluster, where a transaction needs it.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from string import ascii_uppercase
from uuid import UUID

from leaderboard.rules.boards import (
    ROLLING_DAYS,
    Metric,
    Window,
    calendar_windows_of,
    window_of,
)

Place = tuple[str, date]
"""(board, window start)."""

EXACT_BELOW = 2**53
"""Scores are doubles: from here on neighbouring integers share one."""

MEMBER_BYTES = 24

_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_GRACE = timedelta(days=2)
"""A past window's usage is final after two days; a report may name days up to two days ahead."""


def held_windows_of(*, days: Collection[date]) -> list[Window]:
    """The windows Redis holds while the boards stand at `days`: those whose usage may still change.

    Older weeks and months are final, smaller and rarely read: PostgreSQL answers for them.
    """
    windows = {window_of(board=board, day=day) for day in days for board in ROLLING_DAYS}
    for day in days:
        for near in (day - _GRACE, day, day + _GRACE):
            windows.update(calendar_windows_of(day=near))
    return sorted(windows)


def place_of(window: Window) -> Place:
    """What a window is found by."""
    return window.board.value, window.start


def member_of(*, user_id: UUID, first_submission_at: datetime) -> bytes:
    """A person's entry on every board."""
    microseconds = (first_submission_at - _UNIX_EPOCH) // _MICROSECOND
    return microseconds.to_bytes(8, "big") + user_id.bytes


def user_of(member: bytes) -> UUID:
    """Whose entry it is."""
    return UUID(bytes=member[8:])


def _prefix(generation: str, place: Place) -> str:
    return f"ccgather:rank:{{{generation}.{place[0]}.{place[1]:%Y%m%d}}}"


def board_key(generation: str, place: Place, metric: Metric, country: str) -> bytes:
    """The sorted set of one metric; `country` is empty for the world."""
    return f"{_prefix(generation, place)}:{metric.value}:{country}".encode()


def ready_key(generation: str, place: Place) -> bytes:
    """There while the window's sets are complete. Gone with everything else when Redis is emptied,
    and only whoever filled the window can put it there."""
    return f"{_prefix(generation, place)}:ready".encode()


def filling_key(generation: str, place: Place) -> bytes:
    """There while the window is filled; renamed to the ready key at the end. Had Redis been emptied
    meanwhile, there would be nothing to rename."""
    return f"{_prefix(generation, place)}:filling".encode()


def all_keys(generation: str, place: Place) -> Iterator[bytes]:
    """Every key that a window can have; the marks come first."""
    yield ready_key(generation, place)
    yield filling_key(generation, place)
    for metric in Metric:
        yield board_key(generation, place, metric, "")
        for first, second in product(ascii_uppercase, repeat=2):
            yield board_key(generation, place, metric, first + second)
