"""The two seeds' plain rules as they stand there, each of which holds alone: what ours is to beat.

`ccgather-backend-plan.md` 6.2 and `token-tracker-design.md`, suspicious patterns: $5,000 or 500 B
tokens a day; $1,000 a day; ten times one's own growth; 250 M tokens a day; ten times one's own
average; more than 95 % cache reads; a total that is a whole number of millions; the same report.
"""

from collections.abc import Mapping

from submissions.rules.merge import SliceKey
from submissions.rules.signals.facts import ReportFacts, SliceFacts

MICROUSD = 1_000_000


def baseline_verdicts_of(facts: ReportFacts) -> Mapping[SliceKey, tuple[str, ...]]:
    """The codes for which each slice of a report is held."""
    past = [item.counts.total_tokens for item in facts.history]
    own = [item.counts.total_tokens for item in facts.slices]
    average = sum((*past, *own)) / len((*past, *own))
    copied = {match.key for match in facts.matches if match.kind == "counts"}
    is_copy = len(copied) == len(facts.slices)
    verdicts: dict[SliceKey, tuple[str, ...]] = {}
    for item in facts.slices:
        codes = _codes_of(item, average=average)
        if is_copy:
            codes.append("same_report")
        if codes:
            verdicts[item.key] = tuple(codes)
    return verdicts


def _codes_of(item: SliceFacts, *, average: float) -> list[str]:
    total = item.counts.total_tokens
    found = {
        "daily_cost": item.cost_microusd > 1_000 * MICROUSD,
        "daily_tokens": total > 250_000_000,
        "sudden_spike": total > 10 * average,
        "cache_ratio": item.counts.cache_read_tokens > 0.95 * total,
        "too_round": total > 1_000_000 and total % 1_000_000 == 0,
    }
    return [code for code, is_so in found.items() if is_so]
