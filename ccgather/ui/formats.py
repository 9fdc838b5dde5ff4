"""Numbers, money and time as people read them, in the active locale.

Pure but for the locale: the present moment is always an argument. Tokens are integers, costs
integers of micro-dollars or None where they are hidden, days UTC dates, moments aware datetimes.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import formats
from django.utils.translation import gettext, ngettext

HIDDEN = "—"
"""What stands where a person hides something, or where there is nothing to say."""

_SUFFIXES = ("", "K", "M", "B", "T", "Q")
_MICRO = 1_000_000
_CENTS_IN_MICRO = 10_000
_BAND_STEPS = (1, 5)


def tokens_compact(tokens: int) -> str:
    """A count in at most three digits and a suffix: 1234567 is "1.23M".

    Cut, never rounded up: a person at 999,999,999 has not reached "1B" yet.
    """
    size = abs(tokens)
    power = min((len(str(size)) - 1) // 3, len(_SUFFIXES) - 1)
    if power == 0:
        return tokens_exact(tokens)
    whole_digits = len(str(size)) - 3 * power
    decimals = max(0, 3 - whole_digits)
    cut = size * 10**decimals // 1000**power
    value = Decimal(cut).scaleb(-decimals)
    text = formats.number_format(value, decimals, force_grouping=True)
    separator = formats.get_format("DECIMAL_SEPARATOR")
    if decimals:
        text = text.rstrip("0").rstrip(str(separator))
    return f"{'-' if tokens < 0 else ''}{text}{_SUFFIXES[power]}"


def tokens_exact(tokens: int) -> str:
    """Every digit, grouped: "1,234,567"."""
    return formats.number_format(tokens, force_grouping=True)


def figure(value: float | str) -> str:
    """A figure of a reason: every digit of a whole number, three of any other, a text as it is."""
    if isinstance(value, str):
        return value
    if float(value).is_integer():
        return tokens_exact(int(value))
    size = abs(value)
    decimals = 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 1 else 4
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = formats.number_format(rounded, decimals, force_grouping=True)
    separator = str(formats.get_format("DECIMAL_SEPARATOR"))
    return text.rstrip("0").rstrip(separator) if separator in text else text


def band_of(amount: int) -> str:
    """The band that holds an amount, for people who show ranges: 12345678 is in "10M–50M"."""
    lower, upper = band_bounds_of(amount)
    if upper == 0:
        return "0"
    if lower == 0:
        return f"<{tokens_compact(upper)}"
    return f"{tokens_compact(lower)}–{tokens_compact(upper)}"


def band_bounds_of(amount: int) -> tuple[int, int]:
    """The bounds (lower included, upper not) of the band: 1 and 5 times each power of ten.

    Everything under a thousand is one band; nothing is (0, 0).
    """
    if amount <= 0:
        return (0, 0)
    if amount < 1000:
        return (0, 1000)
    power = 10 ** (len(str(amount)) - 1)
    steps = [step * power for step in (*_BAND_STEPS, 10)]
    place = bisect_right(steps, amount)
    return (steps[place - 1], steps[place])


def cost(microusd: int | None) -> str:
    """Micro-dollars as money with cents: "$1,234.56"; a hidden cost is a dash."""
    if microusd is None:
        return HIDDEN
    if 0 < microusd < _CENTS_IN_MICRO:
        return f"<${formats.number_format(Decimal('0.01'), 2)}"
    cents = (Decimal(microusd) / _MICRO).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return f"${formats.number_format(cents, 2, force_grouping=True)}"


def cost_compact(microusd: int | None) -> str:
    """Micro-dollars as money in few digits: "$12.3K"; below a thousand dollars with cents."""
    if microusd is None:
        return HIDDEN
    dollars = microusd // _MICRO
    return cost(microusd) if dollars < 1000 else f"${tokens_compact(dollars)}"


def cost_band(microusd: int | None) -> str:
    """The band of a cost in dollars, for people who show ranges: "$1K–$5K"."""
    if microusd is None:
        return HIDDEN
    lower, upper = band_bounds_of(microusd // _MICRO)
    if upper == 0:
        return "$0" if microusd == 0 else "<$1"
    if lower == 0:
        return f"<${tokens_compact(upper)}"
    return f"${tokens_compact(lower)}–${tokens_compact(upper)}"


def percent(share: float) -> str:
    """A share in 0..1 as a percentage; something that would show as 0 or all is said so."""
    if 0 < share < 0.001:
        return f"<{formats.number_format(Decimal('0.1'), 1)}%"
    if 0.999 < share < 1:
        return f">{formats.number_format(Decimal('99.9'), 1)}%"
    decimals = 0 if share in {0, 1} else 1
    return f"{formats.number_format(Decimal(str(round(share * 100, 1))), decimals)}%"


@dataclass(frozen=True, slots=True)
class RankChange:
    """A change of rank in words: `direction` is up, down, same or none; `places` is its size."""

    direction: str
    places: int
    sentence: str


def rank_change_of(change: int | None) -> RankChange:
    """How a rank moved since the last midnight UTC; positive is up, None has no comparison."""
    if change is None:
        return RankChange("none", 0, gettext("No earlier rank"))
    if change == 0:
        return RankChange("same", 0, gettext("Rank unchanged"))
    places = abs(change)
    if change > 0:
        sentence = ngettext("Up %d place", "Up %d places", places) % places
        return RankChange("up", places, sentence)
    sentence = ngettext("Down %d place", "Down %d places", places) % places
    return RankChange("down", places, sentence)


def day(value: date | None) -> str:
    """A UTC day in the locale's way; a dash for none."""
    return HIDDEN if value is None else formats.date_format(value, "j M Y")


def month(value: date) -> str:
    """The month of a day: "November 2026"."""
    return formats.date_format(value, "F Y")


def moment(value: datetime | None) -> str:
    """A moment to the minute, in its own zone, which is named: "21 Nov 2026, 02:13 UTC"."""
    return HIDDEN if value is None else formats.date_format(value, "j M Y, H:i e")


def ago(value: datetime | None, *, at: datetime) -> str:
    """How long before `at` a moment was: "5 minutes ago"; after thirty days, its date.

    A moment after `at` (a clock that runs ahead) counts as now.
    """
    if value is None:
        return gettext("never")
    seconds = max(0, int((at - value).total_seconds()))
    if seconds < 60:
        return gettext("just now")
    if seconds < 3600:
        minutes = seconds // 60
        return ngettext("%d minute ago", "%d minutes ago", minutes) % minutes
    if seconds < 86_400:
        hours = seconds // 3600
        return ngettext("%d hour ago", "%d hours ago", hours) % hours
    days = seconds // 86_400
    if days <= 30:
        return ngettext("%d day ago", "%d days ago", days) % days
    return day(value.date())
