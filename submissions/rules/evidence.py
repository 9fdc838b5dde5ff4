"""Evidence sketches: seeing the same log twice without seeing what is in it.

A sketch is the `SKETCH_SIZE` smallest of the hashes of a day's message ids ("bottom-k"). Two logs
that share messages share hashes, and the smallest of both together are a sample of their union:
the part of it that both have estimates the part of all messages that both have. What this can and
cannot show, with the arithmetic, is in `docs/evidence.md`.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Final

from submissions.report import HASH_BYTES, EvidenceSketch

EVIDENCE_VERSION: Final = 1
SKETCH_SIZE: Final = 64
SALT_BYTES: Final = 32
KEY_COUNT: Final = 8
"""How many of a sketch's hashes can be searched for."""

CONTAINED_PART: Final = 0.95
"""Of the smaller log's sampled messages: two readings of one log are some minutes apart."""

CONTAINED_SAMPLE: Final = 12
"""Fewer shared samples than this may be chance, unless the sketches hold every message."""

_FIRST_DAY: Final = date(2020, 1, 1).toordinal()
_KEY_BITS: Final = 48
_KEY_MASK: Final = (1 << _KEY_BITS) - 1


def message_digest_of(*, client: str, message_id: str) -> bytes:
    """8 bytes that stand for one message: what a machine may keep of it, without the salt."""
    return blake2b(f"{client}\0{message_id}".encode(), digest_size=HASH_BYTES).digest()


def hash_of(*, digest: bytes, salt: bytes) -> int:
    """The 64-bit value of a message under one site's salt."""
    return int.from_bytes(blake2b(digest, key=salt, digest_size=HASH_BYTES).digest())


def salt_id_of(salt: bytes) -> str:
    """8 hex digits that tell one salt from another."""
    return blake2b(salt, digest_size=4).hexdigest()


def sketch_of(hashes: Iterable[int]) -> EvidenceSketch:
    """The sketch of messages whose hashes these are, in any order; repeats are one message."""
    ordered = sorted(set(hashes))
    smallest = b"".join(value.to_bytes(HASH_BYTES) for value in ordered[:SKETCH_SIZE])
    return EvidenceSketch(messages=len(ordered), hashes=smallest)


def keys_of(*, day: date, sketch: EvidenceSketch) -> list[int]:
    """What the sketch is found by: its smallest hashes, each with its day, as positive int64.

    The day comes first, so that an index over these grows at its end and the part in use stays in
    memory. Of the hash the low bits are taken: the high ones of the smallest are nearly all 0.
    """
    number = (day.toordinal() - _FIRST_DAY) << _KEY_BITS
    return [number | (value & _KEY_MASK) for value in sketch.values(KEY_COUNT)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How much of two logs is the same.

    `same` of `compared` sampled messages are in both. `jaccard` is the part of all their messages
    together that both have, `shared_messages` how many that are, each with its standard error;
    `of_a` and `of_b` are the parts of each log that the other has too (0 to 1). `exact` says that
    both sketches hold every message, so that nothing is estimated.
    """

    same: int
    compared: int
    jaccard: float
    jaccard_error: float
    shared_messages: float
    shared_error: float
    of_a: float
    of_b: float
    exact: bool


def overlap_of(*, a: EvidenceSketch, b: EvidenceSketch) -> Overlap:
    """The overlap of two sketches of one client and day that were made under one salt.

    Without messages on either side there is none. The order of the two changes only `of_a` and
    `of_b`.
    """
    mine, theirs = set(a.values()), set(b.values())
    exact = len(mine) == a.messages and len(theirs) == b.messages
    together = sorted(mine | theirs)
    sample = together if exact else together[:SKETCH_SIZE]
    both = mine & theirs
    same = sum(value in both for value in sample)
    total = a.messages + b.messages
    part = same / len(sample) if sample else 0.0
    shared = min(part / (1 + part) * total, a.messages, b.messages)
    error = 0.0 if exact else _error_of(same=same, compared=len(sample), union=total - shared)
    return Overlap(
        same=same,
        compared=len(sample),
        jaccard=part,
        jaccard_error=error,
        shared_messages=shared,
        shared_error=error * total / (1 + part) ** 2,
        of_a=shared / a.messages if a.messages else 0.0,
        of_b=shared / b.messages if b.messages else 0.0,
        exact=exact,
    )


def is_contained(*, smaller: EvidenceSketch, larger: EvidenceSketch) -> bool:
    """Whether the larger log has (nearly) all messages of the smaller, of one client and day.

    Below the largest hash that the larger one's sketch holds, that sketch is complete: each of
    the smaller one's hashes there is a message that the larger log either has or has not. No
    estimate is needed, and it is sharper than one by `overlap_of`.
    """
    theirs = set(larger.values())
    if not theirs or not smaller.messages:
        return False
    complete = len(theirs) == larger.messages
    bound = max(theirs)
    sample = [value for value in smaller.values() if complete or value <= bound]
    if not sample:
        return False
    exact = complete and len(sample) == smaller.messages
    same = sum(value in theirs for value in sample)
    if exact:
        return same >= CONTAINED_PART * len(sample)
    return len(sample) >= CONTAINED_SAMPLE and same >= CONTAINED_PART * len(sample)


def _error_of(*, same: int, compared: int, union: float) -> float:
    """The standard error of `same / compared`, drawn without replacement from `union` messages.

    One message is added to either side, so that none or all of a sample is not called certain.
    """
    part = (same + 1) / (compared + 2)
    left = max(0.0, (union - compared) / (union - 1)) if union > 1 else 0.0
    return math.sqrt(part * (1 - part) / compared * left) if compared else 0.0
