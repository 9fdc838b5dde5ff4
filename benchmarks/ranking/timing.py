"""Times of one thing, and what was wanted of them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Times:
    """Seconds, one for each time something was done."""

    seconds: list[float] = field(default_factory=list)

    def add(self, work: Callable[[], object]) -> None:
        """Does it once more."""
        begun = time.perf_counter()
        work()
        self.seconds.append(time.perf_counter() - begun)

    def quantile(self, share: float) -> float:
        """The time that this share of all did not exceed; 0 when there are none."""
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0

    @property
    def p50(self) -> float:
        """The median."""
        return self.quantile(0.5)

    @property
    def p95(self) -> float:
        """What one in twenty exceeds."""
        return self.quantile(0.95)

    def line(self) -> str:
        """In milliseconds."""
        return (
            f"p50 {self.p50 * 1000:8.2f} ms  p95 {self.p95 * 1000:8.2f} ms  "
            f"longest {max(self.seconds, default=0) * 1000:8.1f} ms  ({len(self.seconds)} times)"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Something that was wanted: at most `most`, in `unit`."""

    what: str
    value: float
    most: float
    unit: str

    @property
    def held(self) -> bool:
        """Whether it is so."""
        return self.value <= self.most

    def line(self) -> str:
        """As it is printed."""
        word = "HELD    " if self.held else "NOT HELD"
        return f"{word}  {self.what}: {self.value:.2f} {self.unit} (at most {self.most:g})"


def timed(work: Callable[[], object]) -> float:
    """Seconds of doing it once."""
    times = Times()
    times.add(work)
    return times.seconds[0]


def all_held(verdicts: Sequence[Verdict]) -> bool:
    """Prints each; answers whether all held."""
    print()
    for verdict in verdicts:
        print(verdict.line())
    return all(verdict.held for verdict in verdicts)
