"""Writes the price table that the `ccgather` command carries, from the one the site uses.

    make prices

The command prices its reports without the network and without the site's code: it gets the same
rates by the same names, with the day from which each holds, and the version they are from.
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from genai_prices import types as prices

from submissions.rules.pricing import _names, price_table_version, rates_of

TARGET = Path(__file__).parents[1] / "cli" / "src" / "ccgather_cli" / "prices.json"
FIRST_DAY = date(2020, 1, 1)
"""No report names an earlier day."""

COLUMNS = (
    "input",
    "output",
    "cache_read",
    "cache_write",
    "cache_write_1h",
    "long_input",
    "long_output",
    "long_cache_read",
    "long_cache_write",
)


def table() -> dict[str, object]:
    """Per model: from which day which micro-dollars a token, in the order of `COLUMNS`."""
    models = {}
    for name, info in sorted(_names().items()):
        spans: list[list[object]] = []
        for day in sorted({FIRST_DAY, *_changes(info)}):
            rates = rates_of(model=name, day=day)
            shown = None if rates is None else [_number(getattr(rates, each)) for each in COLUMNS]
            if not spans or spans[-1][1] != shown:
                spans.append([day.isoformat(), shown])
        if any(rates for _, rates in spans):
            models[name] = spans
    return {"version": price_table_version(), "columns": COLUMNS, "models": models}


def _changes(info: prices.ModelInfo) -> Iterator[date]:
    """The days on which a model's price began to hold."""
    if isinstance(info.prices, list):
        for conditional in info.prices:
            if isinstance(conditional.constraint, prices.StartDateConstraint):
                yield conditional.constraint.start_date


def _number(rate: object) -> str:
    """Digits as they are: a float would not say 0.1."""
    return f"{rate:f}".rstrip("0").rstrip(".") if "." in f"{rate:f}" else f"{rate:f}"


def main() -> None:
    """Write the file."""
    TARGET.write_text(json.dumps(table(), separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
