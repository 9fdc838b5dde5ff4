"""Sums a day, tool, model and provider: the shape of a report's rows."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import NamedTuple


class Slot(NamedTuple):
    """What a row is about. `day` is a UTC day, `YYYY-MM-DD`."""

    day: str
    client: str
    model: str
    provider: str


@dataclass(slots=True)
class Counts:
    """Token counts. The five classes are disjoint, their sum is the total.

    `cache_write_1h` is a part of `cache_write`; the `long_*` ones are parts of the class of the
    same name, from requests longer than the long-context threshold.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    reasoning: int = 0
    cache_write_1h: int = 0
    long_input: int = 0
    long_output: int = 0
    long_cache_read: int = 0
    long_cache_write: int = 0
    messages: int = 0

    @property
    def total(self) -> int:
        """All five classes together."""
        return self.input + self.output + self.cache_read + self.cache_write + self.reasoning

    def add(self, other: "Counts") -> None:
        """Take `other` in, class by class."""
        for column in _COLUMNS:
            setattr(self, column, getattr(self, column) + getattr(other, column))


_COLUMNS = tuple(column.name for column in fields(Counts))


class Tally:
    """Counts by slot. Iterates in the order of the slots, whatever order they came in."""

    def __init__(self) -> None:
        self._counts: dict[Slot, Counts] = {}

    def at(self, slot: Slot) -> Counts:
        """The counts of a slot, to be added to; made when it is new."""
        counts = self._counts.get(slot)
        if counts is None:
            counts = self._counts[slot] = Counts()
        return counts

    def merge(self, other: "Tally") -> None:
        """Take every slot of `other` in."""
        for slot, counts in other:
            self.at(slot).add(counts)

    def between(self, since: str, until: str) -> "Tally":
        """Only the days from `since` to `until`, both included, `YYYY-MM-DD`."""
        chosen = Tally()
        for slot, counts in self:
            if since <= slot.day <= until:
                chosen.at(slot).add(counts)
        return chosen

    def total(self) -> Counts:
        """Everything together."""
        total = Counts()
        for counts in self._counts.values():
            total.add(counts)
        return total

    def __iter__(self) -> Iterator[tuple[Slot, Counts]]:
        return iter(sorted(self._counts.items()))

    def __len__(self) -> int:
        return len(self._counts)
