"""What pages say about clocks, signals and figures."""

from datetime import timedelta

import pytest

from ccgather.site.review.words import code_words, due_words, figure_words, weight_share
from tests.submissions.reports import NOW


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (timedelta(minutes=1), "1 minute left"),
        (timedelta(minutes=59, seconds=59), "59 minutes left"),
        (timedelta(hours=47), "47 hours left"),
        (timedelta(hours=48), "2 days left"),
        (timedelta(hours=-3), "3 hours over"),
        (timedelta(days=-9), "9 days over"),
    ],
)
def test_a_clock_says_what_is_left_or_over(away: timedelta, said: str) -> None:
    assert due_words(due_at=NOW + away, at=NOW) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (12_000, "12,000"),
        (0.98765, "0.988"),
        (41.0, "41"),
        (1234.5, "1,234"),
        ("gpt-5", "gpt-5"),
        (True, "yes"),
        (None, "None"),
    ],
)
def test_figures_are_short(value: object, said: str) -> None:
    assert figure_words(value) == said


def test_codes_are_words() -> None:
    assert code_words("over_hard_limit") == "over hard limit"


@pytest.mark.parametrize(("weight", "share"), [(0, 0), (1, 0.5), (2, 1), (9, 1), (-1, 0)])
def test_what_holds_fills_half(weight: float, share: float) -> None:
    assert weight_share(weight) == share
