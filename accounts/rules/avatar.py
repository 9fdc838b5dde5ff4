"""A picture for everyone who has none, drawn from the name alone."""

import hashlib
from dataclasses import dataclass
from typing import Final

GRID = 5
VERSION = 1
"""Counts the drawing's changes, so that an old picture in a cache is told from a new one."""

# Ground and mark of each pair differ by at least 3 to 1 in luminance, so that the mark is seen.
_PAIRS: Final = (
    ("#2a1510", "#ff7a45"),
    ("#30130f", "#ffa940"),
    ("#ffe7d6", "#c2410c"),
    ("#3b1a08", "#ffc069"),
    ("#fff1e0", "#9a3412"),
    ("#1f1613", "#ff9c6e"),
    ("#fde3cf", "#a61d24"),
    ("#2b1a1d", "#ff8f8f"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Avatar:
    """The drawing: a mirrored grid of cells over one ground."""

    ground: str
    mark: str
    cells: tuple[tuple[int, int], ...]


def avatar_of_name(*, username: str) -> Avatar:
    """The drawing for a name; the same for every spelling of its letters' case."""
    digest = hashlib.blake2b(username.lower().encode("utf-8", "replace"), digest_size=16).digest()
    ground, mark = _PAIRS[digest[0] % len(_PAIRS)]
    half = (GRID + 1) // 2
    bits = int.from_bytes(digest[1:5])
    lit = [(x, y) for y in range(GRID) for x in range(half) if bits >> (y * half + x) & 1]
    if len(lit) < 3:
        lit = sorted({*lit, (half - 1, 1), (half - 1, 2), (half - 1, 3)})
    mirrored = {(x, y) for x, y in lit} | {(GRID - 1 - x, y) for x, y in lit}
    return Avatar(ground=ground, mark=mark, cells=tuple(sorted(mirrored)))


def avatar_svg_of(*, username: str) -> str:
    """The drawing as an SVG file of 64 units. Nothing of the name itself is in it."""
    avatar = avatar_of_name(username=username)
    cells = "".join(
        f'<rect x="{12 + 8 * x}" y="{12 + 8 * y}" width="8" height="8"/>' for x, y in avatar.cells
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">'
        f'<rect width="64" height="64" fill="{avatar.ground}"/>'
        f'<g fill="{avatar.mark}" shape-rendering="crispEdges">{cells}</g></svg>\n'
    )
