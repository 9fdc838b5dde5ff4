"""The codes of the device login."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.rules.device_codes import is_polled_too_soon, user_code_of

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["BCDF-GHJK", "bcdfghjk", " bcdf ghjk ", "B-C-D-F-G-H-J-K"])
def test_a_code_is_understood_however_it_is_typed(typed: str) -> None:
    assert user_code_of(typed=typed) == "BCDF-GHJK"


@pytest.mark.parametrize("typed", ["", "BCDF", "BCDF-GHJA", "BCDF-GHJ1", "BCDF-GHJKL", "ＢCDFGHJK"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert user_code_of(typed=typed) is None


@pytest.mark.parametrize(
    ("seconds", "too_soon"), [(None, False), (0, True), (4, True), (4.6, False), (5, False)]
)
def test_a_poll_before_the_interval_is_too_soon_but_for_a_little_jitter(
    seconds: float | None, too_soon: bool
) -> None:
    last = None if seconds is None else NOON - timedelta(seconds=seconds)
    assert is_polled_too_soon(last_polled_at=last, at=NOON) is too_soon
