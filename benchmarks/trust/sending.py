"""When a person sends, and what their machine still has at that moment."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Literal

from benchmarks.trust.story import Cell, Logs, Person, Place, Send, Tells, Wire
from submissions.report import UsageRow

Cadence = Literal["once", "monthly", "fortnightly", "weekly", "spells"]
CADENCES: tuple[tuple[Cadence, float], ...] = (
    ("once", 35), ("monthly", 38), ("fortnightly", 14), ("weekly", 6), ("spells", 7),
)  # fmt: skip
EVER = 10_000
Rewriting = Callable[[datetime, str, tuple[Cell, ...]], tuple[Cell, ...]]
"""What a report holds instead, given when and from which machine it is sent."""


def tells_of(rng: Random, *, wire: Wire | None = None) -> Tells:
    """What somebody's collector says."""
    drawn: Wire = (
        wire
        or rng.choices(("native", "ccusage", "tokscale", "token_tracker"), weights=(73, 12, 11, 4))[
            0
        ]
    )
    price = rng.choice((0.0, 1.0, 1.0, 1.0, rng.uniform(0.85, 1.2), rng.uniform(0.3, 3.0)))
    if drawn == "ccusage":
        return Tells(wire=drawn, messages=False, cost_factor=price)
    if drawn == "tokscale":
        return Tells(wire=drawn, cost_factor=price)
    if drawn == "token_tracker":
        return Tells(wire=drawn, messages=False)
    messages = rng.random() < 0.88
    return Tells(
        messages=messages,
        hours=messages and rng.random() < 0.3,
        evidence=messages and rng.random() < 0.6,
        cost_factor=price if rng.random() < 0.3 else None,
    )


def cadence_of(rng: Random) -> Cadence:
    """How often somebody sends."""
    return rng.choices([name for name, _ in CADENCES], weights=[w for _, w in CADENCES])[0]


def moments_of(
    rng: Random, *, cadence: Cadence, first: date, last: date, zone: int
) -> list[datetime]:
    """When they send between two days, in the evening of their zone as a rule."""
    days: list[date] = []
    at = first
    spell = rng.randint(3, 7) if cadence == "spells" else 0
    step = {"once": EVER, "monthly": 27, "fortnightly": 14, "weekly": 7, "spells": 13}[cadence]
    while at <= last:
        days.append(at)
        if spell > 0:
            spell -= 1
            at += timedelta(days=1)
            continue
        if cadence == "spells" and rng.random() < 0.15:
            spell = rng.randint(2, 5)
        at += timedelta(days=max(1, round(step * rng.uniform(0.75, 1.25))))
    if cadence != "once" and days and (last - days[-1]).days > 2 and rng.random() < 0.5:
        days.append(last)
    return [
        datetime(day.year, day.month, day.day, tzinfo=UTC)
        + timedelta(hours=(rng.randint(17, 23) - zone) % 24, seconds=rng.randint(0, 3599))
        for day in days
    ]


def partly(rng: Random, cell: Cell, share: float) -> Cell:
    """The log of a day that is not over: `share` of it, model by model about as much."""
    rows = []
    for row in cell.rows:
        part = min(0.99, max(0.02, share * rng.uniform(0.85, 1.1)))
        shrunk = scaled(row, part)
        if shrunk.total_tokens:
            rows.append(shrunk)
    return replace(cell, rows=tuple(rows), hours=None, part=share)


def scaled(row: UsageRow, factor: float) -> UsageRow:
    """Every count times a factor, rounded down as agents' counts fall."""
    read = int(row.cache_read_tokens * factor)
    if row.client == "codex":
        read = read // 128 * 128
    return replace(
        row,
        input_tokens=int(row.input_tokens * factor),
        output_tokens=max(1, int(row.output_tokens * factor)),
        cache_read_tokens=read,
        cache_write_tokens=int(row.cache_write_tokens * factor),
        reasoning_tokens=int(row.reasoning_tokens * factor),
        cache_write_1h_tokens=int(row.cache_write_1h_tokens * factor),
        messages=max(1, round(row.messages * factor)) if row.messages else 0,
    )


def sends_of(
    rng: Random,
    *,
    logs: Logs,
    tells: Tells,
    moments: Sequence[datetime],
    retention: int,
    rewriting: Rewriting | None = None,
    parser_versions: Callable[[datetime], int] = lambda _: 1,
) -> list[Send]:
    """A report a machine at each moment, of what it still has; none where nothing is new."""
    sends: list[Send] = []
    for at in moments:
        for device, log in logs.items():
            oldest = at.date() - timedelta(days=retention)
            cells = [cell for (_, day), cell in sorted(log.items()) if oldest < day <= at.date()]
            share = (at.hour + 1) / 25
            cells = [partly(rng, cell, share) if cell.day == at.date() else cell for cell in cells]
            cells = [cell for cell in cells if cell.rows]
            found = tuple(cells)
            if rewriting is not None:
                found = rewriting(at, device, found)
            if found:
                sends.append(
                    Send(
                        at=at + timedelta(seconds=len(sends) % 40),
                        device=device,
                        cells=found,
                        tells=tells,
                        parser_version=parser_versions(at),
                    )
                )
    return sends


def final_cells(sends: Sequence[Send]) -> dict[Place, Cell]:
    """What was claimed of each place at last: the greatest statement, as the merge keeps it."""
    final: dict[Place, Cell] = {}
    for send in sends:
        for cell in send.cells:
            place = (send.device, cell.client, cell.day)
            if place not in final or cell.tokens >= final[place].tokens:
                final[place] = cell
    return final


def settle_truth(person: Person, *, true_logs: Logs | None) -> Person:
    """Fills in what of the person's claims is true. Without `true_logs` all of it is."""
    final = final_cells(person.sends)
    false_tokens: dict[Place, int] = {}
    false_cost: dict[Place, int] = {}
    for place, cell in final.items():
        tokens, cost = cell.tokens, cell.cost
        real = cell
        if true_logs is not None:
            found = true_logs.get(place[0], {}).get((place[1], place[2]))
            real_tokens, real_cost = (found.tokens, found.cost) if found else (0, 0)
        else:
            real_tokens, real_cost = real.tokens, real.cost
        person.true_tokens += min(tokens, real_tokens)
        person.true_cost += min(cost, real_cost)
        if tokens > real_tokens or cost > real_cost:
            false_tokens[place] = max(0, tokens - real_tokens)
            false_cost[place] = max(0, cost - real_cost)
    person.false_tokens, person.false_cost = false_tokens, false_cost
    return person
