"""What tokscale sends, from 1.x (`sources`, `source`) to 4.x (`clients`, `client`).

Days are of the sender's own zone. One object a day with a row a client and model, and the sums
of the day three times over: `totals.tokens`, `tokenBreakdown` and the report's `summary`. All
five classes are disjoint. Keys that are not named here, MCP servers' names among them, are never
read.
"""

from collections.abc import Mapping
from typing import Final

from submissions.formats.draft import Draft
from submissions.formats.native import device_of, scan_of
from submissions.formats.sheet import Counts, Reading, array_at, object_at
from submissions.rules.validation import (
    MAX_DAYS,
    MAX_ROWS,
    VERSION,
    Problems,
    check_range,
    cost_microusd_of,
    count_of,
    matching_of,
    shown,
)

COLLECTOR: Final = "tokscale"

_CLASSES: Final = ("input", "output", "cacheRead", "cacheWrite", "reasoning")
_SUM: Final = "input + output + cacheRead + cacheWrite + reasoning"


def parse(body: Mapping[str, object], reading: Reading) -> Draft:
    """Read a tokscale body into `reading`; faults go to its problems."""
    problems = reading.problems
    days = array_at(body, "contributions", where="", problems=problems)
    if len(days) > MAX_DAYS:
        problems.add("contributions", f"{len(days):,} days in one report, at most {MAX_DAYS:,}")
    dates: set[str] = set()
    stated = 0
    for index, entry in enumerate(days[:MAX_DAYS]):
        where = f"contributions[{index}]"
        if isinstance(entry, dict):
            stated += _read_day(entry, where, reading, dates)
        else:
            problems.add(where, f"{shown(entry)} is not an object")
    if len(days) <= MAX_DAYS and stated <= MAX_ROWS:  # else not all of it was read
        _check_summary(body, reading)
    parsers, full_history = scan_of(body, key="scanScope", problems=problems)
    return Draft(
        collector=COLLECTOR,
        collector_version=_version(body, reading, has_days=bool(days)),
        source="cli",
        device=device_of(body, problems=problems),
        parser_versions=parsers,
        full_history=full_history,
        rows_stated=stated,
    )


def _version(body: Mapping[str, object], reading: Reading, *, has_days: bool) -> str:
    problems = reading.problems
    meta = object_at(body, "meta", where="", problems=problems, required=False)
    if meta is None:
        return ""
    if has_days:  # an empty report has an empty range
        check_range(
            meta.get("dateRange"),
            where="meta.dateRange",
            problems=problems,
            latest=reading.latest,
        )
    if meta.get("version") is None:
        return ""
    return matching_of(
        meta["version"],
        pattern=VERSION,
        meaning="a version",
        where="meta.version",
        problems=problems,
    )


def _read_day(entry: dict[str, object], where: str, reading: Reading, dates: set[str]) -> int:
    """Read one contribution; gives how many rows it states."""
    problems = reading.problems
    day = reading.day(entry.get("date"), f"{where}.date")
    named = f"{where} ({day})" if day else where
    if day is not None:
        if day.isoformat() in dates:
            problems.add(where, f"{day} occurs twice")
        dates.add(day.isoformat())
    key, client_key = ("clients", "client") if "clients" in entry else ("sources", "source")
    if key not in entry:
        problems.add(where, '"clients" is missing (before 2.0: "sources")')
        rows: list[object] = []
    else:
        rows = list(array_at(entry, key, where=where, problems=problems))
    sums = dict.fromkeys(_CLASSES, 0)
    for index, row in enumerate(rows):
        if reading.spent():
            return len(rows)
        place = f"{where}.{key}[{index}]"
        if not isinstance(row, dict):
            problems.add(place, f"{shown(row)} is not an object")
            continue
        counts = _counts(row, place, problems)
        for name, number in zip(_CLASSES, counts.values(), strict=False):
            sums[name] += number
        reading.add(
            where=place,
            day=day,
            client=reading.client_id(row.get(client_key), f"{place}.{client_key}"),
            model=row.get("modelId"),
            model_where=f"{place}.modelId",
            provider=row.get("providerId"),
            counts=counts,
            cost_microusd=cost_microusd_of(
                row.get("cost"), where=f"{place}.cost", problems=problems
            ),
        )
    _check_day(entry, where, named, sums, problems)
    return len(rows)


def _counts(row: dict[str, object], place: str, problems: Problems) -> Counts:
    messages = count_of(row, "messages", where=place, problems=problems)
    tokens = object_at(row, "tokens", where=place, problems=problems)
    if tokens is None:
        return Counts(messages=messages)
    inside = f"{place}.tokens"
    return Counts(
        input=count_of(tokens, "input", where=inside, problems=problems, required=True),
        output=count_of(tokens, "output", where=inside, problems=problems, required=True),
        cache_read=count_of(tokens, "cacheRead", where=inside, problems=problems),
        cache_write=count_of(tokens, "cacheWrite", where=inside, problems=problems),
        reasoning=count_of(tokens, "reasoning", where=inside, problems=problems),
        messages=messages,
    )


def _check_day(
    entry: dict[str, object],
    where: str,
    named: str,
    sums: Mapping[str, int],
    problems: Problems,
) -> None:
    """The day's own sums must be those of its rows, and the classes those of the total."""
    found = sum(sums.values())
    totals = object_at(entry, "totals", where=where, problems=problems)
    if totals is not None:
        place = f"{where}.totals"
        stated = count_of(totals, "tokens", where=place, problems=problems, required=True)
        count_of(totals, "messages", where=place, problems=problems)
        cost_microusd_of(totals.get("cost"), where=f"{place}.cost", problems=problems)
        if "tokens" in totals and stated != found:
            problems.add(named, f"{_SUM} is {shown(found)}, totals.tokens says {shown(stated)}")
    breakdown = object_at(entry, "tokenBreakdown", where=where, problems=problems, required=False)
    for name in _CLASSES if breakdown is not None else ():
        if breakdown is None or name not in breakdown:
            continue
        stated = count_of(breakdown, name, where=f"{where}.tokenBreakdown", problems=problems)
        if stated != sums[name]:
            problems.add(
                named,
                f"the rows' {name} is {shown(sums[name])}, "
                f"tokenBreakdown.{name} says {shown(stated)}",
            )


def _check_summary(body: Mapping[str, object], reading: Reading) -> None:
    problems = reading.problems
    summary = object_at(body, "summary", where="", problems=problems)
    if summary is None:
        return
    stated = count_of(summary, "totalTokens", where="summary", problems=problems, required=True)
    cost_microusd_of(summary.get("totalCost"), where="summary.totalCost", problems=problems)
    if "totalTokens" in summary and stated != reading.tokens:
        problems.add(
            "summary.totalTokens",
            f"{shown(stated)}, but the days add up to {shown(reading.tokens)}",
        )
