"""Sums for a person: by day, week, month, model, tool, session and block of five hours."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import PurePath
from typing import TypeAlias

from ccgather_cli.pricing import cost_of
from ccgather_cli.reading.facts import (
    CACHE_READ,
    CACHE_WRITE,
    CACHE_WRITE_1H,
    FLAGS,
    INPUT,
    LONG,
    MESSAGES,
    MODEL,
    OUTPUT,
    REASONING,
    SECOND,
    SESSION,
    Facts,
    Row,
)
from ccgather_cli.reading.interface import LogFile
from ccgather_cli.reading.tally import Counts, Slot, Tally
from ccgather_cli.reading.timestamps import day_of

Rows: TypeAlias = Iterable[tuple[str, LogFile, Facts, Row]]
BLOCK_SECONDS = 5 * 3600
"""How long an agent's usage window lasts; a block begins at the full hour of its first response."""


@dataclass
class Line:
    """Sums under a label. `cost` is of what has a price; `unpriced` the tokens that have none."""

    labels: tuple[str, ...]
    counts: Counts = field(default_factory=Counts)
    cost: Decimal = Decimal(0)
    unpriced: int = 0
    clients: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    first_second: int = 0
    last_second: int = 0

    @property
    def shown_cost(self) -> Decimal | None:
        """The cost; None where nothing of it has a price."""
        return None if self.unpriced and self.unpriced == self.counts.total else self.cost

    def add(self, slot: Slot, counts: Counts) -> None:
        """Take sums of one model on one day in."""
        self.counts.add(counts)
        self.clients.add(slot.client)
        self.models.add(slot.model)
        cost = cost_of(model=slot.model, day=slot.day, counts=counts)
        if cost is None:
            self.unpriced += counts.total
        else:
            self.cost += cost

    def saw(self, second: int) -> None:
        """Note a moment of activity, seconds from 1970."""
        self.first_second = min(self.first_second or second, second)
        self.last_second = max(self.last_second, second)


def by_label(tally: Tally, label: Callable[[Slot], tuple[str, ...]]) -> list[Line]:
    """Lines by what `label` makes of a slot, in the order of the labels."""
    lines: dict[tuple[str, ...], Line] = {}
    for slot, counts in tally:
        key = label(slot)
        line = lines.get(key)
        if line is None:
            line = lines[key] = Line(key)
        line.add(slot, counts)
    return [lines[key] for key in sorted(lines)]


def total_of(tally: Tally) -> Line:
    """Everything together."""
    total = Line(("total",))
    for slot, counts in tally:
        total.add(slot, counts)
    return total


def week_of(day: str) -> str:
    """The ISO week of a day, `2026-W47`."""
    year, week, _ = date.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02}"


def by_session(rows: Rows, *, since: str, until: str) -> list[Line]:
    """Lines by (client, session), the one that was active last first.

    A log without names of sessions is one session, called as its file.
    """
    lines: dict[tuple[str, str], Line] = {}
    parts: dict[tuple[str, str], Tally] = {}
    for client, log, facts, row in rows:
        day = day_of(row[SECOND])
        if not since <= day <= until:
            continue
        key = (client, _session_name(log, facts, row))
        if key not in lines:
            lines[key], parts[key] = Line(key), Tally()
        lines[key].saw(row[SECOND])
        _book(parts[key], client, day, facts, row)
    for key, line in lines.items():
        for slot, counts in parts[key]:
            line.add(slot, counts)
    return sorted(lines.values(), key=lambda line: (-line.last_second, line.labels))


def by_block(rows: Rows, *, since: str, until: str) -> list[Line]:
    """Blocks of five hours, oldest first; a new one begins after five hours or five silent ones."""
    chosen = sorted(
        (
            (row[SECOND], client, facts, row)
            for client, _, facts, row in rows
            if since <= day_of(row[SECOND]) <= until
        ),
        key=lambda item: item[0],
    )
    lines: list[Line] = []
    parts: list[Tally] = []
    start = last = -BLOCK_SECONDS
    for second, client, facts, row in chosen:
        if second >= start + BLOCK_SECONDS or second - last > BLOCK_SECONDS:
            start = second - second % 3600
            lines.append(Line((moment_of(start), moment_of(start + BLOCK_SECONDS))))
            parts.append(Tally())
        last = second
        lines[-1].saw(second)
        _book(parts[-1], client, day_of(second), facts, row)
    for line, part in zip(lines, parts, strict=True):
        for slot, counts in part:
            line.add(slot, counts)
    return lines


def moment_of(second: int) -> str:
    """A second from 1970 as RFC 3339, UTC."""
    return datetime.fromtimestamp(second, timezone.utc).isoformat().replace("+00:00", "Z")


def daily_totals(tally: Tally, *, last: str, weeks: int) -> list[list[tuple[str, int]]]:
    """Weeks of (day, tokens), Monday first, up to the week of `last`; days after it are left out.

    For a heatmap: as many columns as weeks, seven rows.
    """
    tokens: dict[str, int] = {}
    for slot, counts in tally:
        tokens[slot.day] = tokens.get(slot.day, 0) + counts.total
    end = date.fromisoformat(last)
    monday = end - timedelta(days=end.weekday(), weeks=weeks - 1)
    columns = []
    for week in range(weeks):
        days = (monday + timedelta(days=week * 7 + weekday) for weekday in range(7))
        columns.append([(d.isoformat(), tokens.get(d.isoformat(), 0)) for d in days if d <= end])
    return columns


def heat_of(tokens: Sequence[int]) -> Callable[[int], int]:
    """How hot a day is, 0 to 4, against the days that have usage: by quarters of their order."""
    used = sorted(count for count in tokens if count)
    if not used:
        return lambda _count: 0
    edges = [used[min(len(used) * quarter // 4, len(used) - 1)] for quarter in (1, 2, 3)]
    return lambda count: 1 + sum(count >= edge for edge in edges) if count else 0


def _session_name(log: LogFile, facts: Facts, row: Row) -> str:
    names = tuple(facts.sessions)
    name = names[row[SESSION]] if row[SESSION] < len(names) else ""
    return name or PurePath(log.path).stem


def _book(tally: Tally, client: str, day: str, facts: Facts, row: Row) -> None:
    model, provider = tuple(facts.models)[row[MODEL]]
    counts = tally.at(Slot(day, client, model, provider))
    counts.input += row[INPUT]
    counts.output += row[OUTPUT]
    counts.cache_read += row[CACHE_READ]
    counts.cache_write += row[CACHE_WRITE]
    counts.reasoning += row[REASONING]
    counts.cache_write_1h += row[CACHE_WRITE_1H]
    counts.messages += row[MESSAGES]
    if row[FLAGS] & LONG:
        counts.long_input += row[INPUT]
        counts.long_output += row[OUTPUT] + row[REASONING]
        counts.long_cache_read += row[CACHE_READ]
        counts.long_cache_write += row[CACHE_WRITE]
