"""Streaks over stored days."""

from datetime import date, timedelta

import pytest

from leaderboard.rules.streaks import streaks_of

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("days_ago", "current", "longest"),
    [
        ([], 0, 0),
        ([0], 1, 1),
        ([1], 1, 1),
        ([2], 0, 1),
        ([0, 1, 2, 5, 6, 7, 8], 3, 4),
        ([1, 2, 3], 3, 3),
        ([-1, 0, 1], 3, 3),
        ([2, 3, 4, 4, 4], 0, 3),
    ],
)
def test_streaks(days_ago: list[int], current: int, longest: int) -> None:
    days = [TODAY - timedelta(days=n) for n in days_ago]
    streaks = streaks_of(active_days=days, today=TODAY)
    assert (streaks.current, streaks.longest) == (current, longest)
