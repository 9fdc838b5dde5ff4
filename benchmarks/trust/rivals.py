"""The cheat that looks at the board: always a few tokens above somebody better."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from benchmarks.trust.draft import Draft, multiplied, some_of
from benchmarks.trust.people import added
from benchmarks.trust.sending import moments_of
from benchmarks.trust.story import Cell, Person
from submissions.report import UsageRow


def rival_plus_one(draft: Draft) -> None:
    """Each report ends a few tokens above the next better person; the day before carries it."""
    rng = draft.rng
    if len(draft.moments) < 4:
        draft.moments = some_of(
            moments_of(
                rng,
                cadence="weekly",
                first=draft.joined,
                last=draft.life.last,
                zone=draft.life.zone,
            )
        )
    ladder = [_totals_over_time(person) for person in draft.honest]
    extra: dict[tuple[str, date], UsageRow] = {}
    climbs = rng.randint(3, 12)

    def rewriting(at: datetime, device: str, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        if device != draft.device or not cells:
            return cells
        cells = tuple(_with(cell, extra) for cell in cells)
        mine = sum(row.total_tokens for row in extra.values())
        mine += sum(
            cell.tokens
            for log in draft.true.values()
            for cell in log.values()
            if cell.day <= at.date()
        )
        above = sorted(
            total for total in (_total_at(steps, at) for steps in ladder) if total > mine
        )
        if not above:
            return cells
        rival = above[min(climbs, len(above) - 1)]
        missing = rival + rng.randint(1, 900) - mine
        last = cells[-1]
        base = last.rows[0]
        factor = missing / max(1, base.total_tokens)
        row = multiplied(base, factor, messages=True)
        row = replace(
            row, cache_read_tokens=max(0, row.cache_read_tokens + missing - row.total_tokens)
        )
        key = (last.client, last.day)
        extra[key] = row if key not in extra else added(extra[key], row)
        return (*cells[:-1], _with(replace(last), {key: row}))

    draft.rewriting = rewriting


def _with(cell: Cell, more: Mapping[tuple[str, date], UsageRow]) -> Cell:
    row = more.get((cell.client, cell.day))
    if row is None:
        return cell
    return replace(cell, rows=(added(cell.rows[0], row), *cell.rows[1:]))


def _totals_over_time(person: Person) -> list[tuple[datetime, int]]:
    best: dict[tuple[str, str, date], int] = {}
    steps = []
    for send in person.sends:
        for cell in send.cells:
            place = (send.device, cell.client, cell.day)
            best[place] = max(best.get(place, 0), cell.tokens)
        steps.append((send.at, sum(best.values())))
    return steps


def _total_at(steps: Sequence[tuple[datetime, int]], at: datetime) -> int:
    total = 0
    for when, value in steps:
        if when > at:
            break
        total = value
    return total
