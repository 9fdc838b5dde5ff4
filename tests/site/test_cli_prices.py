"""The command prices as the site does: the same names, the same rates, the same rounding."""

import json
from datetime import date
from decimal import Decimal

import pytest
from ccgather_cli import pricing
from ccgather_cli.reading.tally import Counts

from submissions.report import UsageRow
from submissions.rules.model_names import canonical_model_of
from submissions.rules.pricing import _names, cost_of
from tools.price_table import TARGET, table


def test_the_table_that_the_command_carries_is_the_one_the_site_uses() -> None:
    assert json.loads(TARGET.read_text()) == json.loads(json.dumps(table()))


@pytest.mark.parametrize(
    "name",
    [
        "claude-opus-4-5-20251101",
        "Claude-Sonnet-4.5",
        "us.anthropic.claude-sonnet-4-20250514-v1:0",
        "anthropic/claude-haiku-4.5",
        "claude-opus-4-5@20251101",
        "claude-opus-latest-fast",
        "gpt-5-2025-08-07",
        "gpt-5-latest",
        "openai/gpt-5",
        "gemini-2.5-pro",
        "  spaced ",
        "unheard-of",
        "2025-01-01",
        "-latest",
    ],
)
def test_a_name_is_simplified_alike(name: str) -> None:
    canonical = canonical_model_of(name)
    assert pricing.plain_name(name) in (canonical, "" if canonical == "unknown" else canonical)


@pytest.mark.parametrize("day", [date(2024, 6, 1), date(2025, 10, 1), date(2026, 11, 1)])
def test_every_priced_model_costs_the_same_on_both_sides(day: date) -> None:
    counts = Counts(
        input=1_234_567,
        output=98_765,
        cache_read=45_678_901,
        cache_write=2_345_679,
        reasoning=12_345,
        cache_write_1h=345_678,
        long_input=200_001,
        long_output=3_333,
        long_cache_read=700_007,
        long_cache_write=11_111,
    )
    for model in {canonical_model_of(name) for name in _names()}:
        row = UsageRow(
            day=day,
            client="claude",
            model=model,
            provider="",
            input_tokens=counts.input,
            output_tokens=counts.output,
            cache_read_tokens=counts.cache_read,
            cache_write_tokens=counts.cache_write,
            reasoning_tokens=counts.reasoning,
            cache_write_1h_tokens=counts.cache_write_1h,
            long_input_tokens=counts.long_input,
            long_output_tokens=counts.long_output,
            long_cache_read_tokens=counts.long_cache_read,
            long_cache_write_tokens=counts.long_cache_write,
            messages=1,
        )
        here = cost_of(row)
        there = pricing.cost_of(model=model, day=day.isoformat(), counts=counts)
        assert (None if there is None else there * 1_000_000) == (
            None if here is None else Decimal(here)
        ), model
