"""The UTC day the rolling boards stand at."""

from datetime import date, datetime
from threading import Event

from django.db import connection

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

_POLL_SECONDS = 0.02


def hold_off_the_roll() -> None:
    """Until this transaction ends, a roll that begins waits for it before it builds.

    Without this, a report that read the clock just before a roll began, and commits after the
    roll has passed its person, would leave no trace in the new windows.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_ROLL_LOCK])


def wait_for_reports_in_flight() -> None:
    """Returns once every transaction that may still write by the old clock has ended.

    Looks at who holds the shared lock instead of asking for it exclusively: a request that waits
    would make every later report wait behind it, for as long as the slowest one in flight.
    """
    in_flight = _holders()
    while in_flight:
        Event().wait(_POLL_SECONDS)
        in_flight &= _holders()


def _holders() -> set[str]:
    """The transactions that hold off the roll now, by PostgreSQL's own name of each."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT virtualtransaction FROM pg_locks
            WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted AND objsubid = 1
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND (classid::bigint << 32 | objid::bigint) = %s AND pid <> pg_backend_pid()
            """,
            [_ROLL_LOCK],
        )
        return {row[0] for row in cursor.fetchall()}
