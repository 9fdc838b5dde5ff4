"""A whole and its parts: one bar cut into pieces, and a bar for each part.

Widths are in 0..1000, the width of the bar's view box.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 1000
HEATS = (4, 3, 2, 1)
"""The heat of the first, second, third and every further part."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: where its piece of the common bar begins, how wide it is, how hot."""

    name: str
    value: int
    share: float
    x: float
    width: float
    heat: int


def parts_of(
    *, values: Sequence[tuple[str, int]], limit: int = 8, rest: str = "Other"
) -> tuple[Part, ...]:
    """The parts by size, largest first; beyond `limit` they are summed up as `rest`.

    Parts of nothing are left out; pieces together fill the bar.
    """
    present = sorted((pair for pair in values if pair[1] > 0), key=lambda pair: -pair[1])
    if len(present) > limit:
        kept = present[: limit - 1]
        present = [*kept, (rest, sum(value for _, value in present[limit - 1 :]))]
    total = sum(value for _, value in present)
    parts: list[Part] = []
    before = 0
    for place, (name, value) in enumerate(present):
        x = round(WIDTH * before / total, 2)
        before += value
        end = round(WIDTH * before / total, 2)
        heat = HEATS[min(place, len(HEATS) - 1)]
        parts.append(Part(name, value, value / total, x, round(end - x, 2), heat))
    return tuple(parts)


def width_of(*, value: int, largest: int) -> float:
    """How wide the bar of a value is beside the largest; something is never invisible."""
    if value <= 0 or largest <= 0:
        return 0
    return max(4.0, round(WIDTH * min(value, largest) / largest, 2))
