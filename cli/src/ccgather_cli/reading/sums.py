"""Sums a day and model of the rows that count."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

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
    Facts,
    Row,
)
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
        key = (id(facts), row[SECOND] // DAY_SECONDS, row[MODEL])
        counts = groups.get(key)
        if counts is None:
            logs[id(facts)] = facts
            counts = groups[key] = [0] * _COUNTS
        counts[0] += row[INPUT]
        counts[1] += row[OUTPUT]
        counts[2] += row[CACHE_READ]
        counts[3] += row[CACHE_WRITE]
        counts[4] += row[REASONING]
        counts[5] += row[CACHE_WRITE_1H]
        counts[10] += row[MESSAGES]
        if row[FLAGS] & LONG:
            counts[6] += row[INPUT]
            counts[7] += row[OUTPUT] + row[REASONING]
            counts[8] += row[CACHE_READ]
            counts[9] += row[CACHE_WRITE]
    names = {number: list(facts.models) for number, facts in logs.items()}
    return [(day, *names[log][model], counts) for (log, day, model), counts in groups.items()]


def book(tally: Tally, client: str, sums: Iterable[Sum | Sequence[object]]) -> None:
    """Add sums to a tally."""
    for day, model, provider, counts in sums:
        slot = Slot(day_of(day * DAY_SECONDS), client, model, provider)  # type: ignore[operator,arg-type]
        tally.at(slot).add(Counts(*counts))  # type: ignore[misc]
