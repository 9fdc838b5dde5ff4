"""What the review area says about clocks, signals and figures."""

from datetime import datetime

from django.utils.translation import ngettext

from ccgather.ui import formats


def due_words(*, due_at: datetime, at: datetime) -> str:
    """How long there is until a moment, or since when it has passed: "3 hours left"."""
    seconds = (due_at - at).total_seconds()
    length = _length(abs(seconds))
    return f"{length} left" if seconds >= 0 else f"{length} over"


def _length(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:
        return ngettext("%d minute", "%d minutes", minutes) % minutes
    hours = minutes // 60
    if hours < 48:
        return ngettext("%d hour", "%d hours", hours) % hours
    days = hours // 24
    return ngettext("%d day", "%d days", days) % days


def code_words(code: str) -> str:
    """A code as people read it: "over_hard_limit" is "over hard limit"."""
    return code.replace("_", " ")


def figure_words(value: object) -> str:
    """A figure of a signal: counts in full, shares and factors to three digits."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return formats.tokens_exact(value)
    if isinstance(value, float):
        whole = value.is_integer() or abs(value) >= 1000
        return formats.tokens_exact(round(value)) if whole else f"{value:.3g}"
    return str(value)


def weight_share(weight: float) -> float:
    """How much of a bar a weight fills: 1 holds a day and fills half of it, 2 or more all."""
    return min(1.0, max(0.0, weight / 2))
