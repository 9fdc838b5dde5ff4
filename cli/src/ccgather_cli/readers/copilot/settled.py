"""Which of a session's sources counts, and which of its rows."""

from collections.abc import Iterable, Iterator, Sequence

from ccgather_cli.readers.copilot.sources import (
    EVENTS,
    RANK_BIT,
    ROWS,
    SOURCE,
    TELEMETRY,
)
from ccgather_cli.reading.facts import (
    CACHE_READ,
    CACHE_WRITE,
    FLAGS,
    INPUT,
    LINK,
    OUTPUT,
    REASONING,
    SESSION,
    TOTAL,
    VARIANT,
    Facts,
    Row,
)


def settled(logs: Sequence[Facts]) -> Iterator[tuple[Facts, Row]]:
    by_source: dict[str, list[Facts]] = {}
    names = {id(facts): list(facts.sessions) for facts in logs}
    for facts in logs:
        by_source.setdefault(facts.attributes.get(SOURCE, EVENTS), []).append(facts)
    told: dict[str, list[int]] = {}
    counted = list(_greatest(by_source.get(EVENTS, ())))
    with_events = {names[id(facts)][row[SESSION]] for facts, row in counted} - {""}
    counted += [
        (facts, row)
        for facts, row in _requests(by_source.get(TELEMETRY, ()))
        if names[id(facts)][row[SESSION]] not in with_events
    ]
    for facts, row in counted:
        sums = told.setdefault(names[id(facts)][row[SESSION]], [0, 0, 0, 0])
        for place, value in enumerate(_four(row)):
            sums[place] += value
        yield facts, row
    for facts, row in _greatest(by_source.get(ROWS, ())):
        rest = _rest_of(row, told.get(names[id(facts)][row[SESSION]], [0, 0, 0, 0]))
        if rest is not None:
            yield facts, rest


def _greatest(logs: Iterable[Facts]) -> Iterable[tuple[Facts, Row]]:
    best: dict[int, tuple[Facts, Row]] = {}
    for facts in logs:
        for row in facts.rows:
            known = best.get(row[LINK])
            if known is None or row[TOTAL] > known[1][TOTAL]:
                best[row[LINK]] = (facts, row)
    return best.values()


def _requests(logs: Iterable[Facts]) -> Iterator[tuple[Facts, Row]]:
    """The requests of each trace, of the first kind that any file has of it, each once."""
    traces: dict[int, dict[tuple[int, int], tuple[Facts, Row]]] = {}
    for facts in logs:
        for row in facts.rows:
            trace = traces.setdefault(row[LINK], {})
            key = (row[FLAGS] >> RANK_BIT, row[VARIANT])
            known = trace.get(key)
            if known is None or row[TOTAL] > known[1][TOTAL]:
                trace[key] = (facts, row)
    for trace in traces.values():
        best = min(rank for rank, _ in trace)
        for (rank, _), (facts, row) in trace.items():
            if rank == best:
                yield facts, (*row[:FLAGS], row[FLAGS] & ((1 << RANK_BIT) - 1), *row[FLAGS + 1 :])


def _four(row: Row) -> tuple[int, int, int, int]:
    return row[INPUT] + row[CACHE_WRITE], row[CACHE_READ], row[OUTPUT], row[REASONING]


def _rest_of(row: Row, told: Sequence[int]) -> Row | None:
    """What a session's sums have beyond what was told of it; None for nothing."""
    fresh, read, output, reasoning = (max(a - b, 0) for a, b in zip(_four(row), told))
    total = fresh + read + output + reasoning
    if not total:
        return None
    rest = list(row)
    rest[TOTAL], rest[INPUT], rest[OUTPUT] = total, fresh, output
    rest[CACHE_READ], rest[REASONING] = read, reasoning
    return tuple(rest)
