"""Which rows are a thread's own, where files of one family tell of the same responses."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat

from ccgather_cli.reading.facts import (
    FLAGS,
    LINK,
    MAIN,
    SECOND,
    TOTAL,
    VARIANT,
    Facts,
    Row,
    link_of,
)

OWN = MAIN
"""The row stands in the thread's own part of its file."""
UNIQUE = 8
"""The row's link holds an id that Codex gave a turn or a response: equal means the same."""

THREAD, PARENTS, BIRTH, COPIED_AT, SURE = "thread", "parents", "birth", "copied at", "sure"
"""Attributes of a file: its thread, the threads its history is from, the second it was begun, the
second its history was copied, and whether it said where its own part begins."""


def session_link(thread: str) -> int:
    """What groups the files of a family."""
    return link_of("codex", f"session:{thread}")


def settled(logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
    """One row a response, as its own thread tells it."""
    if len(logs) == 1 and PARENTS not in logs[0].attributes:
        rows = logs[0].rows
        if len({row[LINK] for row in rows}) == len(rows):
            return zip(repeat(logs[0]), rows)
    return _settled(logs)


def _settled(logs: Sequence[Facts]) -> Iterator[tuple[Facts, Row]]:
    own: dict[tuple[str, int], tuple[Facts, Row]] = {}
    copied: list[tuple[Facts, Row]] = []
    threads: dict[str, list[Facts]] = {}
    for facts in logs:
        threads.setdefault(facts.attributes.get(THREAD, ""), []).append(facts)
    for facts in logs:
        thread = facts.attributes.get(THREAD, "")
        start = _start_of_own(facts, threads)
        born = 0 if PARENTS in facts.attributes else _birth(facts)
        for place, row in enumerate(facts.rows):
            unique = row[FLAGS] & UNIQUE
            if not (row[FLAGS] & OWN or start <= place) or (not unique and row[SECOND] < born):
                copied.append((facts, row))
                continue
            key = ("" if unique else thread, row[LINK])
            known = own.get(key)
            if known is None or row[TOTAL] > known[1][TOTAL]:
                own[key] = (facts, row)
    yield from own.values()
    if copied:
        yield from _orphans(copied, own.values())


def _start_of_own(facts: Facts, threads: dict[str, list[Facts]]) -> int:
    """From which row on a file's rows are its own, whatever they say themselves."""
    if PARENTS not in facts.attributes:
        return 0
    rows = facts.rows
    if SURE in facts.attributes:
        return len(rows)
    born, start = _birth(facts), 0
    for place, row in enumerate(rows):
        if row[SECOND] < born:
            start = place + 1
    if start:
        return start  # the copy kept its times
    ancestors = list(_ancestors(facts, threads))
    if ancestors:
        told = {row[VARIANT] for log in ancestors for row in log.rows if row[VARIANT]}
        told |= {row[LINK] for log in ancestors for row in log.rows}
        while start < len(rows) and (rows[start][VARIANT] in told or rows[start][LINK] in told):
            start += 1
        return start
    copied_at = int(facts.attributes.get(COPIED_AT, "0"))
    while start < len(rows) and rows[start][SECOND] == copied_at:
        start += 1
    return start


def _ancestors(facts: Facts, threads: dict[str, list[Facts]]) -> Iterator[Facts]:
    met = {facts.attributes.get(THREAD, "")}
    ahead = facts.attributes[PARENTS].split()
    while ahead:
        thread = ahead.pop()
        if thread in met:
            continue
        met.add(thread)
        for log in threads.get(thread, ()):
            yield log
            ahead.extend(log.attributes.get(PARENTS, "").split())


def _orphans(
    copied: Iterable[tuple[Facts, Row]], own: Iterable[tuple[Facts, Row]]
) -> Iterator[tuple[Facts, Row]]:
    """Copied responses whose original is gone, if the copy kept their times: each once."""
    links, totals = set(), set()
    for _, row in own:
        links.add(row[LINK])
        totals.add(row[VARIANT])
    totals.discard(0)
    for facts, row in copied:
        if row[LINK] in links or row[SECOND] >= _birth(facts):
            continue
        if PARENTS in facts.attributes and row[VARIANT] in totals:
            continue
        links.add(row[LINK])
        yield facts, row


def _birth(facts: Facts) -> int:
    return int(facts.attributes.get(BIRTH, "0"))
