"""Counts and texts as logs write them: null, quoted, fractional, negative."""

import math

MAX_COUNT = 2**53 - 1
"""The largest count that the contract can carry; a larger one in a log is damage."""


def count_of(value: object) -> int | None:
    """A count of tokens: 0 for a negative one, None where there is no number.

    Numbers in quotes count. A fraction is cut off.
    """
    if isinstance(value, str):
        try:
            value = float(value) if "." in value or "e" in value.lower() else int(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        value = int(value)
    if value > MAX_COUNT:
        return None
    return max(value, 0)


def text_of(value: object) -> str | None:
    """A non-empty text that can be written as UTF-8; numbers become text, the rest is None."""
    if isinstance(value, str):
        return value.encode("utf-8", errors="replace").decode() or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None
