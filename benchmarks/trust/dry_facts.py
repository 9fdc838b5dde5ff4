"""A simulated cell as the facts that it would be judged by."""

from collections.abc import Iterable, Sequence

from benchmarks.trust.story import Cell, Tells
from submissions.report import UsageRow
from submissions.rules.model_names import canonical_model_of, model_family_of
from submissions.rules.pricing import cost_of
from submissions.rules.signals.facts import ClassCounts, ModelFacts, SliceFacts


def facts_of(
    cell: Cell, rows: Sequence[UsageRow], tells: Tells, *, exact: int | None, shape: int | None
) -> SliceFacts:
    """A slice as it would be judged."""
    models = tuple(_model_facts(row) for row in rows)
    told_costs = [model.reported_cost_microusd for model in models]
    return SliceFacts(
        client=cell.client,
        day=cell.day,
        counts=_sum_of(model.counts for model in models),
        cost_microusd=sum(model.cost_microusd or 0 for model in models),
        reported_cost_microusd=sum(cost or 0 for cost in told_costs)
        if any(cost is not None for cost in told_costs)
        else None,
        models=models,
        exact_key=exact,
        shape_key=shape,
        hours=cell.hours if tells.hours else None,
    )


def _model_facts(row: UsageRow) -> ModelFacts:
    model = canonical_model_of(row.model)
    return ModelFacts(
        model=model,
        provider=row.provider,
        family=model_family_of(model),
        counts=ClassCounts(
            input_tokens=row.input_tokens,
            output_tokens=row.output_tokens,
            cache_read_tokens=row.cache_read_tokens,
            cache_write_tokens=row.cache_write_tokens,
            reasoning_tokens=row.reasoning_tokens,
            messages=row.messages,
        ),
        cost_microusd=cost_of(row),
        reported_cost_microusd=row.reported_cost_microusd,
        estimated=row.estimated,
    )


def _sum_of(parts: Iterable[ClassCounts]) -> ClassCounts:
    found = tuple(parts)
    return ClassCounts(
        input_tokens=sum(part.input_tokens for part in found),
        output_tokens=sum(part.output_tokens for part in found),
        cache_read_tokens=sum(part.cache_read_tokens for part in found),
        cache_write_tokens=sum(part.cache_write_tokens for part in found),
        reasoning_tokens=sum(part.reasoning_tokens for part in found),
        messages=sum(part.messages for part in found),
    )
