"""`ccgather-report/1`, our own: flat rows, their sums, and what may come beside them.

`contract/report-1.schema.json`.
"""

from collections.abc import Mapping
from typing import Final

from submissions.formats.draft import Draft
from submissions.formats.evidence import evidence_of, hours_of
from submissions.formats.sheet import Counts, Reading, array_at, object_at
from submissions.report import DayBasis, DeviceClaim, Source
from submissions.rules.validation import (
    COLLECTOR,
    DEVICE_KEY,
    MAX_ROWS,
    VERSION,
    Problems,
    are_counts,
    checked_count,
    cost_microusd_of,
    count_of,
    display_name_of,
    matching_of,
    shown,
)

SCHEMA: Final = "ccgather-report/1"
MAX_PARSERS: Final = 512
MAX_DEVICE_NAME: Final = 100

_SOURCES: Final[Mapping[object, Source]] = {"cli": "cli", "hook": "hook", "api": "api"}
_CLASSES: Final = ("input", "output", "cacheRead", "cacheWrite", "reasoning")


def day_basis_of(body: Mapping[str, object]) -> DayBasis:
    """Whose days the rows name; needed before the first of them is read."""
    return "local" if body.get("dayBasis") == "local" else "utc"


def parse(body: Mapping[str, object], reading: Reading) -> Draft:
    """Read a native report into `reading`; faults go to its problems."""
    problems = reading.problems
    if body.get("schema") != SCHEMA:
        problems.add("schema", f"{shown(body.get('schema'))} is not {shown(SCHEMA)}")
    if body.get("dayBasis", "utc") not in ("utc", "local"):
        problems.add("dayBasis", f'{shown(body["dayBasis"])} is neither "utc" nor "local"')
    name, version = _collector(body, problems)
    rows = array_at(body, "rows", where="", problems=problems)
    sums = dict.fromkeys((*_CLASSES, "messages"), 0)
    faults = problems.count
    for index, row in enumerate(rows[:MAX_ROWS]):
        where = f"rows[{index}]"
        if isinstance(row, dict):
            _read_row(row, where, reading, sums)
        else:
            problems.add(where, f"{shown(row)} is not an object")
    known = None  # of rows with faults nothing is known that others could be held to
    if len(rows) <= MAX_ROWS:
        known = reading.messages() if problems.count == faults else None
        _check_totals(body, sums, problems)
    parsers, full_history = scan_of(body, key="scan", problems=problems)
    hours, evidence = hours_of(body, reading, known), evidence_of(body, reading, known)
    return Draft(
        collector=name,
        collector_version=version,
        source=_source(body, problems),
        device=device_of(body, problems=problems),
        parser_versions=parsers,
        full_history=full_history,
        rows_stated=len(rows),
        evidence=evidence,
        hours=hours,
    )


def _collector(body: Mapping[str, object], problems: Problems) -> tuple[str, str]:
    collector = object_at(body, "collector", where="", problems=problems)
    if collector is None:
        return "", ""
    name = matching_of(
        collector.get("name"),
        pattern=COLLECTOR,
        meaning="a collector's name",
        where="collector.name",
        problems=problems,
    )
    version = matching_of(
        collector.get("version"),
        pattern=VERSION,
        meaning="a version",
        where="collector.version",
        problems=problems,
    )
    return name, version


def _source(body: Mapping[str, object], problems: Problems) -> Source:
    value = body.get("source", "cli")
    if isinstance(value, str) and value in _SOURCES:
        return _SOURCES[value]
    problems.add("source", f'{shown(value)} is not "cli", "hook" or "api"')
    return "cli"


def device_of(body: Mapping[str, object], *, problems: Problems) -> DeviceClaim | None:
    """The machine that a report names, if it names one: `device: {id, name?}`."""
    device = object_at(body, "device", where="", problems=problems, required=False)
    if device is None:
        return None
    key = matching_of(
        device.get("id"),
        pattern=DEVICE_KEY,
        meaning="a device id",
        where="device.id",
        problems=problems,
    )
    name = device.get("name")
    if name is None:
        return DeviceClaim(key=key)
    shown_name = display_name_of(
        name, max_length=MAX_DEVICE_NAME, where="device.name", problems=problems
    )
    return DeviceClaim(key=key, name=shown_name)


def scan_of(
    body: Mapping[str, object], *, key: str, problems: Problems
) -> tuple[dict[str, int], bool]:
    """`{parserVersions: {client: version}, fullHistory}` under `key`, which may be absent."""
    scan = object_at(body, key, where="", problems=problems, required=False)
    if scan is None:
        return {}, False
    full = scan.get("fullHistory", False)
    if not isinstance(full, bool):
        problems.add(f"{key}.fullHistory", f"{shown(full)} is neither true nor false")
        full = False
    stated = object_at(scan, "parserVersions", where=key, problems=problems, required=False) or {}
    if len(stated) > MAX_PARSERS:
        problems.add(f"{key}.parserVersions", f"{len(stated):,} entries, at most {MAX_PARSERS}")
        return {}, full
    versions: dict[str, int] = {}
    for client, version in stated.items():
        where = f"{key}.parserVersions.{client if client.isprintable() else shown(client)}"
        number = checked_count(version, where=where, problems=problems)
        if number > 1_000_000:
            problems.add(where, f"{shown(number)} is more than 1000000")
        versions[client] = number
    return versions, full


def _read_row(row: dict[str, object], where: str, reading: Reading, sums: dict[str, int]) -> None:
    problems = reading.problems
    counts = _counts(row, where, problems)
    sums["input"] += counts.input
    sums["output"] += counts.output
    sums["cacheRead"] += counts.cache_read
    sums["cacheWrite"] += counts.cache_write
    sums["reasoning"] += counts.reasoning
    sums["messages"] += counts.messages
    if counts.cache_write_1h > counts.cache_write:
        problems.add(
            f"{where}.cacheWrite1h",
            f"{shown(counts.cache_write_1h)} is more than cacheWrite, {shown(counts.cache_write)}",
        )
    if "longContext" in row:
        _read_long_context(row, counts, where, problems)
    cost = None
    if "costUsd" in row:
        cost = cost_microusd_of(row["costUsd"], where=f"{where}.costUsd", problems=problems)
    reading.add(
        where=where,
        day=reading.day(row.get("day"), f"{where}.day"),
        client=reading.client_id(row.get("client"), f"{where}.client"),
        model=row.get("model"),
        model_where=f"{where}.model",
        provider=row.get("provider"),
        counts=counts,
        cost_microusd=cost,
    )


def _counts(row: dict[str, object], where: str, problems: Problems) -> Counts:
    get = row.get
    found = (
        get("input"),
        get("output"),
        get("cacheRead", 0),
        get("cacheWrite", 0),
        get("reasoning", 0),
        get("cacheWrite1h", 0),
        0,
        0,
        0,
        0,
        get("messages", 0),
    )
    if are_counts(found):  # one look at all of them; 20,000 rows notice
        return Counts(*found)
    return Counts(
        input=count_of(row, "input", where=where, problems=problems, required=True),
        output=count_of(row, "output", where=where, problems=problems, required=True),
        cache_read=count_of(row, "cacheRead", where=where, problems=problems),
        cache_write=count_of(row, "cacheWrite", where=where, problems=problems),
        reasoning=count_of(row, "reasoning", where=where, problems=problems),
        cache_write_1h=count_of(row, "cacheWrite1h", where=where, problems=problems),
        messages=count_of(row, "messages", where=where, problems=problems),
    )


def _read_long_context(
    row: dict[str, object], counts: Counts, where: str, problems: Problems
) -> None:
    long = object_at(row, "longContext", where=where, problems=problems, required=False)
    if not long:
        return
    inside = f"{where}.longContext"
    counts.long_input = count_of(long, "input", where=inside, problems=problems)
    counts.long_output = count_of(long, "output", where=inside, problems=problems)
    counts.long_cache_read = count_of(long, "cacheRead", where=inside, problems=problems)
    counts.long_cache_write = count_of(long, "cacheWrite", where=inside, problems=problems)
    for name, part, whole_name, whole in (
        ("input", counts.long_input, "input", counts.input),
        ("output", counts.long_output, "output + reasoning", counts.output + counts.reasoning),
        ("cacheRead", counts.long_cache_read, "cacheRead", counts.cache_read),
        ("cacheWrite", counts.long_cache_write, "cacheWrite", counts.cache_write),
    ):
        if part > whole:
            problems.add(
                f"{inside}.{name}", f"{shown(part)} is more than {whole_name}, {shown(whole)}"
            )


def _check_totals(body: Mapping[str, object], sums: Mapping[str, int], problems: Problems) -> None:
    totals = object_at(body, "totals", where="", problems=problems)
    if totals is None:
        return
    tokens = sum(sums[name] for name in _CLASSES)
    stated = count_of(totals, "tokens", where="totals", problems=problems, required=True)
    if "tokens" in totals and stated != tokens:
        problems.add("totals.tokens", f"{shown(stated)}, but the rows add up to {shown(tokens)}")
    for name, found in sums.items():
        if name not in totals:
            continue
        stated = count_of(totals, name, where="totals", problems=problems)
        if stated != found:
            problems.add(
                f"totals.{name}", f"{shown(stated)}, but the rows add up to {shown(found)}"
            )
