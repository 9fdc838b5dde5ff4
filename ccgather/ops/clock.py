"""The one place that reads the clock: for views, tasks and commands, which pass it on as `at`."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)
