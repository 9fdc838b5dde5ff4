"""What tokens cost: exact names, dated prices, tiers that a day's size never chooses.

The prices asserted here are those of the installed table. Each was looked up on its provider's
page for the day it is asserted on, and a table that changes the past is worth a failing test.
"""

from datetime import date, timedelta
from decimal import Decimal
from importlib.metadata import version
from typing import Any

import pytest
from genai_prices.types import ModelPrice
from hypothesis import given
from hypothesis import strategies as st

from submissions.report import UsageRow
from submissions.rules.model_names import canonical_model_of
from submissions.rules.pricing import _base, _first, cost_of, price_table_version, rates_of

DAY = date(2025, 12, 1)
ONE_DAY = timedelta(days=1)
MILLION = 1_000_000
USD = 1_000_000
"""Micro-dollars."""

OPUS = "claude-opus-4-5"  # $5 in, $25 out, $0.50 cache read, $6.25 write, $10 one-hour write
SONNET = "claude-sonnet-4-5"  # $3 in, $15 out, $0.30, $3.75, $6; past 200,000: $6, $22.50, …


def used(model: str = OPUS, day: date = DAY, **counts: Any) -> UsageRow:
    fields = {"input_tokens": 0, "output_tokens": 0} | counts
    return UsageRow(day=day, client="claude", model=model, provider="anthropic", **fields)


@pytest.mark.parametrize(
    ("counts", "microusd"),
    [
        ({"input_tokens": MILLION}, 5 * USD),
        ({"output_tokens": MILLION}, 25 * USD),
        ({"cache_read_tokens": MILLION}, USD // 2),
        ({"cache_write_tokens": MILLION}, 6_250_000),
        ({}, 0),
    ],
)
def test_each_class_has_its_price(counts: dict[str, Any], microusd: int) -> None:
    assert cost_of(used(**counts)) == microusd


def test_reasoning_is_priced_as_output() -> None:
    assert cost_of(used(reasoning_tokens=MILLION)) == cost_of(used(output_tokens=MILLION))


def test_one_hour_cache_writes_have_a_price_of_their_own() -> None:
    mixed = used(cache_write_tokens=MILLION, cache_write_1h_tokens=400_000)
    assert cost_of(mixed) == 600_000 * 25 // 4 + 400_000 * 10


def test_one_hour_writes_are_a_part_of_the_writes_and_never_more() -> None:
    impossible = used(cache_write_tokens=10, cache_write_1h_tokens=1_000_000)
    assert cost_of(impossible) == 100


def test_rounding_is_half_to_even() -> None:
    costs = [cost_of(used(cache_read_tokens=tokens)) for tokens in range(1, 6)]
    assert costs == [0, 1, 2, 2, 2]  # 0.5, 1, 1.5, 2, 2.5 micro-dollars


# --- Trap 7: fuzzy matching charged a new model three times its price -------------------------


@pytest.mark.parametrize(
    "model",
    [
        "claude-opus-4-9",  # `claude-opus-4` costs three times as much as 4.5
        "claude-opus-4-5-thinking",
        "claude-opus",
        "gpt-5-turbo",
        "gpt",
        "my-gpt-5",
        "gpt-5 ",
        "",
        "unknown",
        "local-model",
    ],
)
def test_trap_7_a_name_that_no_table_has_exactly_has_no_price(model: str) -> None:
    assert rates_of(model=model, day=DAY) is None
    assert cost_of(used(model, input_tokens=MILLION)) is None


def test_trap_7_a_shorter_name_is_another_model() -> None:
    older, newer = rates_of(model="claude-opus-4", day=DAY), rates_of(model=OPUS, day=DAY)
    assert older is not None
    assert newer is not None
    assert (older.input, newer.input) == (Decimal(15), Decimal(5))


@pytest.mark.parametrize(
    "written",
    [
        "claude-opus-4-5-20251101",
        "claude-opus-4.5",
        "Claude-Opus-4-5",
        "us.anthropic.claude-opus-4-5-20251101-v1:0",
        "claude-opus-4-5@20251101",
    ],
)
def test_trap_7_every_spelling_of_a_model_has_its_price(written: str) -> None:
    assert rates_of(model=canonical_model_of(written), day=DAY) == rates_of(model=OPUS, day=DAY)


@pytest.mark.parametrize(
    ("model", "change", "before", "after"),
    [
        ("o3", date(2025, 6, 10), Decimal(10), Decimal(2)),
        ("claude-opus-4-6", date(2026, 3, 13), Decimal(5), Decimal(5)),
        ("mistral-small", date(2026, 3, 16), Decimal("0.1"), Decimal("0.15")),
    ],
)
def test_trap_7_prices_are_those_of_the_day(
    model: str, change: date, before: Decimal, after: Decimal
) -> None:
    then, now = rates_of(model=model, day=change - ONE_DAY), rates_of(model=model, day=change)
    assert then is not None
    assert now is not None
    assert (then.input, now.input) == (before, after)
    assert then != now


def test_trap_7_a_change_of_price_leaves_the_days_before_alone() -> None:
    days = [date(2025, 6, 10) + n * ONE_DAY for n in (-2, -1, 0, 1)]
    costs = [cost_of(used("o3", day, input_tokens=MILLION)) for day in days]
    assert costs == [10 * USD, 10 * USD, 2 * USD, 2 * USD]


# --- Trap 15b: a library applied its long-context tier to a day's sum -------------------------


@pytest.mark.parametrize("model", [SONNET, "gemini-2.5-pro", "gpt-5.6", OPUS])
def test_trap_15b_a_large_day_costs_as_much_as_its_parts(model: str) -> None:
    counts: dict[str, Any] = {
        "input_tokens": 150_000,
        "output_tokens": 20_000,
        "cache_read_tokens": 40_000,
        "cache_write_tokens": 10_000,
        "reasoning_tokens": 4_000,
    }
    one = cost_of(used(model, **counts))
    assert one is not None
    large: dict[str, Any] = {name: 1_000 * tokens for name, tokens in counts.items()}
    day = cost_of(used(model, **large))
    assert day == pytest.approx(1_000 * one, abs=1_000)


@given(
    tokens=st.integers(0, 10**9),
    parts=st.integers(1, 50),
    model=st.sampled_from([SONNET, "gemini-2.5-pro", "o3", OPUS]),
)
def test_trap_15b_cost_is_the_same_however_a_day_is_cut(
    tokens: int, parts: int, model: str
) -> None:
    whole = cost_of(used(model, input_tokens=tokens))
    each = [tokens // parts + (index < tokens % parts) for index in range(parts)]
    costs = [cost_of(used(model, input_tokens=part)) for part in each]
    assert whole is not None
    summed = sum(cost for cost in costs if cost is not None)
    assert abs(whole - summed) <= (parts + 1) / 2


@pytest.mark.parametrize(
    ("counts", "microusd"),
    [
        ({"input_tokens": MILLION, "long_input_tokens": MILLION}, 6 * USD),
        ({"input_tokens": MILLION, "long_input_tokens": 250_000}, 3_750_000),
        ({"output_tokens": MILLION, "long_output_tokens": MILLION}, 22_500_000),
        ({"cache_read_tokens": MILLION, "long_cache_read_tokens": MILLION}, 600_000),
        ({"cache_write_tokens": MILLION, "long_cache_write_tokens": MILLION}, 7_500_000),
        # Reasoning of long requests is in their output part.
        ({"reasoning_tokens": MILLION, "long_output_tokens": MILLION}, 22_500_000),
        (
            {
                "output_tokens": MILLION // 2,
                "reasoning_tokens": MILLION // 2,
                "long_output_tokens": 600_000,
            },
            400_000 * 15 + 600_000 * 45 // 2,
        ),
        # Of the writes that are not long, the one-hour part has its own price.
        (
            {
                "cache_write_tokens": MILLION,
                "long_cache_write_tokens": 500_000,
                "cache_write_1h_tokens": 500_000,
            },
            500_000 * 15 // 2 + 500_000 * 6,
        ),
    ],
)
def test_trap_15b_only_what_a_row_says_was_long_is_priced_as_long(
    counts: dict[str, Any], microusd: int
) -> None:
    assert cost_of(used(SONNET, **counts)) == microusd


def test_a_model_without_a_tier_prices_long_requests_as_others() -> None:
    assert cost_of(used(input_tokens=MILLION, long_input_tokens=MILLION)) == 5 * USD


# --- What is missing, and what is nothing -----------------------------------------------------


def test_a_price_of_nothing_is_a_price() -> None:
    # The installed table has no such price yet; the rule is asked with one of its own kind.
    free = ModelPrice(input_mtok=Decimal(5), cache_read_mtok=Decimal(0))
    assert _first(_base(free, "cache_read_mtok"), Decimal(5)) == 0
    assert _first(_base(free, "cache_write_mtok"), Decimal(5)) == 5


def test_a_cache_rate_that_the_table_leaves_out_is_the_input_rate() -> None:
    rates = rates_of(model="gpt-5.5-pro", day=DAY)  # no cache rates in the table
    assert rates is not None
    assert rates.cache_read == rates.cache_write == rates.input


def test_an_hour_with_a_price_of_its_own_is_not_guessed_at() -> None:
    rates = rates_of(model="deepseek-chat", day=DAY)  # off-peak is half price, by night
    assert rates is not None
    assert rates.input == Decimal("0.27")


def test_the_version_of_the_table_is_that_of_the_library() -> None:
    assert price_table_version() == f"genai-prices {version('genai-prices')}"
    assert len(price_table_version()) <= 24  # the column that keeps it


@given(
    model=st.sampled_from([OPUS, SONNET, "o3", "nobody-knows"]),
    counts=st.fixed_dictionaries(
        dict.fromkeys(
            ["input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"],
            st.integers(0, 2**53 - 1),
        )
    ),
)
def test_a_cost_is_a_whole_number_or_none(model: str, counts: dict[str, Any]) -> None:
    cost = cost_of(used(model, **counts))
    assert (cost is None) == (model == "nobody-knows")
    assert cost is None or cost >= 0
