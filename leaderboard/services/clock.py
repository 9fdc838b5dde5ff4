"""The UTC day the rolling boards stand at."""

from datetime import date, datetime

from django.db import connection, transaction

from leaderboard.models import BoardClock


def board_clock(*, at: datetime) -> BoardClock:
    """The clock's one row; the first question on a fresh site starts it."""
    clock = BoardClock.objects.filter(pk=1).first()
    if clock is None:
        clock, _ = BoardClock.objects.get_or_create(
            pk=1, defaults={"current_day": at.date(), "rolled_at": at}
        )
    return clock


def open_days(*, at: datetime) -> tuple[date, ...]:
    """The days whose rolling windows are written: the current one, and one that is being built."""
    clock = board_clock(at=at)
    return (
        (clock.current_day,)
        if clock.building_day is None
        else (clock.current_day, clock.building_day)
    )


_ROLL_LOCK = 7_305_112_026
"""Any number that no other advisory lock of this database uses."""


def hold_off_the_roll() -> None:
    """Until this transaction ends, a roll that begins waits for it before it builds.

    Without this, a report that read the clock just before a roll began, and commits after the
    roll has passed its person, would leave no trace in the new windows.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_ROLL_LOCK])


def wait_for_reports_in_flight() -> None:
    """Returns once every transaction that may still write by the old clock has ended."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ROLL_LOCK])
