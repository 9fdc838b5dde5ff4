"""What tokens cost at list price.

Prices come from the dated table of `genai-prices`, matched exactly. That library prices one
request at a time: given a day's sum it would apply a long-context tier to all of it and double
honest days. So its rates are read here, and the tier is chosen by the row's own `long_*` parts.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache, lru_cache
from importlib.metadata import version

from genai_prices import types as prices
from genai_prices.data import providers

from submissions.report import UsageRow

PROVIDERS_BY_TRUST = (
    "anthropic",
    "openai",
    "google",
    "x-ai",
    "deepseek",
    "mistral",
    "moonshotai",
    "zai",
    "minimax",
    "meta",
    "cohere",
)
"""Who sets a model's list price, in the order asked. Resellers are not asked: their discount on a
rented model is not what the model costs."""

_DATE_SUFFIX = re.compile(r"[-@]20\d{2}-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])$")


@dataclass(frozen=True, slots=True)
class Rates:
    """Micro-dollars a token of each class, on ordinary and on long-context requests."""

    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write: Decimal
    cache_write_1h: Decimal
    long_input: Decimal
    long_output: Decimal
    long_cache_read: Decimal
    long_cache_write: Decimal


def price_table_version() -> str:
    """The version stored on every priced row."""
    return f"genai-prices {version('genai-prices')}"


def cost_of(row: UsageRow) -> int | None:
    """The list price of a row in micro-dollars, rounded half to even; None without a price.

    Reasoning is priced as output; cache writes at the five-minute rate except the one-hour part.
    The one-hour premium is not given on long-context writes, which have a rate of their own.
    """
    rates = rates_of(model=row.model, day=row.day)
    if rates is None:
        return None
    base_output = row.output_tokens + row.reasoning_tokens - row.long_output_tokens
    base_write = row.cache_write_tokens - row.long_cache_write_tokens
    write_1h = min(row.cache_write_1h_tokens, base_write)
    cost = (
        rates.input * (row.input_tokens - row.long_input_tokens)
        + rates.output * base_output
        + rates.cache_read * (row.cache_read_tokens - row.long_cache_read_tokens)
        + rates.cache_write * (base_write - write_1h)
        + rates.cache_write_1h * write_1h
        + rates.long_input * row.long_input_tokens
        + rates.long_output * row.long_output_tokens
        + rates.long_cache_read * row.long_cache_read_tokens
        + rates.long_cache_write * row.long_cache_write_tokens
    )
    return int(cost.to_integral_value(rounding=ROUND_HALF_EVEN))


@lru_cache(maxsize=65_536)
def rates_of(*, model: str, day: date) -> Rates | None:
    """The rates of a canonical model name on a UTC day; None when no table names it exactly."""
    info = _names().get(model)
    if info is None:
        return None
    # Noon: a price with hours of its own (an off-peak discount) is not guessed at for a whole day.
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    price = info.get_prices(noon)
    base_input = _base(price, "input_mtok")
    base_output = _base(price, "output_mtok")
    if base_input is None or base_output is None:
        return None
    read = _first(_base(price, "cache_read_mtok"), base_input)
    write = _first(_base(price, "cache_write_mtok"), base_input)
    return Rates(
        input=base_input,
        output=base_output,
        cache_read=read,
        cache_write=write,
        cache_write_1h=_first(_base(price, "cache_write_1h_mtok"), write),
        long_input=_long(price, "input_mtok", base_input),
        long_output=_long(price, "output_mtok", base_output),
        long_cache_read=_long(price, "cache_read_mtok", read),
        long_cache_write=_long(price, "cache_write_mtok", write),
    )


def _first(stated: Decimal | None, otherwise: Decimal) -> Decimal:
    """The stated rate, also when it is 0."""
    return otherwise if stated is None else stated


def _base(price: prices.ModelPrice, key: str) -> Decimal | None:
    value: Decimal | prices.TieredPrices | None = getattr(price, key, None)
    return value.base if isinstance(value, prices.TieredPrices) else value


def _long(price: prices.ModelPrice, key: str, default: Decimal) -> Decimal:
    value: Decimal | prices.TieredPrices | None = getattr(price, key, None)
    if isinstance(value, prices.TieredPrices) and value.tiers:
        return value.tiers[0].price
    return default


@cache
def _names() -> dict[str, prices.ModelInfo]:
    """Every exact name of every priced model: its id and its documented aliases, date suffix cut.

    A longer name never falls to a shorter one's prefix: the alias `claude-opus-4` is one name, not
    the beginning of all names, so an unknown release has no price until the table has one.
    """
    names: dict[str, prices.ModelInfo] = {}
    by_id = {provider.id: provider for provider in providers}
    for provider_id in PROVIDERS_BY_TRUST:
        provider = by_id.get(provider_id)
        for info in provider.models if provider else ():
            for name in (info.id, *_aliases(info.match)):
                names.setdefault(_plain(name), info)
    return names


def _aliases(clause: object) -> list[str]:
    if isinstance(clause, prices.ClauseEquals):
        return [clause.equals]
    if isinstance(clause, prices.ClauseStartsWith):
        return [clause.starts_with]
    if isinstance(clause, prices.ClauseOr):
        return [name for part in clause.or_ for name in _aliases(part)]
    return []


def _plain(name: str) -> str:
    return _DATE_SUFFIX.sub("", name.lower()).removesuffix("-latest")
