"""Moments as agents write them, in every shape that was met in the wild."""

import re
from datetime import date

_ISO = re.compile(
    r"\s*(\d{4})-(\d\d)-(\d\d)"
    r"[T t](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?"
    r"\s*(?:[Zz]|([+-])(\d\d):?(\d\d)?)?\s*"
)
_NUMBER = re.compile(r"\s*\d+(?:\.\d+)?\s*")
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
DAY_SECONDS = 86_400
_LAST_SECOND = 253_402_300_800
"""The start of year 10000: later moments have no day that can be written."""
_LARGEST_SECONDS = 100_000_000_000
_LARGEST_MILLISECONDS = 100_000_000_000_000


_hours: dict[str, int] = {}
"""First seconds of the hours met so far, by their text up to `…T10:`."""
_clock: dict[str, int] = {}
"""Seconds within an hour met so far, by their text, `05:09.`."""


def second_of(value: object) -> int | None:
    """The UTC second, counted from 1970, that a log's timestamp means; None if it means none.

    Text is ISO 8601 with `T` or a space, any number of fraction digits, `Z`, an offset or no
    zone at all (UTC). Numbers, also as text, are seconds, milliseconds or microseconds, told
    apart by their size.
    """
    if isinstance(value, str):
        hour, clock = _hours.get(value[:14]), _clock.get(value[14:20])
        if (
            # What nearly every line has: an hour (but 1970's first) and a clock met before.
            hour
            and clock is not None
            and len(value) == 24
            and value[23] == "Z"
            and value[20:23].isdigit()
        ):
            return hour + clock
        parts = _ISO.fullmatch(value)
        if parts is not None:
            moment = _iso_second(*parts.groups())
            if moment is not None and value[10:11] == "T" and value[-1] == "Z":
                _note(value, moment)
            return moment
        if _NUMBER.fullmatch(value) is None or len(value) > 32:
            return None
        return _epoch_second(float(value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _epoch_second(value)
    return None


def _note(value: str, moment: int) -> None:
    _hours[value[:14]] = moment - moment % 3600
    if value[16:17] == ":" and value[19:20] == "." and value[17:19] != "60":
        _clock[value[14:20]] = moment % 3600


def day_of(second: int) -> str:
    """The UTC day, `YYYY-MM-DD`, of a second counted from 1970."""
    return date.fromordinal(_EPOCH_ORDINAL + second // DAY_SECONDS).isoformat()


_ordinals: dict[tuple[str, str, str], int | None] = {}
"""Days met so far: a log has few of them and a hundred thousand lines."""


def _ordinal(year: str, month: str, day: str) -> int | None:
    key = (year, month, day)
    if key not in _ordinals:
        try:
            _ordinals[key] = date(int(year), int(month), int(day)).toordinal()
        except ValueError:
            _ordinals[key] = None
    return _ordinals[key]


def _iso_second(*parts: str | None) -> int | None:
    year, month, day, hour, minute, second, sign, zone_hours, zone_minutes = parts
    ordinal = _ordinal(year or "", month or "", day or "")
    hours, minutes, seconds = int(hour or 0), int(minute or 0), int(second or 0)
    if ordinal is None or hours > 24 or minutes > 59 or seconds > 60:
        return None
    moment = (ordinal - _EPOCH_ORDINAL) * DAY_SECONDS + hours * 3600 + minutes * 60
    moment += min(seconds, 59)  # a leap second belongs to the minute, and so to the day, before
    if sign is not None:
        offset = int(zone_hours or 0) * 3600 + int(zone_minutes or 0) * 60
        moment += -offset if sign == "+" else offset
    return moment if 0 < moment < _LAST_SECOND else None


def _epoch_second(value: float) -> int | None:
    if not 0 < value < _LARGEST_MILLISECONDS * 1000:  # also refuses NaN
        return None
    if value >= _LARGEST_MILLISECONDS:
        value = value / 1_000_000
    elif value >= _LARGEST_SECONDS:
        value = value / 1_000
    return int(value) or None
