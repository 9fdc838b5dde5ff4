"""The ledger of what changed on the all-time board: written in the transaction of the change.

`stood_*` says whether the person may stand on boards, usage aside, as `User.stands_on_boards`.
"""

from datetime import UTC, date, datetime, time, timedelta

from django.db import connection

from accounts.models import User
from leaderboard.models import Snapshot, SnapshotDay, UsageChange
from leaderboard.rules.boards import EPOCH, Board
from submissions.models import UsageAccount

Cause = UsageChange.Cause

KEPT_DAYS = 100
"""How long a change is kept to explain; longer where a midnight still waits for its snapshot."""

BATCH = 20_000
"""Old changes that one statement deletes."""


def record_usage_change(*, user: User, cause: str, at: datetime) -> None:
    """Writes down what the person's usage became, if that differs from their standing.

    The standing must still be the old one. One statement. A submission that left less than there
    was is a correction. Somebody whose usage was deleted as a whole is forgotten instead.
    """
    if cause == Cause.DELETION and not UsageAccount.objects.filter(user=user).exists():
        forget_person(user=user)
        return
    cause_sql = (
        "CASE WHEN %(cause)s = 'submission' AND tokens_after < tokens_before "
        "THEN 'correction' ELSE %(cause)s END"
    )
    _write(user=user, cause_sql=cause_sql, cause=cause, at=at)


def record_account_change(*, user: User, at: datetime) -> None:
    """Writes down that a person with standings left or joined the boards, or changed country.

    Why is read from what they now are: excluded, else hidden; who comes back after an exclusion
    was readmitted.
    """
    _write(user=user, cause_sql=_ACCOUNT_CAUSE, cause="", at=at)


def forget_person(*, user: User) -> None:
    """Removes what is kept of a person's past. Snapshots by day, which is what finds them."""
    UsageChange.objects.filter(user=user).delete()
    days = list(SnapshotDay.objects.values_list("day", flat=True))
    Snapshot.objects.filter(day__in=days, user=user).delete()


def forget_old_changes(*, at: datetime) -> int:
    """Deletes changes older than `KEPT_DAYS` that no snapshot to come needs; answers how many."""
    newest = SnapshotDay.objects.order_by("-day").values_list("day", flat=True).first()
    if newest is None:
        return 0
    before = min(at - timedelta(days=KEPT_DAYS), midnight_after(day=newest))
    deleted = 0
    while True:
        old = UsageChange.objects.filter(at__lt=before).values_list("pk", flat=True)[:BATCH]
        gone, _ = UsageChange.objects.filter(pk__in=list(old)).delete()
        deleted += gone
        if gone < BATCH:
            return deleted


def midnight_after(*, day: date) -> datetime:
    """The moment a UTC day ends."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)


def _write(*, user: User, cause_sql: str, cause: str, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO leaderboard_usagechange
              (user_id, at, cause, tokens_before, tokens_after, cost_before, cost_after,
               stood_before, stood_after, country_before)
            SELECT %(user)s, %(at)s, {cause_sql}, tokens_before, tokens_after,
                   cost_before, cost_after, stood_before, %(stands)s, country_before
            FROM (
              SELECT coalesce(s.tokens, 0) AS tokens_before,
                     coalesce(a.total_tokens, 0) AS tokens_after,
                     coalesce(s.cost_microusd, 0) AS cost_before,
                     coalesce(a.cost_microusd, 0) AS cost_after,
                     coalesce(s.on_boards, %(stands)s) AS stood_before,
                     coalesce(s.country_code, %(country)s) AS country_before
              FROM (SELECT %(user)s::uuid AS id) u
              LEFT JOIN leaderboard_standing s
                ON s.user_id = u.id AND s.board = %(board)s AND s.window_start = %(start)s
              LEFT JOIN submissions_usageaccount a ON a.user_id = u.id
            ) change
            WHERE (tokens_before, cost_before, stood_before, country_before)
                  IS DISTINCT FROM (tokens_after, cost_after, %(stands)s, %(country)s)
            """,  # noqa: S608 - the cause is one of the two expressions of this module
            {
                "user": user.pk,
                "at": at,
                "cause": cause,
                "stands": user.stands_on_boards,
                "country": user.shown_country,
                "board": Board.ALL.value,
                "start": EPOCH,
                "excluded": user.excluded_at is not None,
            },
        )


_ACCOUNT_CAUSE = """
CASE
  WHEN stood_before AND NOT %(stands)s THEN CASE WHEN %(excluded)s THEN 'excluded' ELSE 'hidden' END
  WHEN NOT stood_before AND %(stands)s THEN CASE coalesce((
    SELECT cause FROM leaderboard_usagechange last
    WHERE last.user_id = %(user)s AND last.cause IN ('hidden', 'excluded')
    ORDER BY last.at DESC, last.id DESC LIMIT 1), '')
    WHEN 'excluded' THEN 'readmitted' ELSE 'shown' END
  ELSE 'country'
END
"""
