"""Keys that find the same usage elsewhere, without comparing everybody with everybody.

63-bit integers, so that they fit a database's bigint; None for slices too small to tell: many
people have a day of one short question.
"""

from collections.abc import Iterable
from hashlib import blake2b
from math import log, log2
from typing import Final

from submissions.report import UsageRow

EXACT_FROM_TOKENS: Final = 50_000
EXACT_FROM_BITS: Final = 36.0
"""How many bits of figures a slice must have for its counts to be its own."""
SHAPE_FROM_TOKENS: Final = 1_000_000
SHAPE_GRID: Final = 0.15
"""Cells of the natural logarithm: counts a few percent off fall into the same one as a rule."""
SHAPE_FROM_CLASS: Final = 1_000
"""Smaller classes are left out: a few tokens more would move them to another cell."""
_KEY_BYTES: Final = 8


def exact_key_of(rows: Iterable[UsageRow]) -> int | None:
    """Equal for slices with the same counts, whatever tool, model and day they are told of."""
    counts = sorted(_classes(row) for row in rows)
    if sum(map(sum, counts)) < EXACT_FROM_TOKENS:
        return None
    bits = sum(log2(value) for row in counts for value in row if value > 1)
    return _key(repr(counts)) if bits >= EXACT_FROM_BITS else None


def shape_key_of(rows: Iterable[UsageRow]) -> int | None:
    """Equal, more often than not, for slices whose classes differ by a few percent: each class
    on a logarithmic grid. Where classes lie near the border of a cell it differs; a copied series
    of days is found by the many that do not."""
    sums = [0] * 5
    for row in rows:
        for place, value in enumerate(_classes(row)):
            sums[place] += value
    if sum(sums) < SHAPE_FROM_TOKENS:
        return None
    cells = [int(log(value) / SHAPE_GRID) if value >= SHAPE_FROM_CLASS else -1 for value in sums]
    if sum(cell >= 0 for cell in cells) < 2:
        return None
    return _key(repr(cells))


def _classes(row: UsageRow) -> tuple[int, int, int, int, int]:
    return (
        row.input_tokens,
        row.output_tokens,
        row.cache_read_tokens,
        row.cache_write_tokens,
        row.reasoning_tokens,
    )


def _key(said: str) -> int:
    return int.from_bytes(blake2b(said.encode(), digest_size=_KEY_BYTES).digest(), "big") >> 1
