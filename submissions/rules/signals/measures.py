"""What is measured of usage to compare it with others': natural logarithms of counts and ratios.

One group is what a slice burned on one family of models: tools mix models, and a share over
models of different makers would say nothing.
"""

from collections.abc import Mapping
from math import log

from submissions.rules.signals.facts import ClassCounts, SliceFacts

CACHE_STEP = 128
RATIOS_FROM_TOKENS = 100_000
"""Ratios of smaller groups are noise: one long answer decides them."""


def families_of(item: SliceFacts) -> dict[str, tuple[ClassCounts, int | None]]:
    """A slice's counts and list price by family of models; the price is None where one of the
    models has none."""
    if len(item.models) == 1:
        only = item.models[0]
        return {only.family: (only.counts, only.cost_microusd)}
    groups: dict[str, tuple[ClassCounts, int | None]] = {}
    for row in item.models:
        before = groups.get(row.family)
        if before is None:
            groups[row.family] = (row.counts, row.cost_microusd)
            continue
        counts, cost = before
        whole = None if cost is None or row.cost_microusd is None else cost + row.cost_microusd
        groups[row.family] = (sum_of(counts, second=row.counts), whole)
    return groups


def sum_of(first: ClassCounts, *, second: ClassCounts) -> ClassCounts:
    """Both together."""
    return ClassCounts(
        input_tokens=first.input_tokens + second.input_tokens,
        output_tokens=first.output_tokens + second.output_tokens,
        cache_read_tokens=first.cache_read_tokens + second.cache_read_tokens,
        cache_write_tokens=first.cache_write_tokens + second.cache_write_tokens,
        reasoning_tokens=first.reasoning_tokens + second.reasoning_tokens,
        messages=first.messages + second.messages,
    )


def measures_of(*, counts: ClassCounts, cost_microusd: int | None) -> Mapping[str, float]:
    """The measures of a group by name; those that cannot be told of it are left out.

    `total`, `cost` (micro-dollars): sizes. `…_share`: parts of the total; a class that is empty
    has none, for a tool that never says a class is no outlier of those that do. `cache_steps` is
    1 where cache reads are a multiple of 128, and 0 where not.
    """
    total = counts.total_tokens
    if total <= 0:
        return {}
    size = log(total)
    found = {"total": size}
    if cost_microusd:
        found["cost"] = log(cost_microusd)
    if total < RATIOS_FROM_TOKENS:
        return found
    spoken = counts.output_tokens + counts.reasoning_tokens
    for name, part in (
        ("spoken_share", spoken),
        ("input_share", counts.input_tokens),
        ("written_share", counts.cache_write_tokens),
        ("fresh_share", total - counts.cache_read_tokens),
        ("reasoning_share", counts.reasoning_tokens),
    ):
        if part > 0:
            found[name] = log(part) - size
    if cost_microusd:
        found["cost_per_token"] = log(cost_microusd) - size
    if counts.cache_read_tokens >= RATIOS_FROM_TOKENS:
        found["cache_steps"] = 0.0 if counts.cache_read_tokens % CACHE_STEP else 1.0
    if counts.messages > 0:
        found["tokens_per_message"] = size - log(counts.messages)
        if spoken > 0:
            found["spoken_per_message"] = log(spoken) - log(counts.messages)
    return found
