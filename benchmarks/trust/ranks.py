"""What cheats gain in rank: where they stand, and where they would with what is true."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.trust.scoring import Outcome
from benchmarks.trust.story import Person


def rank_lines_of(people: Sequence[Person], outcomes: Mapping[str, Outcome]) -> list[str]:
    """By strategy: the median true rank among honest people, the one claimed, the one reached."""
    honest = sorted(outcomes[person.name].tokens for person in people if not person.cheats)
    ranks: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for person in people:
        if person.cheats:
            claimed = person.true_tokens + sum(person.false_tokens.values())
            reached = outcomes[person.name].tokens
            ranks[person.kind].append(
                (
                    _rank(honest, person.true_tokens),
                    _rank(honest, claimed),
                    _rank(honest, reached),
                )
            )
    lines = [f"{'rank by tokens, median':24}{'true':>8}{'claimed':>9}{'reached':>9}{'best':>7}"]
    for kind, found in ranks.items():
        middle = [median(rank[place] for rank in found) for place in range(3)]
        best = min(rank[2] for rank in found)
        lines.append(f"{kind:24}{middle[0]:>8.0f}{middle[1]:>9.0f}{middle[2]:>9.0f}{best:>7}")
    return lines


def _rank(totals: Sequence[int], tokens: int) -> int:
    return len(totals) - bisect_right(totals, tokens) + 1
