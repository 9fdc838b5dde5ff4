"""What a demo person's agents burned, day by day, machine by machine.

Everything follows from a seed, a person and the day that is called today: pure, and nothing of it
is random twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import exp
from random import Random

from ccgather.site.demo.market import LINE_WEIGHTS, TOOLS, Tool, models_of
from ccgather.site.demo.people import DemoPerson
from submissions.report import UsageRow
from submissions.rules.pricing import cost_of

DAY_COST_USD = 4_200
"""Days that would cost more are made smaller: a day over the hard limit waits for review."""

_CHECK_COST_FROM = 300_000_000
"""Tokens; the dearest model takes more than that to come near `DAY_COST_USD`."""

_MACHINES = (
    "MacBook Pro", "MacBook Air", "desktop", "work laptop", "devbox", "ThinkPad", "home server",
    "Framework", "tower", "studio", "codespace", "mini",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoDevice:
    """A machine, the key its collector gave it, and every row it has, by day."""

    name: str
    key: str
    rows: tuple[UsageRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUsage:
    """A person's history. They sent their first report on `first_report_day`."""

    devices: tuple[DemoDevice, ...]
    first_report_day: date


@dataclass(frozen=True, slots=True)
class _Habits:
    """How one person works."""

    workday: float
    weekend: float
    growth: float
    cache_share: float
    hour_cache: float
    adopts: float


@dataclass(frozen=True, slots=True)
class _ToolInUse:
    tool: Tool
    since: date
    often: float
    weight: float
    lines: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class _Machine:
    name: str
    key: str
    weight: float
    tools: tuple[_ToolInUse, ...]


def demo_usage(*, person: DemoPerson, days: int, seed: int, today: date) -> DemoUsage:
    """The person's history over at most `days` days that end with `today`."""
    rng = Random(f"{seed}:usage:{person.number}")
    first, last = _span(rng, person, days, today)
    habits = _habits(rng, person)
    weights = _day_weights(rng, habits, first, last, today)
    machines = _machines(rng, first, last)
    scale = person.lifetime_tokens / sum(weights.values())
    rows: dict[str, list[UsageRow]] = {machine.key: [] for machine in machines}
    for day, weight in weights.items():
        # Today only one machine has reported so far.
        at_work = machines[:1] if day == today else machines
        for key, row in _day_rows(rng, day, weight * scale, habits, at_work):
            rows[key].append(row)
    return DemoUsage(
        devices=tuple(
            DemoDevice(name=machine.name, key=machine.key, rows=tuple(rows[machine.key]))
            for machine in machines
            if rows[machine.key]
        ),
        # The tools keep their logs for about a month: that much of the past comes with the first.
        first_report_day=min(first + timedelta(days=rng.randint(0, 28)), today - timedelta(days=1)),
    )


def _span(rng: Random, person: DemoPerson, days: int, today: date) -> tuple[date, date]:
    """First and last day: heavy users are there from early on, and some people have stopped."""
    longest = days - 1
    share = 1.0 if rng.random() < 0.35 else rng.uniform(0.08 + 0.6 * person.size**2, 1.0)
    first = today - timedelta(days=max(1, round(longest * share)))
    fate = rng.random()
    silent = 0 if fate < 0.8 else rng.randint(2, 14) if fate < 0.91 else rng.randint(15, 90)
    last = max(first, today - timedelta(days=silent))
    return first, last


def _habits(rng: Random, person: DemoPerson) -> _Habits:
    every_day = rng.random() < 0.1
    workday = min(0.3 + 0.55 * person.size + rng.uniform(-0.12, 0.15), 0.97)
    return _Habits(
        workday=0.995 if every_day else workday,
        weekend=0.99 if every_day else workday * rng.choice((0.1, 0.25, 0.5, 0.8, 1.0)),
        growth=rng.gauss(1.0, 0.8),
        cache_share=rng.uniform(0.922, 0.968),
        hour_cache=rng.choice((0.0, 0.0, 0.3, 0.8)),
        adopts=rng.random(),
    )


def _day_weights(
    rng: Random, habits: _Habits, first: date, last: date, today: date
) -> dict[date, float]:
    """How much of the whole falls on each active day; never empty."""
    length = (last - first).days + 1
    away: set[int] = set()
    for _ in range(rng.choice((0, 0, 1, 1, 2)) if length > 45 else 0):
        start = rng.randrange(length)
        away.update(range(start, start + rng.randint(4, 15)))
    weights: dict[date, float] = {}
    for index in range(length):
        day = first + timedelta(days=index)
        chance = habits.weekend if day.weekday() >= 5 else habits.workday
        works = rng.random() < chance and index not in away
        weight = exp(habits.growth * index / length + rng.gauss(0, 0.65))
        if rng.random() < 0.03:
            weight *= rng.uniform(2, 4)
        # Today is not over yet, and many have not sent it.
        if day == today:
            works = works and rng.random() < 0.9
            weight *= rng.uniform(0.2, 0.9)
        if works:
            weights[day] = weight
    if not any(day < today for day in weights):
        weights = {min(first, today - timedelta(days=1)): 1.0} | weights
    return weights


def _machines(rng: Random, first: date, last: date) -> tuple[_Machine, ...]:
    tools = _tools(rng, first, last)
    count = rng.choices((1, 2, 3), weights=(62, 30, 8))[0]
    names = rng.sample(_MACHINES, count)
    machines = []
    for index, name in enumerate(names):
        # The first machine has every tool; the others have some.
        own = tools if index == 0 else rng.sample(tools, rng.randint(1, len(tools)))
        weight = 1.0 if index == 0 else rng.uniform(0.1, 0.7)
        machines.append(_Machine(name, f"{rng.getrandbits(128):032x}", weight, tuple(own)))
    return tuple(machines)


def _tools(rng: Random, first: date, last: date) -> list[_ToolInUse]:
    count = rng.choices((1, 2, 3, 4), weights=(38, 36, 18, 8))[0]
    left = list(TOOLS)
    chosen = []
    for index in range(count):
        tool = rng.choices(left, weights=[tool.weight for tool in left])[0]
        left.remove(tool)
        later = rng.randint(0, max((last - first).days - 1, 0))
        lines = _some_lines(rng, tool)
        chosen.append(
            _ToolInUse(
                tool=tool,
                since=first if index == 0 else first + timedelta(days=later),
                often=1.0 if index == 0 else rng.uniform(0.15, 0.7),
                weight=1.0 if index == 0 else rng.uniform(0.05, 0.6),
                lines=tuple((line, LINE_WEIGHTS[line] * rng.uniform(0.3, 1.0)) for line in lines),
            )
        )
    return chosen


def _some_lines(rng: Random, tool: Tool) -> list[str]:
    """One to three of the tool's lines of models; the one that is used daily first."""
    left = list(tool.lines)
    chosen: list[str] = []
    for _ in range(min(len(left), rng.choice((1, 2, 2, 3)))):
        line = rng.choices(left, weights=[LINE_WEIGHTS[name] for name in left])[0]
        left.remove(line)
        chosen.append(line)
    return chosen


def _day_rows(
    rng: Random, day: date, tokens: float, habits: _Habits, machines: Sequence[_Machine]
) -> list[tuple[str, UsageRow]]:
    """The day's rows, each with the key of its machine."""
    parts: list[tuple[str, Tool, str, float]] = []
    for index, machine in enumerate(machines):
        if index and rng.random() > machine.weight:
            continue
        for used in machine.tools:
            if day < used.since or rng.random() > used.often:
                continue
            for place, (line, weight) in enumerate(used.lines):
                if place == 0 or rng.random() < 0.4:
                    share = machine.weight * used.weight * weight * rng.uniform(0.5, 1.5)
                    parts.append((machine.key, used.tool, line, share))
    if not parts:
        machine = machines[0]
        parts = [(machine.key, machine.tools[0].tool, machine.tools[0].lines[0][0], 1.0)]
    whole = sum(share for *_, share in parts)
    rows = [
        (key, _row(rng, day, tool, line, tokens * share / whole, habits))
        for key, tool, line, share in parts
    ]
    return _within_a_days_cost(rows) if tokens > _CHECK_COST_FROM else rows


def _row(rng: Random, day: date, tool: Tool, line: str, tokens: float, habits: _Habits) -> UsageRow:
    models = models_of(line=line, day=day)
    newest = models[-1]
    taken = newest[1] / sum(weight for _, weight in models)
    model = newest[0] if habits.adopts < taken else models[0][0]
    total = max(int(tokens), 1_500)
    cached = int(total * min(max(habits.cache_share + rng.gauss(0, 0.012), 0.901), 0.979))
    fresh = total - cached
    output = int(fresh * min(max(model.output_share * rng.uniform(0.5, 1.3), 0.05), 0.6))
    written = int((fresh - output) * rng.uniform(0.6, 0.95)) if tool.caches_writes else 0
    thought = int(output * rng.uniform(0.2, 0.6)) if model.reasons else 0
    return UsageRow(
        day=day,
        client=tool.client,
        model=model.name,
        provider=model.provider,
        input_tokens=fresh - output - written,
        output_tokens=output - thought,
        cache_read_tokens=cached,
        cache_write_tokens=written,
        reasoning_tokens=thought,
        cache_write_1h_tokens=int(written * habits.hour_cache) if tool.client == "claude" else 0,
        messages=1 + total // rng.randint(45_000, 120_000),
    )


def _within_a_days_cost(rows: list[tuple[str, UsageRow]]) -> list[tuple[str, UsageRow]]:
    cost = sum(cost_of(row) or 0 for _, row in rows) / 1_000_000
    if cost <= DAY_COST_USD:
        return rows
    return [(key, _scaled(row, DAY_COST_USD / cost)) for key, row in rows]


def _scaled(row: UsageRow, factor: float) -> UsageRow:
    return replace(
        row,
        input_tokens=int(row.input_tokens * factor),
        output_tokens=int(row.output_tokens * factor),
        cache_read_tokens=int(row.cache_read_tokens * factor),
        cache_write_tokens=int(row.cache_write_tokens * factor),
        reasoning_tokens=int(row.reasoning_tokens * factor),
        cache_write_1h_tokens=int(row.cache_write_1h_tokens * factor),
        messages=max(1, int(row.messages * factor)),
    )
