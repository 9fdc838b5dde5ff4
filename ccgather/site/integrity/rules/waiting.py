"""How long somebody waited, in words."""

from datetime import timedelta

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def waiting_words_of(waited: timedelta | None) -> str:
    """Such as `5 hours`: in the largest unit of which there are two. Nothing for None."""
    if waited is None:
        return ""
    seconds = waited.total_seconds()
    for unit, length in _UNITS:
        if seconds >= 2 * length:
            return f"{round(seconds / length)} {unit}s"
    return "1 minute" if seconds >= 60 else "under a minute"
