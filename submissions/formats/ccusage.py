"""`ccusage daily --json`, versions 15 to 20.

All tools together (`period`, `agent`, `metadata.agents`; with `--by-agent` also `agents`) or one
tool (`date`), grouped by project or not, and the older `{"type": "daily", "data", "summary"}`.
Days are of the sender's own zone. The names of projects are never kept or repeated.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from submissions.formats.ccusage_entry import columns_of, parts_of
from submissions.formats.draft import Draft
from submissions.formats.sheet import DEFAULT_CLIENT, Reading, array_at
from submissions.rules.validation import MAX_CLIENTS, MAX_ROWS, count_of, shown

COLLECTOR: Final = "ccusage"
SEVERAL_AGENTS: Final = "ccusage"
"""The client of a day that several tools share without saying which burned what."""

_TOOL_PREFIX: Final = re.compile(r"\s*\[[a-z0-9_-]{1,40}\]\s+")
_DISPLAY_DATE: Final = re.compile(r"([A-Z][a-z]{2}) (\d{2}), (\d{4})", re.ASCII)
_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
_SUMMED: Final = (
    "inputTokens",
    "outputTokens",
    "cacheCreationTokens",
    "cacheReadTokens",
    "cachedInputTokens",
    "reasoningOutputTokens",
)


@dataclass(slots=True)
class _Seen:
    """What has been read so far; `unread` counts entries past the limit of rows."""

    days: set[tuple[object, ...]] = field(default_factory=set)
    sums: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_SUMMED, 0))
    tokens: int = 0
    unread: int = 0


def parse(body: Mapping[str, object], reading: Reading) -> Draft:
    """Read a ccusage report into `reading`; faults go to its problems."""
    seen = _Seen()
    for where, project, entry in _entries(body, reading):
        if reading.spent():
            seen.unread += 1
        elif isinstance(entry, dict):
            _read_entry(entry, where, project, reading, seen)
        else:
            reading.problems.add(where, f"{shown(entry)} is not an object")
    if not seen.unread:
        _check_totals(body, reading, seen)
    return Draft(
        collector=COLLECTOR,
        collector_version="",
        source="api",
        rows_stated=reading.rows_read + seen.unread,
    )


def _entries(body: Mapping[str, object], reading: Reading) -> Iterator[tuple[str, object, object]]:
    """Each entry with its path and the number of its project, MAX_ROWS + 1 of them at most."""
    lists: list[tuple[str, object, object]] = []
    if "daily" in body:
        lists.append(("daily", None, array_at(body, "daily", where="", problems=reading.problems)))
    elif isinstance(body.get("projects"), dict):
        projects = body["projects"]
        values = projects.values() if isinstance(projects, dict) else ()
        lists.extend((f"projects[{number}]", number, value) for number, value in enumerate(values))
    elif "projects" in body:
        reading.problems.add("projects", f"{shown(body['projects'])} is not an object")
    else:
        lists.append(("data", None, array_at(body, "data", where="", problems=reading.problems)))
    left = MAX_ROWS + 1
    for path, project, entries in lists:
        if not isinstance(entries, list | tuple):
            reading.problems.add(path, f"{shown(entries)} is not an array")
            continue
        for index, entry in enumerate(entries[:left]):
            yield f"{path}[{index}]", project, entry
        left = max(left - len(entries), 0)


def _read_entry(
    entry: dict[str, object], where: str, project: object, reading: Reading, seen: _Seen
) -> None:
    problems = reading.problems
    key = "period" if "period" in entry else "date"
    day = reading.day(_iso_of(entry.get(key)), f"{where}.{key}")
    named_project = entry.get("project")
    if isinstance(named_project, str):  # 16 to 19 name it beside the numbers
        project = (project, named_project)
    if day is not None:
        if (day, project) in seen.days:
            problems.add(where, f"{day} occurs twice")
        seen.days.add((day, project))
    for name in _SUMMED:
        seen.sums[name] += _face(entry.get(name))
    agents = entry.get("agents")
    if isinstance(agents, list) and len(agents) > MAX_CLIENTS:
        problems.add(f"{where}.agents", f"{len(agents):,} agents, at most {MAX_CLIENTS}")
        tokens = 0
    elif isinstance(agents, list) and agents:
        tokens = columns_of(entry, where=where, problems=problems).total
        divided = 0
        for index, agent in enumerate(agents):
            place = f"{where}.agents[{index}]"
            if not isinstance(agent, dict):
                problems.add(place, f"{shown(agent)} is not an object")
                continue
            client = reading.client_id(agent.get("agent"), f"{place}.agent")
            divided += _add_parts(agent, place, day, client, project, reading)
        if divided != tokens:
            problems.add(
                f"{where} ({day})" if day else where,
                f"the agents add up to {shown(divided)} tokens, the day to {shown(tokens)}",
            )
    else:
        tokens = _add_parts(entry, where, day, _client(entry, where, reading), project, reading)
    seen.tokens += tokens


def _add_parts(
    entry: dict[str, object],
    where: str,
    day: object,
    client: str,
    project: object,
    reading: Reading,
) -> int:
    """Take an entry's rows; gives its tokens."""
    tokens = 0
    for part in parts_of(entry, where=where, reading=reading):
        prefix, model = _without_prefix(part.model)
        tokens += part.counts.total
        reading.add(
            where=part.where,
            day=day,  # type: ignore[arg-type]
            client=client,
            model=model,
            model_where=part.model_where,
            counts=part.counts,
            cost_microusd=part.cost_microusd,
            scope=(project, prefix, part.where.endswith("(rest)")),
        )
    return tokens


def _without_prefix(model: object) -> tuple[str, object]:
    """ "[pi] claude-opus-4-5" as ("[pi] ", "claude-opus-4-5")."""
    found = _TOOL_PREFIX.match(model) if isinstance(model, str) else None
    if found is None or not isinstance(model, str):
        return "", model
    return found[0], model[found.end() :]


def _client(entry: Mapping[str, object], where: str, reading: Reading) -> str:
    """The tool of an entry: the only agent it names, "ccusage" for several, else the sender's."""
    metadata = entry.get("metadata")
    agents = metadata.get("agents") if isinstance(metadata, dict) else None
    if isinstance(agents, list) and agents:
        if len(agents) == 1:
            return reading.client_id(agents[0], f"{where}.metadata.agents[0]")
        return SEVERAL_AGENTS
    agent = entry.get("agent")
    if agent == "all":
        return SEVERAL_AGENTS
    if agent is not None:
        return reading.client_id(agent, f"{where}.agent")
    if reading.client:
        return reading.client
    if _has_foreign_model(entry):
        reading.warn(
            "This report names no tool, so it counts for claude, but some of its models are not "
            "Claude's. Say which tool it is with ?client=."
        )
    return DEFAULT_CLIENT


def _has_foreign_model(entry: Mapping[str, object]) -> bool:
    names = entry.get("modelsUsed", entry.get("models"))
    return isinstance(names, list | dict) and any(
        isinstance(name, str) and "claude" not in name.lower() and name[:1] != "<" for name in names
    )


def _iso_of(value: object) -> object:
    """ "Nov 02, 2025", as Codex reports of 16 to 18 write it, as "2025-11-02"."""
    found = _DISPLAY_DATE.fullmatch(value) if isinstance(value, str) else None
    if found is None or found[1] not in _MONTHS:
        return value
    return f"{found[3]}-{_MONTHS.index(found[1]) + 1:02d}-{found[2]}"


def _face(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _check_totals(body: Mapping[str, object], reading: Reading, seen: _Seen) -> None:
    """`totals` (or the older `summary`), where there is one, must be the sum of the days."""
    problems = reading.problems
    key = "totals" if "totals" in body else "summary"
    totals = body.get(key)
    if totals is None:
        return
    if not isinstance(totals, dict):
        problems.add(key, f"{shown(totals)} is not an object")
        return
    expected = dict(seen.sums)
    if key == "summary":
        expected = {
            f"total{name[0].upper()}{name[1:]}": number for name, number in expected.items()
        }
    expected["totalTokens"] = seen.tokens
    for name, found in expected.items():
        if name not in totals:
            continue
        stated = count_of(totals, name, where=key, problems=problems)
        if stated != found:
            problems.add(f"{key}.{name}", f"{shown(stated)}, but the days add up to {shown(found)}")
