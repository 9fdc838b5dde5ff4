"""How old the state is that a page shows.

A page shows a state until the next one arrives. The state is as old as the oldest submission that
was acknowledged, belongs to the board, and is not in it. Whether it is in it is read from two
things: the exact sum of the board, which only grows, and each row of somebody who sends.
"""

import json
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

_SUM = re.compile(r"<dt>Tokens</dt><dd title=\"([\d,]+) tokens\"")
_ROW = re.compile(r"data-person=\"(\w+)\"(.*?)</(?:tr|li)>", re.DOTALL)
_AMOUNT = re.compile(r"title=\"([\d,]+) tokens\"")


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A submission that was answered: `tokens` more than before, `total` of the person since, on
    the board of all; `at` in seconds."""

    at: float
    username: str
    country: str
    tokens: int
    total: int


@dataclass(frozen=True, slots=True)
class State:
    """What a page says: the sum of its board, and the tokens of each person in its rows."""

    total: int
    rows: dict[str, int]


def state_of(body: bytes) -> State:
    """The state in an event's data."""
    parts = json.loads(body)
    found = _SUM.search(parts["figures"])
    if found is None:
        message = "the figures have no exact sum"
        raise ValueError(message)
    rows = {}
    for name, row in _ROW.findall(parts["podium"] + parts["rows"]):
        amount = _AMOUNT.search(row)
        if amount is not None:
            rows[name] = _number(amount[1])
    return State(_number(found[1]), rows)


def _number(text: str) -> int:
    return int(text.replace(",", ""))


@dataclass(slots=True)
class Reader:
    """One open page: the moments when states arrived, and which."""

    view: str
    arrived: list[tuple[float, str]] = field(default_factory=list)


class Board:
    """The submissions that belong to one view, and the first state of it."""

    def __init__(
        self, first: State, acknowledged: Iterable[Acknowledged], *, country: str, is_all_time: bool
    ) -> None:
        mine = [a for a in acknowledged if not country or a.country == country]
        mine.sort(key=lambda a: a.at)
        self._at = [a.at for a in mine]
        self._base = first.total
        self._sums = list(accumulate(a.tokens for a in mine))
        self._people: defaultdict[str, list[Acknowledged]] = defaultdict(list)
        for each in mine if is_all_time else ():
            self._people[each.username].append(each)

    @property
    def total(self) -> int:
        """The sum of the board when everything is in it."""
        return self._base + (self._sums[-1] if self._sums else 0)

    def missing_since(self, state: State) -> float | None:
        """When the oldest submission was acknowledged that the state cannot have in it."""
        found = []
        index = bisect_right(self._sums, state.total - self._base)
        if index < len(self._at):
            found.append(self._at[index])
        for name, tokens in state.rows.items():
            unseen = [a.at for a in self._people.get(name, ()) if a.total > tokens]
            if unseen:
                found.append(unseen[0])
        return min(found, default=None)


def ages_of(reader: Reader, board: Board, states: dict[str, State], *, until: float) -> list[float]:
    """How old each state was when the next one arrived; 0 where nothing was missing."""
    ages = []
    moments = [at for at, _ in reader.arrived[1:]] + [until]
    for (_, name), gone in zip(reader.arrived, moments, strict=True):
        since = board.missing_since(states[name])
        ages.append(max(gone - since, 0.0) if since is not None else 0.0)
    return ages


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` of them do not pass; 0 of none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
