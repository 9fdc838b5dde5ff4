"""What each person may have on the board of all at a moment, as those who send know it.

A report that was answered counts from then on; one on its way, or one whose answer never came, may
count already. So each person has a least and a most, and a page that was read while both hold must
fit between them: rank by rank.
"""

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class _Sent:
    value: int
    sent_at: float
    answered_at: float | None = None


@dataclass(slots=True)
class Mover:
    """Somebody whose lifetime tokens grow; one report is on its way at a time."""

    name: str
    reports: list[_Sent] = field(default_factory=list)


class Truth:
    """Everybody: those who stand still, by what they have, and those who move."""

    def __init__(self, still: Mapping[str, int], movers: Sequence[str]) -> None:
        self.still = dict(still)
        self._sorted = sorted(still.values())
        self.movers = {name: Mover(name) for name in movers}
        self._lock = threading.Lock()

    def sends(self, name: str, value: int, at: float) -> None:
        """Somebody is about to state that they have that much; never less than before."""
        with self._lock:
            self.movers[name].reports.append(_Sent(value, at))

    def answered(self, name: str, at: float) -> None:
        """Their last report was answered: it counts."""
        with self._lock:
            self.movers[name].reports[-1].answered_at = at

    def possible(self, name: str, begun: float, ended: float) -> list[int]:
        """What somebody may have had between two moments; 0 is not to be on the board."""
        with self._lock:
            found = [0]
            for report in self.movers[name].reports:
                if report.sent_at > ended:
                    break
                if report.answered_at is not None and report.answered_at <= begun:
                    found = []
                found.append(report.value)
            return found

    def latest(self, name: str) -> int:
        """What somebody stated last."""
        with self._lock:
            reports = self.movers[name].reports
            return reports[-1].value if reports else 0

    def reports_of(self, name: str) -> tuple[int, int]:
        """(answered, sent)."""
        with self._lock:
            reports = self.movers[name].reports
            return sum(report.answered_at is not None for report in reports), len(reports)

    def faults_of_page(
        self, rows: Sequence[Mapping[str, Any]], *, first: int, begun: float, ended: float
    ) -> list[str]:
        """One sentence for everything on a page of the board of all that cannot be."""
        faults = []
        names = [row["user"]["username"] for row in rows]
        values = [row["tokens"] for row in rows]
        if [row["rank"] for row in rows] != list(range(first, first + len(rows))):
            faults.append(f"ranks from {first} have gaps or repeats")
        if len(set(names)) != len(names):
            faults.append(f"somebody stands twice on the page from {first}")
        if values != sorted(values, reverse=True):
            faults.append(f"the page from {first} is out of order")
        for rank, name, value in zip(range(first, first + len(rows)), names, values, strict=True):
            faults += self.faults_of_rank(name, rank, value=value, begun=begun, ended=ended)
        return faults

    def faults_of_rank(
        self, name: str, rank: int, *, value: int | None, begun: float, ended: float
    ) -> list[str]:
        """Whether somebody may have had that rank, with that many tokens if they are told."""
        own = [self.still[name]] if name in self.still else self.possible(name, begun, ended)
        if value is not None and value not in own:
            return [f"{name} was shown with {value}, and can only have had {own}"]
        lowest, highest = (value, value) if value is not None else (min(own), max(own))
        before = len(self._sorted)
        least = before - bisect_right(self._sorted, highest)
        most = before - bisect_left(self._sorted, lowest) - (name in self.still)
        for other in self.movers:
            if other != name:
                theirs = self.possible(other, begun, ended)
                least += min(theirs) > highest
                most += max(theirs) >= lowest and max(theirs) > 0
        if least <= rank - 1 <= most:
            return []
        return [f"{name} was shown at {rank}; {least} to {most} people can have been before them"]
