"""Numbers behind charts."""

from bisect import bisect_right
from collections.abc import Sequence
from enum import StrEnum


class ChartRange(StrEnum):
    """How far back a chart goes."""

    MONTH = "30d"
    QUARTER = "90d"
    YEAR = "1y"
    ALL = "all"

    @property
    def days(self) -> int | None:
        """Its length in days, None for the whole history."""
        return {"30d": 30, "90d": 90, "1y": 365}.get(self.value)


def intensities_of(counts: Sequence[int]) -> list[int]:
    """Heat 0..4 of each day: 0 for nothing, else the quartile among the days with something.

    Quartiles, because usage has a heavy tail: against the best day all others would look cold.
    """
    active = sorted(count for count in counts if count > 0)
    if not active:
        return [0] * len(counts)
    bounds = [active[len(active) * quarter // 4] for quarter in (1, 2, 3)]
    return [1 + bisect_right(bounds, count) if count > 0 else 0 for count in counts]
