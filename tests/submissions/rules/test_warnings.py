"""What a sender reads about slices that were not taken as sent."""

from datetime import timedelta

import pytest

from submissions.rules.merge import NotCountedReason
from submissions.rules.warnings import (
    SHOWN_WARNINGS,
    kept_warnings_of,
    not_counted_warnings_of,
)
from tests.submissions.reports import TODAY

DAYS = [TODAY - timedelta(days=ago) for ago in range(SHOWN_WARNINGS + 5)]


def test_a_kept_day_says_both_figures_and_the_way_out() -> None:
    (line,) = kept_warnings_of([(("claude", TODAY), 1_234, 5)])
    assert line.startswith("2026-11-20 claude: kept at 1,234 tokens; this report has 5.")
    assert "replace mode (--force)" in line


@pytest.mark.parametrize("reason", sorted(set(NotCountedReason) - {NotCountedReason.QUARANTINED}))
def test_every_reason_for_not_counting_has_a_sentence(reason: NotCountedReason) -> None:
    (line,) = not_counted_warnings_of([(TODAY, "codex", str(reason))])
    assert line.startswith("2026-11-20 codex: ")
    assert line.endswith("it counts once.")


def test_nothing_to_say_is_said_with_nothing() -> None:
    assert kept_warnings_of([]) == not_counted_warnings_of([]) == ()


@pytest.mark.parametrize(
    ("count", "lines", "last"),
    [
        (SHOWN_WARNINGS, SHOWN_WARNINGS, None),
        (SHOWN_WARNINGS + 5, SHOWN_WARNINGS + 1, "and 5 more"),
    ],
)
def test_many_days_are_counted_and_not_all_spelled_out(
    count: int, lines: int, last: str | None
) -> None:
    kept = kept_warnings_of([(("claude", day), 2, 1) for day in DAYS[:count]])
    not_counted = not_counted_warnings_of([(day, "claude", "covered") for day in DAYS[:count]])
    for found in (kept, not_counted):
        assert len(found) == lines
        assert (last is None) is found[-1].startswith("20")
        assert last is None or found[-1].startswith(last)
