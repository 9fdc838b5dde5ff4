"""Level 1: what must be true of a report's values, whichever format they came in.

Each reader takes a value out of a decoded JSON object, says what is wrong with it to a `Problems`,
and still returns something of the right type, so that one fault never hides another. A count that
is refused comes back at its face value ("-5" as -5), so that a sum over it says what the body says
and not something that follows from the fault.
"""

import json
import math
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, TypeGuard, cast

from submissions.errors import ReportInvalidError
from submissions.report import MAX_COUNT, DayBasis

MAX_ROWS: Final = 20_000
MAX_DAYS: Final = 1_100
MAX_CLIENTS: Final = 64
MAX_MODELS: Final = 500
MAX_MODEL_LENGTH: Final = 200
MAX_PROVIDER_LENGTH: Final = 96
MAX_COST_USD: Final = 1_000_000_000
MAX_REASONS: Final = 1_000
"""How many reasons are worded; further ones are counted and cost no memory."""

EARLIEST_DAY: Final = date(2020, 1, 1)
"""Before any of the agents existed: an earlier day is a broken clock."""

CLIENT: Final = re.compile(r"[a-z0-9][a-z0-9._/-]{0,95}")
COLLECTOR: Final = re.compile(r"[a-z0-9][a-z0-9._/-]{0,63}")
VERSION: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}")
DEVICE_KEY: Final = re.compile(r"[A-Za-z0-9_.:-]{8,96}")

_FURTHER: Final = "a further problem"
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DIGITS: Final = re.compile(r"-?\d{1,30}", re.ASCII)
_BIDI_CONTROLS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_ONLY_INT: Final = {int}
_MICROUSD: Final = Decimal(1_000_000)
_AHEAD_OF_UTC: Final = timedelta(hours=14)


class Problems:
    """Every fault of one body, in the order found."""

    __slots__ = ("_reasons", "count")

    def __init__(self) -> None:
        self._reasons: list[str] = []
        self.count = 0

    def add(self, where: str, reason: str) -> None:
        """Name one fault; `where` is a path in the body."""
        self.count += 1
        if len(self._reasons) < MAX_REASONS:
            self._reasons.append(f"{where}: {reason}" if where else reason)

    @property
    def reasons(self) -> tuple[str, ...]:
        """One string a fault. Those past `MAX_REASONS` are all the same one, only to be counted."""
        return (*self._reasons, *([_FURTHER] * (self.count - len(self._reasons))))

    def raise_if_any(self) -> None:
        """Raise `ReportInvalidError` with every reason."""
        if self.count:
            noun = "problem" if self.count == 1 else "problems"
            raise ReportInvalidError(f"{self.count:,} {noun} in this report", details=self.reasons)


def shown(value: object) -> str:
    """A value of the body as JSON-like text: short, on one line, and safe to print anywhere."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "an array"
    if isinstance(value, str):
        text = json.dumps(value[:60] + ("…" if len(value) > 60 else ""), ensure_ascii=False)
        return text if text.isprintable() else json.dumps(value[:60])
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "a number beyond what a double holds"
    if isinstance(value, int) and value.bit_length() > 200:
        return "a number of more than 60 digits"
    return str(value)


def latest_day_of(*, at: datetime, day_basis: DayBasis) -> date:
    """The last day that a report made by `at` can name.

    Zones run ahead of UTC by up to 14 hours, and clocks of local days get one day more.
    """
    latest = (at + _AHEAD_OF_UTC).date()
    return latest + timedelta(days=1) if day_basis == "local" else latest


def count_of(
    source: Mapping[str, object],
    key: str,
    *,
    where: str,
    problems: Problems,
    required: bool = False,
) -> int:
    """The integer in 0..MAX_COUNT under `key`; 0 where it is absent."""
    value = source.get(key)
    if type(value) is int and 0 <= value <= MAX_COUNT:  # nearly always; bool is another type
        return value
    if value is None and key not in source and not required:
        return 0
    path = f"{where}.{key}" if where else key
    if value is None and key not in source:
        problems.add(path, "missing")
        return 0
    return checked_count(value, where=path, problems=problems)


def are_counts(values: tuple[object, ...]) -> TypeGuard[tuple[int, ...]]:
    """Whether all of `values` are integers in 0..MAX_COUNT; they are not said to be at fault."""
    if set(map(type, values)) != _ONLY_INT:
        return False
    numbers = cast("tuple[int, ...]", values)
    return min(numbers) >= 0 and max(numbers) <= MAX_COUNT


def checked_count(value: object, *, where: str, problems: Problems) -> int:
    """`value` if it is an integer in 0..MAX_COUNT, else its face value and a problem.

    true is not 1, and 5.0 is not 5: a sender that writes one of them computes with something
    else than integers.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        problems.add(where, f"{shown(value)} is not an integer")
        return 0
    if isinstance(value, str):
        problems.add(where, f"{shown(value)} is a string, not an integer")
        return int(value) if _DIGITS.fullmatch(value) else 0
    if isinstance(value, float):
        problems.add(where, f"{shown(value)} is not an integer")
        return int(value) if math.isfinite(value) and value.is_integer() else 0
    if value < 0:
        problems.add(where, f"{shown(value)} is negative")
    elif value > MAX_COUNT:
        problems.add(where, f"{shown(value)} is more than {MAX_COUNT}")
    return value


def day_of(value: object, *, where: str, problems: Problems, latest: date) -> date | None:
    """A real date written YYYY-MM-DD, not before `EARLIEST_DAY` and not after `latest`."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        problems.add(where, f"{shown(value)} is not a date written YYYY-MM-DD")
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        problems.add(where, f"{value} is not a day of the calendar")
        return None
    if day > latest:
        problems.add(where, f"{value} is in the future; the latest possible day is {latest}")
    elif day < EARLIEST_DAY:
        problems.add(where, f"{value} is before {EARLIEST_DAY}")
    return day


def matching_of(
    value: object, *, pattern: re.Pattern[str], meaning: str, where: str, problems: Problems
) -> str:
    """A string that `pattern` matches whole; "" and a problem otherwise."""
    if isinstance(value, str) and pattern.fullmatch(value):
        return value
    problems.add(where, f"{shown(value)} is not {meaning} ({pattern.pattern})")
    return ""


def client_of(value: object, *, where: str, problems: Problems) -> str:
    """The id of a tool: an open list, but of one spelling."""
    return matching_of(value, pattern=CLIENT, meaning="a client id", where=where, problems=problems)


def text_of(value: object, *, max_length: int, where: str, problems: Problems) -> str:
    """An identifier: one line of 1 to `max_length` printable characters, trimmed.

    Refuses control and format characters, lone surrogates and NUL, which PostgreSQL does not
    store, and characters that turn the direction of the text around them.
    """
    if not isinstance(value, str):
        problems.add(where, f"{shown(value)} is not a string")
        return ""
    text = value.strip()
    if not text:
        problems.add(where, "empty")
    elif len(text) > max_length:
        problems.add(where, f"{len(text)} characters, at most {max_length}")
    elif not text.isprintable():
        problems.add(where, f"{shown(text)} has control characters or unpaired surrogates")
    else:
        return text
    return ""


def display_name_of(value: object, *, max_length: int, where: str, problems: Problems) -> str:
    """A name that a person gave: as `text_of`, but joiners (emoji) and odd spaces are fine."""
    if not isinstance(value, str):
        problems.add(where, f"{shown(value)} is not a string")
        return ""
    text = value.strip()
    if not text:
        problems.add(where, "empty")
    elif len(text) > max_length:
        problems.add(where, f"{len(text)} characters, at most {max_length}")
    elif any(_is_unfit(character) for character in text):
        problems.add(where, f"{shown(text)} has control characters or unpaired surrogates")
    else:
        return text
    return ""


def _is_unfit(character: str) -> bool:
    code = ord(character)
    return (
        code < 0x20
        or 0x7F <= code < 0xA0
        or 0xD800 <= code < 0xE000
        or (character in _BIDI_CONTROLS or character in "\u2028\u2029")
    )


def cost_microusd_of(value: object, *, where: str, problems: Problems) -> int | None:
    """A cost in US dollars as integer micro-dollars, rounded half to even; None for null."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        problems.add(where, f"{shown(value)} is not a number")
    elif isinstance(value, float) and not math.isfinite(value):
        problems.add(where, f"{shown(value)} is not a cost")
    elif value < 0:
        problems.add(where, f"{shown(value)} is negative")
    elif value > MAX_COST_USD:
        problems.add(where, f"{shown(value)} is more than {MAX_COST_USD} dollars")
    else:
        return _microusd(value)
    return None


def _microusd(dollars: float) -> int:
    scaled = dollars * 1_000_000
    if scaled < 1e10 and abs(scaled % 1 - 0.5) > 0.001:  # far from a tie, and doubles are exact
        return round(scaled)
    exact = Decimal(repr(dollars)) * _MICROUSD
    return int(exact.to_integral_value(rounding=ROUND_HALF_EVEN))


def check_range(value: object, *, where: str, problems: Problems, latest: date) -> None:
    """A `{start, end}` that a body states of itself: real days, in order, not in the future."""
    if value is None:
        return
    if not isinstance(value, Mapping):
        problems.add(where, f"{shown(value)} is not an object")
        return
    start = day_of(value.get("start"), where=f"{where}.start", problems=problems, latest=latest)
    end = day_of(value.get("end"), where=f"{where}.end", problems=problems, latest=latest)
    if start is not None and end is not None and start > end:
        problems.add(where, f"start {start} is after end {end}")


def check_extent(
    *, rows: int, days: int, clients: int, models: int, tokens: int, problems: Problems
) -> None:
    """What one report may hold at most."""
    for number, limit, noun in (
        (rows, MAX_ROWS, "rows"),
        (days, MAX_DAYS, "days"),
        (clients, MAX_CLIENTS, "clients"),
        (models, MAX_MODELS, "models"),
    ):
        if number > limit:
            problems.add("", f"{number:,} {noun} in one report, at most {limit:,}")
    if tokens > MAX_COUNT:
        problems.add("", f"the report adds up to {shown(tokens)} tokens, at most {MAX_COUNT}")
