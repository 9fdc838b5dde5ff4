"""One day of a ccusage report: its columns, and how its models explain them.

Kinds of entries seen: four columns with `modelBreakdowns` (Claude and most tools, 15 to 20); four
columns with `modelsUsed` alone (OpenCode and Amp of 18); Codex with a `models` map, where
reasoning is a part of the output column; Codex of 16 to 18, where `inputTokens` also includes
`cachedInputTokens`. Tokens in `totalTokens` beyond the four columns are reasoning.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from submissions.formats.apportion import apportioned
from submissions.formats.sheet import Counts, Reading
from submissions.rules.model_names import UNKNOWN_MODEL
from submissions.rules.validation import MAX_MODELS, Problems, cost_microusd_of, count_of, shown

_COLUMNS: Final = "inputTokens + outputTokens + cacheCreationTokens + cacheReadTokens"


@dataclass(slots=True, kw_only=True)
class Part:
    """What one model burned. `model` is as stated, `model_where` the path of its name."""

    model: object
    where: str
    model_where: str
    counts: Counts
    cost_microusd: int | None = None


def columns_of(
    entry: Mapping[str, object],
    *,
    where: str,
    problems: Problems,
    reasoning_is_beside: bool = False,
) -> Counts:
    """An entry's five disjoint classes.

    Named reasoning is a part of the output column, unless the entry's own total (or, for a model
    of an entry, the entry's: `reasoning_is_beside`) has room for it beside the four columns.
    """
    counts = Counts(
        input=count_of(entry, "inputTokens", where=where, problems=problems, required=True),
        output=count_of(entry, "outputTokens", where=where, problems=problems, required=True),
        cache_write=count_of(entry, "cacheCreationTokens", where=where, problems=problems),
        cache_read=count_of(entry, "cacheReadTokens", where=where, problems=problems),
    )
    _take_cache_out(counts, entry, where, problems)
    columns = counts.total
    reasoning = 0
    for name in ("reasoningOutputTokens", "reasoningTokens"):
        if name in entry:
            reasoning = count_of(entry, name, where=where, problems=problems)
    if "totalTokens" not in entry:
        beyond = reasoning if reasoning_is_beside else 0
    else:
        total = count_of(entry, "totalTokens", where=where, problems=problems)
        beyond = total - columns
        if beyond < 0:
            problems.add(where, f"{_COLUMNS} is {shown(columns)}, totalTokens says {shown(total)}")
            return counts
    if beyond:
        counts.reasoning = beyond
    elif reasoning:
        counts.reasoning = _inside(
            reasoning, "reasoningOutputTokens", counts.output, where, problems
        )
        counts.output -= counts.reasoning
    return counts


def _take_cache_out(
    counts: Counts, entry: Mapping[str, object], where: str, problems: Problems
) -> None:
    """Codex of 16 to 18 counts what came from the cache in the input column too."""
    if "cachedInputTokens" in entry and "cacheReadTokens" not in entry:
        cached = count_of(entry, "cachedInputTokens", where=where, problems=problems)
        counts.cache_read = _inside(cached, "cachedInputTokens", counts.input, where, problems)
        counts.input -= counts.cache_read


def _inside(part: int, name: str, whole: int, where: str, problems: Problems) -> int:
    if part > whole:
        problems.add(f"{where}.{name}", f"{shown(part)} is more than its column, {shown(whole)}")
    return min(part, whole)


def parts_of(entry: Mapping[str, object], *, where: str, reading: Reading) -> list[Part]:
    """An entry's tokens by model: all of them, no more and no less.

    What the models do not explain goes to the only model there is, where just one is named and
    only reasoning is left over; else to the model "unknown", with a warning.
    """
    problems = reading.problems
    day = columns_of(entry, where=where, problems=problems)
    cost_name = "totalCost" if "totalCost" in entry else "costUSD"
    cost = cost_microusd_of(entry.get(cost_name), where=f"{where}.{cost_name}", problems=problems)
    beside = _columns_sum(entry) < _number(entry.get("totalTokens"))
    parts = _stated_parts(entry, where, problems, beside=beside)
    if not parts:
        return [_only_part(entry, day, cost, where, reading)]
    if cost and all(part.cost_microusd is None for part in parts):
        shares = apportioned(amount=cost, weights=[part.counts.total for part in parts])
        for part, share in zip(parts, shares, strict=True):
            part.cost_microusd = share
    rest = _rest_of(day, parts, where, problems)
    if len(parts) == 1:
        _give_reasoning(parts[0].counts, day, rest)
    if rest.total:
        reading.warn(
            f"{where}: {rest.total} tokens of the day are in no model's numbers; they count for "
            f'the model "{UNKNOWN_MODEL}", which has no price.'
        )
        parts.append(
            Part(
                model=UNKNOWN_MODEL,
                where=f"{where} (rest)",
                model_where=where,
                counts=rest,
            )
        )
    return parts


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _columns_sum(entry: Mapping[str, object]) -> int:
    names = ("inputTokens", "outputTokens", "cacheCreationTokens", "cacheReadTokens")
    return sum(_number(entry.get(name)) for name in names)


def _stated_parts(
    entry: Mapping[str, object], where: str, problems: Problems, *, beside: bool
) -> list[Part]:
    breakdowns = entry.get("modelBreakdowns")
    models = entry.get("models")
    found: list[tuple[object, object, str, str]] = []
    if isinstance(breakdowns, list):
        for index, item in enumerate(breakdowns):
            place = f"{where}.modelBreakdowns[{index}]"
            name = item.get("modelName") if isinstance(item, dict) else None
            found.append((item, name, place, f"{place}.modelName"))
    elif breakdowns is not None:
        problems.add(f"{where}.modelBreakdowns", f"{shown(breakdowns)} is not an array")
    elif isinstance(models, dict):
        for name, item in models.items():
            found.append((item, name, f"{where}.models[{shown(name)}]", f"{where}.models"))
    if len(found) > MAX_MODELS:
        problems.add(where, f"{len(found):,} models in one day, at most {MAX_MODELS}")
        return []
    parts = []
    for item, name, place, name_where in found:
        if not isinstance(item, dict):
            problems.add(place, f"{shown(item)} is not an object")
            continue
        parts.append(
            Part(
                model=name,
                where=place,
                model_where=name_where,
                counts=columns_of(item, where=place, problems=problems, reasoning_is_beside=beside),
                cost_microusd=cost_microusd_of(
                    item.get("cost"), where=f"{place}.cost", problems=problems
                ),
            )
        )
    return parts


def _only_part(
    entry: Mapping[str, object], day: Counts, cost: int | None, where: str, reading: Reading
) -> Part:
    """The one row of an entry without numbers by model."""
    named = entry.get("modelsUsed")
    names = named if isinstance(named, list) else []
    model: object = names[0] if len(names) == 1 else UNKNOWN_MODEL
    if len(names) != 1 and day.total:
        reading.warn(
            f"{where}: the day's tokens are not divided by model; they count for the model "
            f'"{UNKNOWN_MODEL}", which has no price.'
        )
    return Part(
        model=model,
        where=where,
        model_where=f"{where}.modelsUsed" if len(names) == 1 else where,
        counts=day,
        cost_microusd=cost,
    )


def _rest_of(day: Counts, parts: list[Part], where: str, problems: Problems) -> Counts:
    """What the day has beyond its models, by class; more in the models than in the day is wrong.

    Output and reasoning are compared together: some entries take reasoning out of output only by
    day, some only by model.
    """
    sums = Counts()
    for part in parts:
        sums.input += part.counts.input
        sums.output += part.counts.output
        sums.cache_read += part.counts.cache_read
        sums.cache_write += part.counts.cache_write
        sums.reasoning += part.counts.reasoning
    left = {
        "inputTokens": (day.input, sums.input),
        "outputTokens with reasoning": (
            day.output + day.reasoning,
            sums.output + sums.reasoning,
        ),
        "cacheReadTokens": (day.cache_read, sums.cache_read),
        "cacheCreationTokens": (day.cache_write, sums.cache_write),
    }
    for name, (have, explained) in left.items():
        if explained > have:
            problems.add(
                where, f"{name} is {shown(have)}, by model it adds up to {shown(explained)}"
            )
    spoken = max(day.output + day.reasoning - sums.output - sums.reasoning, 0)
    reasoning = min(max(day.reasoning - sums.reasoning, 0), spoken)
    return Counts(
        input=max(day.input - sums.input, 0),
        output=spoken - reasoning,
        cache_read=max(day.cache_read - sums.cache_read, 0),
        cache_write=max(day.cache_write - sums.cache_write, 0),
        reasoning=reasoning,
    )


def _give_reasoning(only: Counts, day: Counts, rest: Counts) -> None:
    """Of a day with one model, all the reasoning is that model's."""
    if rest.total == rest.reasoning:
        only.reasoning += rest.reasoning
        rest.reasoning = 0
    hidden = min(max(day.reasoning - only.reasoning - rest.reasoning, 0), only.output)
    only.output -= hidden
    only.reasoning += hidden
