"""When a machine sends: every so many hours, at a minute of its own.

Moments are UTC: no summer time skips or repeats one. The minute comes from the machine's random
id, so that it stays the same however often autosubmit is switched on, and not all machines come
at midnight.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from ccgather_cli.errors import UsageError

HOURS = (1, 2, 3, 4, 6, 8, 12, 24)
"""What a day can be divided into evenly."""

DEFAULT = "1d"
_SPELLING = re.compile(r"(\d{1,2})\s*h")
_NAMES = {"1d": 24, "d": 24, "daily": 24, "hourly": 1, "h": 1}


@dataclass(frozen=True)
class Rhythm:
    """Every `hours` hours; the first time of a UTC day is `minute` minutes after midnight."""

    hours: int
    minute: int

    @property
    def spelling(self) -> str:
        """As `--every` takes it."""
        return "1d" if self.hours == 24 else f"{self.hours}h"

    @property
    def minute_of_hour(self) -> int:
        """The minute at which every run starts."""
        return self.minute % 60

    @property
    def hours_of_day(self) -> tuple[int, ...]:
        """The UTC hours in which runs start."""
        return tuple(range(self.minute // 60, 24, self.hours))

    def last_before(self, at: datetime) -> datetime:
        """The moment of the newest run that `at` has reached."""
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        moment = midnight + timedelta(minutes=self.minute)
        step = timedelta(hours=self.hours)
        return moment + (at - moment) // step * step

    def next_after(self, at: datetime) -> datetime:
        """The moment of the run to come."""
        return self.last_before(at) + timedelta(hours=self.hours)

    def __str__(self) -> str:
        """`every day at 09:17 UTC`."""
        if self.hours == 24:
            return f"every day at {self.minute // 60:02}:{self.minute % 60:02} UTC"
        if self.hours == 1:
            return f"every hour at minute {self.minute_of_hour}"
        first = ", ".join(f"{hour:02}:{self.minute_of_hour:02}" for hour in self.hours_of_day)
        return f"every {self.hours} hours ({first} UTC)"


def rhythm_of(spelling: str, *, device_id: str) -> Rhythm:
    """The rhythm that `--every` asks for, on the machine with this id. Raises `UsageError`."""
    hours = hours_of(spelling)
    digest = blake2b(device_id.encode(), digest_size=8, person=b"autosubmit").digest()
    return Rhythm(hours, int.from_bytes(digest, "big") % (hours * 60))


def hours_of(spelling: str) -> int:
    """`6h` as 6, `1d` as 24. Raises `UsageError`."""
    text = spelling.strip().lower()
    found = _SPELLING.fullmatch(text)
    hours = int(found.group(1)) if found else _NAMES.get(text, 0)
    if hours not in HOURS:
        choices = ", ".join("1d" if each == 24 else f"{each}h" for each in HOURS)
        raise UsageError(f"--every {spelling!r} does not divide a day; there are {choices}.")
    return hours
