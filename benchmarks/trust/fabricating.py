"""Usage made up from nothing: days that look like days, from what anybody can read on the board."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import exp
from random import Random

from benchmarks.trust.agents import HOURS, TOOLS, habit_of, model_on
from benchmarks.trust.story import Cell, Logs, Person
from submissions.report import UsageRow


def fabricated_logs(rng: Random, *, device: str, first: date, last: date) -> Logs:
    """Log-normal days, weekends lower, shares of the classes that vary around a mean."""
    tool = rng.choice(TOOLS[:2])
    habit = habit_of(rng, tool)
    centre = rng.gauss(18.6, 0.7)
    spread = rng.uniform(0.35, 0.8)
    cached = rng.uniform(0.9, 0.965)
    spoken = rng.uniform(0.1, 0.35)
    per_message = rng.uniform(40_000, 110_000)
    log: dict[tuple[str, date], Cell] = {}
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if rng.random() > (0.93 if day.weekday() < 5 else 0.5):
            continue
        total = exp(rng.gauss(centre, spread))
        reads = total * min(0.985, max(0.8, cached + rng.gauss(0, 0.012)))
        fresh = total - reads
        output = fresh * spoken * rng.uniform(0.7, 1.3)
        written = (fresh - output) * rng.uniform(0.6, 0.95) if tool.client == "claude" else 0
        thought = output * rng.uniform(0.3, 0.6) if tool.client == "codex" else 0
        model, provider = model_on(habit, habit.lines[0][0], day, rng)
        row = UsageRow(
            day=day,
            client=tool.client,
            model=model,
            provider=provider,
            input_tokens=int(fresh - output - written),
            output_tokens=int(output - thought),
            cache_read_tokens=int(reads),
            cache_write_tokens=int(written),
            reasoning_tokens=int(thought),
            messages=int(total / per_message * rng.uniform(0.75, 1.3)) + 1,
        )
        log[tool.client, day] = Cell(
            client=tool.client, day=day, rows=(row,), hours=_office(rng, row.messages),
            log=rng.getrandbits(52) | 1,
        )  # fmt: skip
    return {device: log}


def _office(rng: Random, messages: int) -> tuple[int, ...]:
    weights = [0.0] * 8 + [1.0] * 11 + [0.4] * 5
    whole = sum(weights)
    return tuple(
        int(messages * weight / whole * rng.uniform(0.5, 1.0)) for weight in weights[:HOURS]
    )


def mean_person_logs(
    rng: Random, *, device: str, first: date, last: date, honest: Sequence[Person]
) -> Logs:
    """Days like the mean of a few heavy people's, each count a little off."""
    heavy = sorted(honest, key=lambda person: -person.true_tokens)[: max(5, len(honest) // 12)]
    client = rng.choice(("claude", "claude", "codex"))
    rows = [
        row
        for person in rng.sample(heavy, min(5, len(heavy)))
        for cell in person.sends[-1].cells
        for row in cell.rows
        if row.client == client and row.messages
    ]
    if not rows:
        return fabricated_logs(rng, device=device, first=first, last=last)
    messages = sum(row.messages for row in rows)
    mean = messages / len(rows)
    habit = habit_of(rng, next(tool for tool in TOOLS if tool.client == client))
    per = {
        name: sum(getattr(row, name) for row in rows) / messages
        for name in (
            "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens",
            "reasoning_tokens",
        )
    }  # fmt: skip
    log: dict[tuple[str, date], Cell] = {}
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if rng.random() > (0.93 if day.weekday() < 5 else 0.55):
            continue
        count = max(5, int(mean * exp(rng.gauss(0, 0.5))))
        model, provider = model_on(habit, habit.lines[0][0], day, rng)
        counts = {name: int(count * value * rng.uniform(0.9, 1.1)) for name, value in per.items()}
        row = UsageRow(
            day=day,
            client=client,
            model=model,
            provider=provider,
            input_tokens=counts["input_tokens"],
            output_tokens=counts["output_tokens"],
            cache_read_tokens=counts["cache_read_tokens"],
            cache_write_tokens=counts["cache_write_tokens"],
            reasoning_tokens=counts["reasoning_tokens"],
            messages=count,
        )
        log[client, day] = Cell(
            client=client, day=day, rows=(row,), hours=_office(rng, count),
            log=rng.getrandbits(52) | 1,
        )  # fmt: skip
    return {device: log}


def invented(rng: Random, cell: Cell, names: Sequence[str], factor: float) -> Cell:
    """The same day with large usage of models that nobody has."""
    base = max(cell.rows, key=lambda row: row.total_tokens)
    more = replace(
        base,
        model=rng.choice(names),
        provider="unknown",
        input_tokens=int(base.input_tokens * factor * rng.uniform(0.7, 1.3)),
        output_tokens=int(base.output_tokens * factor * rng.uniform(0.7, 1.3)),
        cache_read_tokens=int(base.cache_read_tokens * factor * rng.uniform(0.7, 1.3)),
        cache_write_tokens=int(base.cache_write_tokens * factor * rng.uniform(0.7, 1.3)),
        reasoning_tokens=int(base.reasoning_tokens * factor),
        cache_write_1h_tokens=0,
        messages=int(base.messages * factor),
    )
    return replace(cell, rows=(*cell.rows, more), hours=None)
