"""Whether whole numbers are all one factor times whole numbers, rounded: the factor, if so.

A script that multiplies a log's counts leaves values `round(k * x)` or `int(k * x)`. Whatever `k`
is, they avoid most numbers: of every `k` neighbours one can occur. Each value `v` allows only
factors near `v / x` for a whole `x`; the ranges that are left shrink with each value, and among
counts of a real log none is left after a few.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log
from typing import Final

LEAST_FACTOR: Final = 2.8
MOST_FACTOR: Final = 60.0
MOST_STEPS: Final = 8_000
"""Work for one list of values; given up where there are too few small values to begin with."""
MOST_VALUES: Final = 70
NEARLY: Final = 1e-6
"""The ends of a range belong to it or not: a sum of two roundings is never off by a whole one."""
ENOUGH_TOLD: Final = 3
FEWEST_VALUES: Final = 12
LARGEST_FIRST: Final = 8_000
"""The smallest value decides how many factors there are to begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comb:
    """A factor that all of `values` values fit; `evidence` is the logarithm of how unlikely
    that is of counts that were not multiplied. `low` to `high` are what 1/factor may be."""

    factor: float
    values: int
    evidence: float
    low: float
    high: float
    below: float
    above: float

    def fits(self, values: Sequence[int]) -> bool:
        """Whether other values lie on it too: those that are small enough to tell, at least three
        of them, and all."""
        told = [v for v in values if v >= MOST_FACTOR and v * (self.high - self.low) < self.low / 4]
        return len(told) >= ENOUGH_TOLD and all(
            floor(self.high * (value + self.below)) >= ceil(self.low * (value - self.above))
            for value in told
        )


def comb_of(*, values: Sequence[int], parts: int = 1, effort: int = 1) -> Comb | None:
    """The comb that positive values lie on, or None. `parts` is how many rounded numbers each
    value may be the sum of; with more `effort` it is found without small values too."""
    chosen = sorted({value for value in values if value >= MOST_FACTOR})[:MOST_VALUES]
    if len(chosen) < 8:
        return None
    best: Comb | None = None
    half = 0.5 + NEARLY if parts == 1 else 0.5 - NEARLY
    for below, above in ((half, half), (1 - NEARLY, 0.0), (0.0, 1 - NEARLY)):
        found = _fit(chosen, below=below * parts, above=above * parts, width=parts, effort=effort)
        if found and (best is None or found.evidence > best.evidence):
            best = found
    return best


def _fit(values: list[int], *, below: float, above: float, width: int, effort: int) -> Comb | None:
    """Ranges of 1/factor: `v` was made from `x` when `k*x - below <= v <= k*x + above`."""
    ranges = [(1 / MOST_FACTOR, 1 / LEAST_FACTOR)]
    steps = 0
    for value in values:
        left: list[tuple[float, float]] = []
        low_by, high_by = value + below, value - above
        for start, end in ranges:
            candidates = range(max(1, ceil(start * high_by)), floor(end * low_by) + 1)
            steps += len(candidates) + 1
            if steps > effort * MOST_STEPS:
                return None
            for x in candidates:
                low, high = max(start, x / low_by), min(end, x / high_by)
                if low <= high:
                    left.append((low, high))
        if not left:
            return None
        ranges = left
    start, end = min(ranges, key=lambda item: item[0])
    factor = 2 / (start + end)
    return Comb(
        factor=factor,
        values=len(values),
        evidence=len(values) * (log(factor) - log(width)) - log(values[-1]),
        low=start,
        high=end,
        below=below,
        above=above,
    )
