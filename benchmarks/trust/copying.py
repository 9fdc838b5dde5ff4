"""Cheats that send another's logs, their own under another name, or their own days again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from math import exp

from benchmarks.trust.draft import Draft, multiplied, scaled_apart, some_of, times
from benchmarks.trust.people import END
from benchmarks.trust.sending import EVER, moments_of, settle_truth
from benchmarks.trust.story import Cell, Logs, Person, Send


def _heavier(draft: Draft) -> Person:
    """Somebody honest with far more usage, not of the very top, who sent early enough."""
    own = sum(cell.tokens for log in draft.true.values() for cell in log.values())
    able = [
        person
        for person in draft.honest
        if person.true_tokens > 6 * own and person.sends[0].at.date() < END - timedelta(days=25)
    ]
    able = able or sorted(draft.honest, key=lambda person: -person.true_tokens)[:30]
    return draft.rng.choice(able)


def _copy(draft: Draft, change: Callable[[Cell], Cell], *, shift: int = 0) -> None:
    """Sends another's logs as their own, a day or more after the other did."""
    other = _heavier(draft)
    evidence = other.sends[0].tells.evidence and draft.rng.random() < 0.6
    draft.tells = replace(other.sends[0].tells, evidence=evidence)
    first = other.sends[0].at + timedelta(hours=27)
    draft.moments = (
        [max(at, first) for at in draft.moments[-1:]]
        if (draft.moments[-1] < first)
        else [at for at in draft.moments if at >= first]
    )
    changed: dict[tuple[str, date, int], Cell] = {}

    def rewriting(at: datetime, device: str, _cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        log: dict[tuple[str, date], Cell] = {}
        seen = [send for send in other.sends if send.at + timedelta(hours=26) <= at]
        for cell in (cell for send in seen for cell in send.cells if device == draft.device):
            day = cell.day + timedelta(days=shift)
            if day > at.date():
                continue
            version = (cell.client, day, cell.tokens)
            if version not in changed:
                changed[version] = change(cell.on(day))
            best = log.get(version[:2])
            if best is None or changed[version].tokens > best.tokens:
                log[version[:2]] = changed[version]
        return tuple(cell for _, cell in sorted(log.items()))

    draft.rewriting = rewriting


def copied(draft: Draft) -> None:
    """Another person's logs, number by number."""
    _copy(draft, lambda cell: cell)


def copied_jittered(draft: Draft) -> None:
    """Another's logs, each count a few percent off, and their own messages' hashes or none."""
    spread = draft.rng.uniform(0.005, 0.06)

    def change(cell: Cell) -> Cell:
        rows = tuple(scaled_apart(draft.rng, row, spread) for row in cell.rows)
        return replace(cell, rows=rows, log=draft.rng.getrandbits(52) | 1)

    _copy(draft, change)


def copied_shifted(draft: Draft) -> None:
    """Another's logs some days or weeks later."""
    _copy(draft, lambda cell: cell, shift=draft.rng.choice((1, 2, 3, 7, 14)))


def split_account(draft: Draft) -> None:
    """One person under several accounts: this one sends what another of theirs sends too."""
    draft.retention = EVER


def under_several_names(people: list[Person]) -> list[Person]:
    """Each three accounts are one person: they all send the first one's logs. What the first one
    sends is true; the others' is not usage of anybody else."""
    for number, person in enumerate(people):
        first = people[number - number % 3]
        if person is first:
            continue
        later = timedelta(days=number % 3, hours=5)
        person.sends = [
            Send(
                at=send.at + later,
                device=f"{person.name}-machine",
                cells=send.cells,
                tells=send.tells,
                full_history=send.full_history,
            )
            for send in first.sends
        ]
        person.true_tokens = person.true_cost = 0
        settle_truth(person, true_logs={})
        person.true_tokens = person.true_cost = 1
    return people


def replayed(draft: Draft) -> None:
    """Their own best days again and again, as they were or a little larger."""
    rng = draft.rng
    since = draft.since()
    exactly = rng.random() < 0.5
    claimed: Logs = {}
    for device, log in draft.true.items():
        best = sorted(log.values(), key=lambda cell: -cell.tokens)[: rng.randint(2, 5)]
        claimed[device] = dict(log)
        for number in range((draft.life.last - since).days + 1):
            day = since + timedelta(days=number)
            if not best or rng.random() < 0.1:
                continue
            again = rng.choice(best).on(day)
            if not exactly:
                factor = rng.uniform(0.9, 1.6)
                again = replace(
                    again, rows=tuple(multiplied(row, factor, messages=True) for row in again.rows)
                )
            again = replace(
                again, log=rng.getrandbits(52) | 1, hours=again.hours if exactly else None
            )
            mine = claimed[device].get((again.client, day))
            if mine is None or mine.tokens < again.tokens:
                claimed[device][again.client, day] = again
    draft.claimed = claimed


def back_dated(draft: Draft) -> None:
    """A year or two of history before they ever used a tool, like their own days but larger."""
    rng = draft.rng
    own = [cell for log in draft.true.values() for cell in log.values()]
    largest = sorted(own, key=lambda cell: -cell.tokens)[: max(1, len(own) // 3)]
    draft.claimed = {device: dict(log) for device, log in draft.true.items()}
    for ago in range(1, rng.randint(200, 700)):
        day = draft.life.first - timedelta(days=ago)
        if rng.random() < 0.2 + 0.5 * (day.weekday() >= 5):
            continue
        cell = rng.choice(largest).on(day)
        factor = exp(rng.gauss(0.3, 0.5))
        rows = tuple(
            scaled_apart(rng, multiplied(row, factor, messages=True), 0.3) for row in cell.rows
        )
        cell = replace(cell, rows=rows, hours=None, log=rng.getrandbits(52) | 1)
        draft.claimed[draft.device][cell.client, day] = cell
    draft.retention = EVER


def rewritten(draft: Draft) -> None:
    """Every report, the days of the last weeks have grown: up to eight times in the end."""
    rng = draft.rng
    grown = {at: exp(min(number, 5) * rng.uniform(0.3, 0.55)) for number, at in
             enumerate(draft.moments)}  # fmt: skip
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
        grown = {at: exp(min(n, 6) * 0.4) for n, at in enumerate(draft.moments)}
    draft.retention = EVER

    def rewriting(at: datetime, _device: str, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        return tuple(
            times(grown[at], messages=True)(cell) if (at.date() - cell.day).days >= 1 else cell
            for cell in cells
        )

    draft.rewriting = rewriting
