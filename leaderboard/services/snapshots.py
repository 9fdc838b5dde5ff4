"""The daily snapshot: who stood where on the all-time board when a UTC day ended.

What stood at a midnight is what stands now, with every change since undone: so a snapshot that is
taken late says the same as one taken in time (people who were deleted meanwhile are gone from it).
Each day is one transaction; whoever comes second waits for the first and changes nothing.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from leaderboard.models import SnapshotDay, UsageChange
from leaderboard.rules.boards import EPOCH, Board
from leaderboard.rules.history import is_kept, month_after
from leaderboard.rules.levels import LEVELS
from leaderboard.services.clock import wait_for_reports_in_flight
from leaderboard.services.usage_changes import midnight_after

Progress = Callable[[int], object]


def days_due(*, at: datetime) -> list[date]:
    """The days that have ended and have no snapshot yet, the earliest first.

    The first day of a site is the one of its first recorded change; what stood before the ledger
    began is not known.
    """
    newest = SnapshotDay.objects.order_by("-day").values_list("day", flat=True).first()
    if newest is not None:
        first = newest + timedelta(days=1)
    else:
        began = UsageChange.objects.order_by("pk").values_list("at", flat=True).first()
        if began is None:
            return []
        first = began.date()
    return [first + timedelta(days=offset) for offset in range((at.date() - first).days)]


def take_snapshots(*, at: datetime, progress: Progress = lambda _days: None) -> int:
    """Takes the snapshot of every day that has ended and lacks it; answers how many people
    were written down in all."""
    due = days_due(at=at)
    if not due:
        return 0
    wait_for_reports_in_flight()
    people = 0
    for day in due:
        people += take_snapshot(day=day, at=at) or 0
        progress(1)
    return people


def take_snapshot(*, day: date, at: datetime) -> int | None:
    """Takes the snapshot of one day that has ended; answers how many people it ranks.

    None, and nothing changes, when it has been taken already. Raises ValueError for a day that
    has not ended.
    """
    midnight = midnight_after(day=day)
    if at < midnight:
        message = f"{day} has not ended at {at}"
        raise ValueError(message)
    with transaction.atomic(), connection.cursor() as cursor:
        # The second to come waits here until the first has committed.
        cursor.execute(
            "INSERT INTO leaderboard_snapshotday (day, taken_at, people) VALUES (%s, %s, 0) "
            "ON CONFLICT (day) DO NOTHING",
            [day, at],
        )
        if cursor.rowcount == 0:
            return None
        for month in (day.replace(day=1), month_after(day)):
            _make_partition(month=month)
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(
            _SNAPSHOT_SQL,
            {
                "day": day,
                "midnight": midnight,
                "board": Board.ALL.value,
                "start": EPOCH,
                "levels": [step.from_tokens for step in LEVELS],
            },
        )
        people: int = cursor.rowcount
        SnapshotDay.objects.filter(day=day).update(people=people)
    return people


def thin_snapshots(*, at: datetime) -> int:
    """Rewrites months that are old enough with the days that are kept; answers how many days
    went. A month at a time: its place on the disk is given back whole."""
    old = [
        day
        for day in SnapshotDay.objects.order_by("day").values_list("day", flat=True)
        if not is_kept(day=day, today=at.date())
    ]
    for month in sorted({day.replace(day=1) for day in old}):
        _rewrite(month=month, gone=[day for day in old if day.replace(day=1) == month])
    return len(old)


def _partition_of(month: date) -> str:
    """The table of a month, a name made of digits only."""
    return f"leaderboard_snapshot_{month:%Y_%m}"


def _make_partition(*, month: date) -> None:
    """Made beside and attached, so that readers never wait; made by one at a time."""
    name = _partition_of(month)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone()[0] is not None:
            return
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PARTITION_LOCK])
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone()[0] is None:
            cursor.execute(f"CREATE TABLE {name} (LIKE leaderboard_snapshot)")
            _attach(name=name, month=month)


_PARTITION_LOCK = 7_305_112_028
"""Any number that no other advisory lock of this database uses."""


def _attach(*, name: str, month: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"ALTER TABLE leaderboard_snapshot ATTACH PARTITION {name} FOR VALUES "
            f"FROM ('{month}') TO ('{month_after(month)}')"
        )


def _rewrite(*, month: date, gone: list[date]) -> None:
    name = _partition_of(month)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        # Whoever forgets a person waits from the first row on, and cannot wait for us half-way.
        cursor.execute("LOCK TABLE ONLY leaderboard_snapshot IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(f"CREATE TABLE {name}_kept (LIKE leaderboard_snapshot)")
        cursor.execute(
            f"INSERT INTO {name}_kept SELECT * FROM {name} WHERE NOT day = ANY(%s) "  # noqa: S608
            "ORDER BY day, rank_world",
            [gone],
        )
        cursor.execute(f"ALTER TABLE leaderboard_snapshot DETACH PARTITION {name}")
        cursor.execute(f"DROP TABLE {name}")
        cursor.execute(f"ALTER TABLE {name}_kept RENAME TO {name}")
        _attach(name=name, month=month)
        SnapshotDay.objects.filter(day__in=gone).delete()


_SNAPSHOT_SQL = """
WITH changed AS MATERIALIZED (
  SELECT DISTINCT ON (user_id)
    user_id, tokens_before, cost_before, stood_before, country_before
  FROM leaderboard_usagechange WHERE at >= %(midnight)s ORDER BY user_id, id
), stood AS (
  SELECT user_id, tokens, cost_microusd, country_code, first_submission_at
  FROM leaderboard_standing s
  WHERE board = %(board)s AND window_start = %(start)s AND on_boards AND tokens > 0
    AND NOT EXISTS (SELECT 1 FROM changed c WHERE c.user_id = s.user_id)
  UNION ALL
  SELECT c.user_id, c.tokens_before, c.cost_before, c.country_before, a.first_submission_at
  FROM changed c JOIN submissions_usageaccount a ON a.user_id = c.user_id
  WHERE c.stood_before AND c.tokens_before > 0
), placed AS (
  SELECT *,
    row_number() OVER (ORDER BY tokens DESC, first_submission_at, user_id) AS rank_world,
    CASE WHEN country_code <> '' THEN row_number() OVER (
      PARTITION BY country_code ORDER BY tokens DESC, first_submission_at, user_id
    ) END AS rank_country
  FROM stood
)
INSERT INTO leaderboard_snapshot
  (tokens, cost_microusd, user_id, day, rank_world, rank_country, level, country_code)
SELECT tokens, cost_microusd, user_id, %(day)s, rank_world, rank_country,
  width_bucket(tokens, %(levels)s::bigint[]), country_code
-- The order of the last window above, so that it costs no third sort.
FROM placed ORDER BY tokens DESC, first_submission_at, user_id
"""
