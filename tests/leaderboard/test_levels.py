"""Levels: thresholds from one table, full at the top."""

import pytest

from leaderboard.rules.levels import LEVELS, level_of


@pytest.mark.parametrize("step", LEVELS)
def test_a_level_begins_at_its_threshold(step: object) -> None:
    level, start = step.level, step.from_tokens  # type: ignore[attr-defined]
    assert level_of(tokens=start).level == level
    if start:
        assert level_of(tokens=start - 1).level == level - 1


def test_progress_is_the_fraction_of_the_way() -> None:
    half = level_of(tokens=30_000_000)
    assert (half.name, half.progress, half.tokens_to_next) == ("Coder", 0.5, 20_000_000)


def test_the_top_level_is_full_and_has_no_next() -> None:
    top = level_of(tokens=10**15)
    assert (top.level, top.progress, top.tokens_to_next, top.next_name) == (10, 1.0, None, None)
