"""Sums a day and model of the rows that count."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from ccgather_cli.reading.facts import LONG, Facts, Row
from ccgather_cli.reading.tally import Counts, Slot, Tally
from ccgather_cli.reading.timestamps import DAY_SECONDS, day_of

Sum: TypeAlias = tuple[int, str, str, list[int]]
"""(UTC day counted from 1970, model, provider, the columns of `Counts`)."""

_COUNTS = 11


def sums_of(counted: Iterable[tuple[Facts, Row]]) -> list[Sum]:
    """Sums a day, model and provider."""
    groups: dict[tuple[int, int, int], list[int]] = {}
    logs: dict[int, Facts] = {}
    for facts, row in counted:
        _, _, _, second, model, _, fresh, output, read, write, reasoning, hour, flags, told = row
        key = (id(facts), second // DAY_SECONDS, model)
        counts = groups.get(key)
        if counts is None:
            logs[id(facts)] = facts
            counts = groups[key] = [0] * _COUNTS
        counts[0] += fresh
        counts[1] += output
        counts[2] += read
        counts[3] += write
        counts[4] += reasoning
        counts[5] += hour
        counts[10] += told
        if flags & LONG:
            counts[6] += fresh
            counts[7] += output + reasoning
            counts[8] += read
            counts[9] += write
    names = {number: list(facts.models) for number, facts in logs.items()}
    return [(day, *names[log][model], counts) for (log, day, model), counts in groups.items()]


def book(tally: Tally, client: str, sums: Iterable[Sum | Sequence[object]]) -> None:
    """Add sums to a tally."""
    for day, model, provider, counts in sums:
        slot = Slot(day_of(day * DAY_SECONDS), client, model, provider)  # type: ignore[operator,arg-type]
        tally.at(slot).add(Counts(*counts))  # type: ignore[misc]
