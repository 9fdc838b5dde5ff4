"""Robust figures of numbers, and ramps from "says nothing" to "says all it can"."""

from collections.abc import Sequence

MAD_TO_SIGMA = 1.4826
"""A normal distribution's standard deviation over its median absolute deviation."""


def ramp(value: float, *, low: float, high: float) -> float:
    """0 at `low` and below, 1 at `high` and above, straight between."""
    if value <= low:
        return 0.0
    return 1.0 if value >= high else (value - low) / (high - low)


def median_of(ordered: Sequence[float]) -> float:
    """The middle of ascending numbers; at least one."""
    count = len(ordered)
    middle = count // 2
    return ordered[middle] if count % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def spread_of(ordered: Sequence[float], *, centre: float) -> float:
    """How far numbers lie from their centre, in standard deviations of a normal one."""
    return MAD_TO_SIGMA * median_of(sorted(abs(value - centre) for value in ordered))


def quantile_of(ordered: Sequence[float], *, part: float) -> float:
    """The number below which that part of ascending numbers lies."""
    return ordered[min(len(ordered) - 1, max(0, int(part * len(ordered))))]
