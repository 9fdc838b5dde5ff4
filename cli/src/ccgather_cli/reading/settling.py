"""Which rows count: the rule that most tools share, and which files belong together."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat

from ccgather_cli.reading.facts import LINK, TOTAL, Facts, Row


def greatest_of(logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
    """Each identity once: the row with the greatest total, of equals the first in path order.

    Rows without an identity all count.
    """
    if len(logs) == 1 and not _has_variants(logs[0]):
        return zip(repeat(logs[0]), logs[0].rows)
    return _greatest(logs)


def _has_variants(facts: Facts) -> bool:
    links = [row[LINK] for row in facts.rows if row[LINK]]
    return len(links) != len(set(links))


def _greatest(logs: Sequence[Facts]) -> Iterator[tuple[Facts, Row]]:
    best: dict[int, tuple[Facts, Row]] = {}
    for facts in logs:
        for row in facts.rows:
            if not row[LINK]:
                yield facts, row
                continue
            known = best.get(row[LINK])
            if known is None or row[TOTAL] > known[1][TOTAL]:
                best[row[LINK]] = (facts, row)
    yield from best.values()


def groups_of(links: Sequence["array[int]"]) -> list[list[int]]:
    """Which of the files share links, each group and its members in order; the others are alone.

    Costs one union of sets for files that share nothing, which is nearly always.
    """
    together: set[int] = set().union(*links) if links else set()
    if len(together) == sum(map(len, links)):
        return [[number] for number in range(len(links))]
    parents = list(range(len(links)))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    first: dict[int, int] = {}
    for number, own in enumerate(links):
        for link in first.keys() & set(own):
            parents[root(number)] = parents[root(first[link])]
        for link in own:
            first.setdefault(link, number)
    groups: dict[int, list[int]] = {}
    for number in range(len(links)):
        groups.setdefault(root(number), []).append(number)
    return sorted(groups.values())
