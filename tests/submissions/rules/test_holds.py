"""The hard limits of a day."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.rules.holds import (
    ACCOUNT_EXCLUDED,
    MICROUSD,
    HardLimits,
    HoldReason,
    hard_limit_reason_of,
)

LIMITS = HardLimits(day_tokens=1_000, day_cost_microusd=50 * MICROUSD)


def reason(
    tokens: int = 0, usd: float = 0, others: tuple[int, float] = (0, 0)
) -> HoldReason | None:
    return hard_limit_reason_of(
        slice_tokens=tokens,
        slice_cost_microusd=round(usd * MICROUSD),
        other_tokens=others[0],
        other_cost_microusd=round(others[1] * MICROUSD),
        limits=LIMITS,
    )


@pytest.mark.parametrize(
    ("tokens", "usd", "others", "holds"),
    [
        (0, 0, (0, 0), False),
        (1_000, 50, (0, 0), False),
        (1_001, 0, (0, 0), True),
        (0, 50.000001, (0, 0), True),
        (600, 0, (400, 0), False),
        (600, 0, (401, 0), True),
        (0, 30, (0, 20), False),
        (0, 30, (0, 20.000001), True),
        (1, 0, (5_000, 0), True),
    ],
)
def test_a_slice_waits_when_its_whole_day_is_over_a_limit(
    tokens: int, usd: float, others: tuple[int, float], holds: bool
) -> None:
    found = reason(tokens, usd, others)
    assert (found is not None) is holds
    assert found is None or found.code == "over_hard_limit"


def test_the_sentence_has_the_figures_that_decided() -> None:
    by_tokens = reason(600, others=(401, 0))
    by_cost = reason(usd=4_000, others=(0, 1_234.5))
    assert by_tokens is not None
    assert by_cost is not None
    assert "1,001 tokens" in by_tokens.sentence
    assert "1,000" in by_tokens.sentence
    assert "$5,234.50" in by_cost.sentence
    assert "$50.00" in by_cost.sentence


def test_an_excluded_account_reads_that_it_is() -> None:
    assert ACCOUNT_EXCLUDED.code == "account_excluded"
    assert "off the boards" in ACCOUNT_EXCLUDED.sentence


@given(
    tokens=st.integers(0, 2**53),
    cost=st.integers(0, 2**53),
    others=st.tuples(st.integers(0, 2**53), st.integers(0, 2**53)),
    limits=st.builds(
        HardLimits, day_tokens=st.integers(1, 2**53), day_cost_microusd=st.integers(1, 2**53)
    ),
)
def test_what_counts_never_passes_a_limit(
    tokens: int, cost: int, others: tuple[int, int], limits: HardLimits
) -> None:
    found = hard_limit_reason_of(
        slice_tokens=tokens,
        slice_cost_microusd=cost,
        other_tokens=others[0],
        other_cost_microusd=others[1],
        limits=limits,
    )
    within = (
        tokens + others[0] <= limits.day_tokens and cost + others[1] <= limits.day_cost_microusd
    )
    assert (found is None) is within
