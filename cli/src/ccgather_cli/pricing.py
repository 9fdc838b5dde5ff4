"""What tokens cost at list price, from the dated table that came with this program.

The table holds the rates that a site of the same release prices by (`tools/price_table.py` writes
it), so that a report here and a profile there agree. A model that it does not name exactly has no
price: a near name may cost a third or three times as much.
"""

import json
import re
from bisect import bisect_right
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from pkgutil import get_data
from typing import Final, TypeAlias

from ccgather_cli.reading.tally import Counts

Rates: TypeAlias = tuple[Decimal, ...]
"""Micro-dollars a token: input, output, cache read, cache write, the one-hour part of it, then
input, output, cache read and cache write of long-context requests."""

_DATE: Final = (
    r"(?:20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|20\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))"
)
_DATED: Final = re.compile(rf"[-@]{_DATE}(?=-fast$|$)", re.ASCII)
_LATEST: Final = re.compile(r"[-@:]latest(?=-fast$|$)")
_CLAUDE_DATED: Final = re.compile(rf"[-@]{_DATE}(?=[^0-9a-z]|$)", re.ASCII)
_CLAUDE_WRAPPING: Final = re.compile(
    r"(?:.*[/:])?(?:(?:[a-z]{2,6}(?:-[a-z]{2,6})?\.)?anthropic\.)?(?=claude)"
)
_BEDROCK_REVISION: Final = re.compile(r"(?<=\d)-v\d+(?::\d+)?(?::\d+k)?$", re.ASCII)
_VERSION_DOT: Final = re.compile(r"(?<=\d)\.(?=\d)", re.ASCII)


def price_table_version() -> str:
    """Where the prices are from."""
    return str(_table()["version"])


def cost_of(*, model: str, day: str, counts: Counts) -> Decimal | None:
    """US dollars for one model's tokens on a UTC day, to the micro-dollar; None without a price.

    Reasoning is priced as output; cache writes at the five-minute rate except the one-hour part.
    The one-hour premium is not given on long-context writes, which have a rate of their own.
    """
    rates = _rates_of(plain_name(model), day)
    if rates is None:
        return None
    write = counts.cache_write - counts.long_cache_write
    one_hour = min(counts.cache_write_1h, write)
    amounts = (
        counts.input - counts.long_input,
        counts.output + counts.reasoning - counts.long_output,
        counts.cache_read - counts.long_cache_read,
        write - one_hour,
        one_hour,
        counts.long_input,
        counts.long_output,
        counts.long_cache_read,
        counts.long_cache_write,
    )
    micro = sum(rate * amount for rate, amount in zip(rates, amounts, strict=True))
    return Decimal(micro).to_integral_value(rounding=ROUND_HALF_EVEN) / 1_000_000


@cache
def plain_name(model: str) -> str:
    """The name that the table knows a model by.

    Lower case, without a date, without "latest"; for Claude also without the wrapping of
    gateways and Bedrock, and with `-` inside version numbers.
    """
    seen, name = "", model
    while name != seen:
        seen, name = name, _simplified(name) or name
    return name.strip()


def _simplified(name: str) -> str:
    plain = _LATEST.sub("", _DATED.sub("", name.strip().lower()))
    if "claude" not in plain:
        return plain
    bare = _CLAUDE_WRAPPING.sub("", plain, count=1) if _CLAUDE_WRAPPING.match(plain) else plain
    if not bare.startswith("claude"):
        return plain
    return _VERSION_DOT.sub("-", _CLAUDE_DATED.sub("", _BEDROCK_REVISION.sub("", bare)))


@cache
def _rates_of(name: str, day: str) -> Rates | None:
    spans = _table()["models"].get(name)
    if spans is None:
        return None
    place = bisect_right([start for start, _ in spans], day) - 1
    rates = spans[place][1] if place >= 0 else None
    return None if rates is None else tuple(map(Decimal, rates))


@cache
def _table() -> dict[str, "dict[str, list[tuple[str, list[str] | None]]]"]:
    table: dict[str, dict[str, list[tuple[str, list[str] | None]]]] = json.loads(
        get_data("ccgather_cli", "prices.json") or b"{}"
    )
    return table
