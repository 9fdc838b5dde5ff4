"""Facts for tests of signals: days with counts, reports of them, a cohort."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random

from submissions.report import UsageRow
from submissions.rules.merge import SliceKey
from submissions.rules.model_names import model_family_of
from submissions.rules.prints import exact_key_of, shape_key_of
from submissions.rules.signals.facts import (
    AccountFacts,
    ClassCounts,
    Cohort,
    Match,
    ModelFacts,
    PastSlice,
    ReportFacts,
    SliceFacts,
)
from submissions.rules.signals.specs import SignalSettings
from submissions.rules.signals.weighing import Verdict, signals_of, verdicts_of

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = AT.date()
Classes = tuple[int, int, int, int, int]
"""Input, output, cache read, cache write, reasoning."""


def counts_of(classes: Classes, messages: int = 0) -> ClassCounts:
    return ClassCounts(
        input_tokens=classes[0],
        output_tokens=classes[1],
        cache_read_tokens=classes[2],
        cache_write_tokens=classes[3],
        reasoning_tokens=classes[4],
        messages=messages,
    )


def item_of(
    classes: Classes,
    *,
    day: date = TODAY,
    client: str = "claude",
    model: str = "claude-opus-4-5",
    messages: int = 0,
    cost_usd: float | None = 10.0,
    told_usd: float | None = None,
    hours: tuple[int, ...] | None = None,
) -> SliceFacts:
    counts = counts_of(classes, messages)
    row = UsageRow(
        day=day,
        client=client,
        model=model,
        provider="anthropic",
        input_tokens=classes[0],
        output_tokens=classes[1],
        cache_read_tokens=classes[2],
        cache_write_tokens=classes[3],
        reasoning_tokens=classes[4],
        messages=messages,
    )
    cost = None if cost_usd is None else round(cost_usd * 1_000_000)
    told = None if told_usd is None else round(told_usd * 1_000_000)
    return SliceFacts(
        client=client,
        day=day,
        counts=counts,
        cost_microusd=cost or 0,
        reported_cost_microusd=told,
        models=(
            ModelFacts(
                model=model,
                provider="anthropic",
                family=model_family_of(model),
                counts=counts,
                cost_microusd=cost,
                reported_cost_microusd=told,
            ),
        ),
        exact_key=exact_key_of([row]),
        shape_key=shape_key_of([row]),
        hours=hours,
    )


def past_of(item: SliceFacts, *, device: str = "a", seen_at: datetime | None = None) -> PastSlice:
    return PastSlice(
        client=item.client,
        day=item.day,
        device=device,
        counts=item.counts,
        cost_microusd=item.cost_microusd,
        exact_key=item.exact_key,
        shape_key=item.shape_key,
        first_seen_at=seen_at,
    )


def days_before(number: int) -> date:
    return TODAY - timedelta(days=number)


def honest_days(
    rng: Random, *, days: int, centre: float = 17.0, spread: float = 0.8, first: int = 0
) -> list[SliceFacts]:
    """Somebody's days with Claude, the oldest first, the last `first` days ago."""
    found = []
    for number in range(days + first - 1, first - 1, -1):
        total = rng.lognormvariate(centre, spread)
        fresh = total * rng.uniform(0.02, 0.08)
        output = fresh * rng.uniform(0.05, 0.25)
        classes = (
            int(fresh * rng.uniform(0.01, 0.1)), int(output), int(total - fresh),
            int(fresh * rng.uniform(0.5, 0.7)), 0,
        )  # fmt: skip
        messages = int(total / rng.uniform(50_000, 80_000)) + 1
        found.append(item_of(classes, day=days_before(number), messages=messages))
    return found


def times(item: SliceFacts, factor: float, *, messages: bool = True) -> SliceFacts:
    """The same day with every count multiplied and cut."""
    counts = item.counts
    return item_of(
        (
            int(counts.input_tokens * factor), int(counts.output_tokens * factor),
            int(counts.cache_read_tokens * factor), int(counts.cache_write_tokens * factor),
            int(counts.reasoning_tokens * factor),
        ),
        day=item.day, client=item.client, model=item.models[0].model,
        messages=int(counts.messages * factor) if messages else counts.messages,
        cost_usd=item.cost_microusd / 1e6 * factor,
    )  # fmt: skip


def report_of(
    slices: Sequence[SliceFacts],
    *,
    history: Iterable[PastSlice] = (),
    replaced: Mapping[SliceKey, PastSlice] | None = None,
    cohort: Cohort | None = None,
    matches: tuple[Match, ...] = (),
    account: AccountFacts | None = None,
) -> ReportFacts:
    return ReportFacts(
        at=AT,
        account=account or AccountFacts(first_submission_at=None, clean_days=0, trusted=False),
        slices=tuple(slices),
        history=tuple(sorted(history, key=lambda past: past.day)),
        replaced=replaced or {},
        cohort=cohort or Cohort(),
        matches=matches,
    )


def judged(facts: ReportFacts, settings: SignalSettings | None = None) -> dict[SliceKey, Verdict]:
    used = settings or SignalSettings()
    return verdicts_of(signals=signals_of(facts=facts, settings=used), facts=facts, settings=used)


def codes_of(facts: ReportFacts) -> dict[SliceKey, set[str]]:
    found = signals_of(facts=facts, settings=SignalSettings())
    return {key: {signal.code for signal in signals} for key, signals in found.items()}


def held(facts: ReportFacts) -> set[SliceKey]:
    return {key for key, verdict in judged(facts).items() if verdict.hold}
