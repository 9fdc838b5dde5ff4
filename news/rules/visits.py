"""When a source is asked again."""

from datetime import datetime, timedelta
from typing import Final

MAX_BACKOFF: Final = timedelta(days=2)
OLDEST: Final = timedelta(days=45)
"""What is older when it is first seen is history, not news."""

ALERT_AFTER: Final = 5
"""Failures in a row after which somebody is told."""


def next_visit_of(
    *, at: datetime, interval_minutes: int, failures: int, retry_after: float | None
) -> datetime:
    """After a success the interval; after each failure in a row twice as long, up to two days,
    and never before the moment the other side asked for."""
    wait = timedelta(minutes=interval_minutes << min(failures, 16))
    wait = max(min(wait, MAX_BACKOFF), timedelta(minutes=interval_minutes))
    if retry_after is not None:
        wait = max(wait, min(timedelta(seconds=retry_after), MAX_BACKOFF))
    return at + wait
