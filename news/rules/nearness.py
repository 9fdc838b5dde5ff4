"""The same story told twice: found by a fixed number of index look-ups, however much is stored.

A text becomes the set of its runs of `RUN` words. MinHash turns the set into `HASHES` numbers,
and the part of them that two texts share estimates the part of runs they share (Jaccard; Broder,
"On the resemblance and containment of documents", 1997). The numbers go in `BANDS` bands of `ROWS`:
texts with a whole band in common are candidates, found by an index over the bands.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from hashlib import blake2b
from typing import Final

RUN: Final = 3
BANDS: Final = 24
ROWS: Final = 3
HASHES: Final = BANDS * ROWS
NEAR: Final = 0.5
"""Two texts are one story from this Jaccard on; a band in common has then a chance of 96 %."""

MIN_RUNS: Final = 20
"""Shorter texts have too little in them to tell."""

_MERSENNE: Final = (1 << 61) - 1
_WORD = re.compile(r"\w+", re.UNICODE)
_MAX_WORDS: Final = 3000


def _coefficients() -> tuple[tuple[int, int], ...]:
    stream = b"".join(
        blake2b(f"nearness {n}".encode(), digest_size=16).digest() for n in range(HASHES)
    )
    return tuple(
        (
            int.from_bytes(stream[16 * n : 16 * n + 8]) % (_MERSENNE - 1) + 1,
            int.from_bytes(stream[16 * n + 8 : 16 * n + 16]) % _MERSENNE,
        )
        for n in range(HASHES)
    )


_COEFFICIENTS: Final = _coefficients()


def runs_of(text: str) -> frozenset[int]:
    """The hashed runs of words of a text: case, accents and punctuation play no part."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    words = _WORD.findall(plain)[:_MAX_WORDS]
    return frozenset(
        int.from_bytes(blake2b(" ".join(words[i : i + RUN]).encode(), digest_size=7).digest())
        for i in range(len(words) - RUN + 1)
    )


def signature_of(runs: Collection[int]) -> tuple[int, ...]:
    """`HASHES` numbers below 2^61; () for a text that is too short to tell."""
    if len(runs) < MIN_RUNS:
        return ()
    return tuple(min((a * run + b) % _MERSENNE for run in runs) for a, b in _COEFFICIENTS)


def bands_of(signature: Sequence[int]) -> list[int]:
    """What a text is found by: one signed 64-bit number a band."""
    return [
        int.from_bytes(
            blake2b(
                repr((band, *signature[band * ROWS : (band + 1) * ROWS])).encode(), digest_size=8
            ).digest(),
            signed=True,
        )
        for band in range(len(signature) // ROWS)
    ]


def nearness_of(*, a: Sequence[int], b: Sequence[int]) -> float:
    """The estimated part of runs that two texts share, 0 to 1."""
    if not a or len(a) != len(b):
        return 0.0
    return sum(x == y for x, y in zip(a, b, strict=True)) / len(a)
