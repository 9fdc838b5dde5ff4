"""The same classes of several things, one bar each, in one order: what differs can be seen.

Widths are in 0..1000, the width of a bar's view box.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class MixPiece:
    """One class: where its piece begins, how wide it is, and its share of the whole (0..1)."""

    name: str
    value: int
    share: float
    x: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MixBar:
    """One thing cut into its classes; without pieces where it has nothing."""

    label: str
    total: int
    pieces: tuple[MixPiece, ...]


def mix_of(
    *, names: Sequence[str], bars: Sequence[tuple[str, Sequence[int]]]
) -> tuple[MixBar, ...]:
    """A bar for each (label, a value for each of `names`); pieces of nothing keep their place, so
    that the n-th piece is the n-th class of every bar."""
    return tuple(_bar_of(label, names, values) for label, values in bars)


def _bar_of(label: str, names: Sequence[str], values: Sequence[int]) -> MixBar:
    total = sum(values)
    pieces: list[MixPiece] = []
    before = 0
    for name, value in zip(names, values, strict=True):
        if total == 0:
            break
        x = round(WIDTH * before / total, 2)
        before += value
        end = round(WIDTH * before / total, 2)
        pieces.append(
            MixPiece(name=name, value=value, share=value / total, x=x, width=round(end - x, 2))
        )
    return MixBar(label=label, total=total, pieces=tuple(pieces))


@dataclass(frozen=True, slots=True, kw_only=True)
class MixRow:
    """One class of every bar, for the table behind; None of a bar that has nothing."""

    name: str
    pieces: tuple[MixPiece | None, ...]


def mix_rows_of(*, names: Sequence[str], bars: Sequence[MixBar]) -> tuple[MixRow, ...]:
    """The same pieces by class."""
    return tuple(
        MixRow(
            name=name,
            pieces=tuple(bar.pieces[place] if bar.pieces else None for bar in bars),
        )
        for place, name in enumerate(names)
    )
