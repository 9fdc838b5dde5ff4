"""Windows of days and the words that name them."""

from datetime import UTC, date, datetime

import pytest

from leaderboard.errors import UnknownPeriodError
from leaderboard.rules.boards import Board, is_final, period_name_of, window_named, window_of

TODAY = date(2026, 11, 20)  # a Friday, in ISO week 47


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("today", date(2026, 11, 20), date(2026, 11, 20)),
        ("7d", date(2026, 11, 14), date(2026, 11, 20)),
        ("30d", date(2026, 10, 22), date(2026, 11, 20)),
        ("week", date(2026, 11, 16), date(2026, 11, 22)),
        ("month", date(2026, 11, 1), date(2026, 11, 30)),
        ("2026-W46", date(2026, 11, 9), date(2026, 11, 15)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-W01", date(2024, 12, 30), date(2025, 1, 5)),
    ],
)
def test_a_period_names_its_days(period: str, start: date, end: date) -> None:
    window = window_named(period=period, today=TODAY)
    assert (window.start, window.end) == (start, end)


def test_seven_days_are_seven_days() -> None:
    window = window_of(board=Board.LAST_7_DAYS, day=TODAY)
    assert (window.end - window.start).days + 1 == 7


@pytest.mark.parametrize(
    "period",
    [
        "",
        "8d",
        "2026-W48",
        "2026-12",
        "2026-W54",
        "2026-13",
        "1999-01",
        "٢٠٢٦-11",
        "2026-11 ",
        "all\x00",
    ],
)
def test_nonsense_and_the_future_name_no_period(period: str) -> None:
    with pytest.raises(UnknownPeriodError):
        window_named(period=period, today=TODAY)


@pytest.mark.parametrize(
    "period", ["all", "today", "7d", "30d", "week", "month", "2026-W46", "2026-10"]
)
def test_a_window_is_named_by_the_word_that_asked_for_it(period: str) -> None:
    assert period_name_of(window_named(period=period, today=TODAY), today=TODAY) == period


@pytest.mark.parametrize(
    ("period", "at", "final"),
    [
        ("2026-W47", datetime(2026, 11, 24, 23, 59, tzinfo=UTC), False),
        ("2026-W47", datetime(2026, 11, 25, tzinfo=UTC), True),
        ("2026-11", datetime(2026, 12, 2, 23, 59, tzinfo=UTC), False),
        ("2026-11", datetime(2026, 12, 3, tzinfo=UTC), True),
        ("all", datetime(2036, 1, 1, tzinfo=UTC), False),
        ("7d", datetime(2036, 1, 1, tzinfo=UTC), False),
    ],
)
def test_weeks_and_months_are_final_two_days_after_their_end(
    period: str, at: datetime, final: bool
) -> None:
    assert is_final(window_named(period=period, today=TODAY), at=at) is final


def test_the_current_month_by_its_number_is_the_month_board() -> None:
    assert period_name_of(window_named(period="2026-11", today=TODAY), today=TODAY) == "month"
