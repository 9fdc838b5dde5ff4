"""The Token Tracker document: `{"data": {contributions, summary, dateRange}, "cliVersion"}`.

A day says three times how its tokens divide: by provider, by source (client) and by model, but
not how those cross. Rows here reproduce all three sums exactly and are marked as estimated. A
model whose maker is known goes to that provider as far as the day's sums allow; the rest is
shared out in proportion.

`inputTokens + outputTokens` is this format's total, cache apart. A day's `count` beyond it is
cache read. The three maps add up either to `count` or to input + output; in the second case the
cache is shared out over the rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from submissions.formats.apportion import apportioned, table_of
from submissions.formats.draft import Draft
from submissions.formats.sheet import DEFAULT_CLIENT, Counts, Reading, array_at, object_at
from submissions.rules.model_names import UNKNOWN_MODEL
from submissions.rules.providers import UNKNOWN_PROVIDER, provider_of
from submissions.rules.validation import (
    MAX_DAYS,
    MAX_ROWS,
    VERSION,
    check_range,
    checked_count,
    cost_microusd_of,
    count_of,
    matching_of,
    shown,
)

COLLECTOR: Final = "token-tracker"
MAX_CELLS: Final = 1_000
"""How large the tables of one day may be; a day of twenty models and five tools takes 300."""

type Cell = tuple[str, str, str]
"""(source, model, provider)."""


@dataclass(slots=True)
class _Sums:
    """What the days add up to, for the summary."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class _Maps:
    """The three ways in which a day's tokens divide; a map that is not given is empty."""

    sources: Mapping[str, int]
    models: Mapping[str, int]
    providers: Mapping[str, int]

    def size(self) -> int:
        """How many cells the tables of these maps have."""
        makers = len(self.models) + len(self.providers)
        return len(self.sources) * makers + len(self.models) * len(self.providers)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """The numbers of one sound day. `spent` is input and output; `total` is what maps divide."""

    day: date
    spent: tuple[int, int]
    count: int
    total: int
    cost_microusd: int | None


def parse(body: Mapping[str, object], reading: Reading) -> Draft:
    """Read a Token Tracker document into `reading`; faults go to its problems."""
    problems = reading.problems
    sums = _Sums()
    data = object_at(body, "data", where="", problems=problems)
    if data is not None:
        days = array_at(data, "contributions", where="data", problems=problems)
        if len(days) > MAX_DAYS:
            problems.add(
                "data.contributions", f"{len(days):,} days in one report, at most {MAX_DAYS:,}"
            )
        dates: set[date] = set()
        for index, entry in enumerate(days[:MAX_DAYS]):
            where = f"data.contributions[{index}]"
            if isinstance(entry, dict):
                _read_day(entry, where, reading, dates, sums)
            else:
                problems.add(where, f"{shown(entry)} is not an object")
        if days:
            check_range(
                data.get("dateRange"),
                where="data.dateRange",
                problems=problems,
                latest=reading.latest,
            )
            if len(days) <= MAX_DAYS and sums.rows <= MAX_ROWS:  # else not all of it was read
                _check_summary(data, reading, sums)
    return Draft(
        collector=COLLECTOR,
        collector_version=_version(body, reading),
        source="cli",
        rows_stated=sums.rows,
    )


def _version(body: Mapping[str, object], reading: Reading) -> str:
    if body.get("cliVersion") is None:
        return ""
    return matching_of(
        body["cliVersion"],
        pattern=VERSION,
        meaning="a version",
        where="cliVersion",
        problems=reading.problems,
    )


def _read_day(
    entry: dict[str, object], where: str, reading: Reading, dates: set[date], sums: _Sums
) -> None:
    problems = reading.problems
    faults = problems.count
    day = reading.day(entry.get("date"), f"{where}.date")
    named = f"{where} ({day})" if day else where
    if day is not None:
        if day in dates:
            problems.add(where, f"{day} occurs twice")
        dates.add(day)
    spent = (
        count_of(entry, "inputTokens", where=where, problems=problems, required=True),
        count_of(entry, "outputTokens", where=where, problems=problems, required=True),
    )
    count = count_of(entry, "count", where=where, problems=problems, required=True)
    cost = cost_microusd_of(entry.get("cost"), where=f"{where}.cost", problems=problems)
    if "count" in entry and count < sum(spent):
        problems.add(
            named,
            f"count is {shown(count)}, less than inputTokens + outputTokens, {shown(sum(spent))}",
        )
    maps = _Maps(
        *(_sums_by_name(entry, key, where, reading) for key in ("sources", "models", "providers"))
    )
    if maps.size() > MAX_CELLS:
        problems.add(named, "too many sources, models and providers for one day")
    total = _total_of_maps(maps, sum(spent), count, named, reading)
    sums.input += spent[0]
    sums.output += spent[1]
    sums.cache_read += max(count - sum(spent), 0)
    if problems.count == faults and day is not None and not reading.spent():
        found = _Day(day=day, spent=spent, count=count, total=total, cost_microusd=cost)
        sums.rows += _add_rows(found, maps, where, reading)
        return
    if reading.spent() and count:
        sums.rows += 1  # at least; enough for the report to have too many
    for source in maps.sources:  # a day with another fault makes no rows; its names are judged
        reading.client_id(source, f"{where}.sources")
    for model in maps.models:
        reading.model(model, f"{where}.models")


def _add_rows(day: _Day, maps: _Maps, where: str, reading: Reading) -> int:
    """Take the rows that a sound day comes to; gives their number."""
    cells = cells_of(
        sources=maps.sources or {reading.client or DEFAULT_CLIENT: day.total},
        models=maps.models or {UNKNOWN_MODEL: day.total},
        providers=maps.providers,
    )
    rows = _counts_of(
        list(cells.values()),
        day.spent,
        day.count - sum(day.spent),
        maps_have_cache=day.total == day.count,
    )
    costs: list[int] | list[None] = [None] * len(rows)
    if day.cost_microusd is not None:
        costs = apportioned(amount=day.cost_microusd, weights=[row.total for row in rows])
    for (source, model, provider), counts, cost in zip(cells, rows, costs, strict=True):
        reading.add(
            where=where,
            day=day.day,
            client=reading.client_id(source, f"{where}.sources"),
            model=model,
            model_where=f"{where}.models",
            provider=provider,
            counts=counts,
            cost_microusd=cost,
            estimated=True,
        )
    return len(cells)


def _sums_by_name(
    entry: dict[str, object], key: str, where: str, reading: Reading
) -> dict[str, int]:
    """One of the three maps, without its zeros; {} where it is absent."""
    problems = reading.problems
    stated = object_at(entry, key, where=where, problems=problems, required=False)
    if stated is None:
        return {}
    if len(stated) > MAX_CELLS:
        problems.add(f"{where}.{key}", f"{len(stated):,} names, at most {MAX_CELLS:,}")
        return {}
    counts = {
        name: checked_count(value, where=f"{where}.{key}[{shown(name)}]", problems=problems)
        for name, value in stated.items()
    }
    return {name: number for name, number in counts.items() if number}


def _total_of_maps(maps: _Maps, spent: int, count: int, named: str, reading: Reading) -> int:
    """What the maps divide: `count`, or input + output. All that are given must agree."""
    given = (("sources", maps.sources), ("models", maps.models), ("providers", maps.providers))
    totals = {name: sum(found.values()) for name, found in given if found}
    if not totals:
        return count
    if len(set(totals.values())) == 1 and next(iter(totals.values())) in (count, spent):
        return next(iter(totals.values()))
    allowed = f"count says {shown(count)}"
    if spent != count:
        allowed += f", inputTokens + outputTokens is {shown(spent)}"
    for name, total in totals.items():
        if total != count:
            reading.problems.add(named, f"{name} add up to {shown(total)}, {allowed}")
    return count


def cells_of(
    *, sources: Mapping[str, int], models: Mapping[str, int], providers: Mapping[str, int]
) -> dict[Cell, int]:
    """Tokens by (source, model, provider) that add up to all three maps, without zeros.

    The maps have the same sum. Without providers each model has the one its name tells.
    """
    pairs = _models_by_provider(models, providers)
    names = sorted(sources)
    table = table_of(rows=[sources[name] for name in names], columns=list(pairs.values()))
    return {
        (source, model, provider): tokens
        for source, row in zip(names, table, strict=True)
        for (model, provider), tokens in zip(pairs, row, strict=True)
        if tokens
    }


def _models_by_provider(
    models: Mapping[str, int], providers: Mapping[str, int]
) -> dict[tuple[str, str], int]:
    if not providers:
        return {(name, ""): models[name] for name in sorted(models)}
    free = {name: providers[name] for name in sorted(providers)}
    left: dict[str, int] = {}
    pairs: dict[tuple[str, str], int] = {}
    for model in sorted(models):
        maker = provider_of(model=model.lower(), stated="")
        known = min(models[model], free.get(maker, 0)) if maker != UNKNOWN_PROVIDER else 0
        if known:
            pairs[model, maker] = known
            free[maker] -= known
        if models[model] > known:
            left[model] = models[model] - known
    table = table_of(rows=list(left.values()), columns=list(free.values()))
    for model, row in zip(left, table, strict=True):
        for provider, tokens in zip(free, row, strict=True):
            if tokens:
                pairs[model, provider] = pairs.get((model, provider), 0) + tokens
    return pairs


def _counts_of(
    cells: list[int], spent: tuple[int, int], cache_read: int, *, maps_have_cache: bool
) -> list[Counts]:
    """The classes of each cell: their sums are those of the day."""
    if maps_have_cache:
        table = table_of(rows=cells, columns=(*spent, cache_read))
        return [Counts(input=row[0], output=row[1], cache_read=row[2]) for row in table]
    table = table_of(rows=cells, columns=spent)
    caches = apportioned(amount=cache_read, weights=cells)
    return [
        Counts(input=row[0], output=row[1], cache_read=cache)
        for row, cache in zip(table, caches, strict=True)
    ]


def _check_summary(data: Mapping[str, object], reading: Reading, sums: _Sums) -> None:
    problems = reading.problems
    summary = object_at(data, "summary", where="data", problems=problems)
    if summary is None:
        return
    where = "data.summary"
    cost_microusd_of(summary.get("totalCost"), where=f"{where}.totalCost", problems=problems)
    for name, found in (
        ("inputTokens", sums.input),
        ("outputTokens", sums.output),
        ("totalTokens", sums.input + sums.output),
    ):
        stated = count_of(summary, name, where=where, problems=problems, required=True)
        if name in summary and stated != found:
            problems.add(
                f"{where}.{name}", f"{shown(stated)}, but the days add up to {shown(found)}"
            )
    written = count_of(summary, "cacheCreationTokens", where=where, problems=problems)
    read = count_of(summary, "cacheReadTokens", where=where, problems=problems)
    if written:
        reading.warn(
            f"The summary names {written} cache write tokens and no day does: they are not counted."
        )
    if read > sums.cache_read:
        reading.warn(
            f"The summary names {read} cache read tokens, the days {sums.cache_read}: "
            "only the days' are counted."
        )
