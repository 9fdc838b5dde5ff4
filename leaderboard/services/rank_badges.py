"""Badges that depend on ranks: looked at for everybody at once, after a daily snapshot."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction

from leaderboard.models import BadgeClock, SnapshotDay
from leaderboard.rules.badges import (
    BADGES,
    AmongFirst,
    AtRank,
    Badge,
    RanksGained,
    Scope,
)
from leaderboard.services.badges import EARNED_TAIL_SQL
from leaderboard.services.usage_changes import midnight_after


def award_rank_badges() -> int:
    """Looks at every snapshot that has not been looked at; answers how many badges were earned.

    They are earned at the midnight that the snapshot is of.

    What a process that died left undone is done by the next: a day is ticked off last.
    """
    clock = BadgeClock.objects.filter(pk=1).first()
    days = SnapshotDay.objects.order_by("day")
    if clock is not None:
        days = days.filter(day__gt=clock.awarded_day)
    due = list(days.values_list("day", flat=True))
    earned = 0
    for day in due:
        earned += evaluate_rank_badges(day=day, at=midnight_after(day=day))
        BadgeClock.objects.update_or_create(pk=1, defaults={"awarded_day": day})
    if due:
        correct_badge_tallies()
    return earned


def evaluate_rank_badges(*, day: date, at: datetime) -> int:
    """Gives the badges that the snapshot of `day` has earned; answers how many.

    One statement a badge, over everybody: what it costs grows with the people, not with their
    history. Repeating it changes nothing; a day without a snapshot earns nothing.
    """
    if not SnapshotDay.objects.filter(day=day).exists():
        return 0
    earned = 0
    for badge in BADGES:
        candidates = _candidates_of(badge=badge)
        if candidates is None:
            continue
        parameters: dict[str, date | str] = {"day": day, "at": at, "badge": badge.id, "since": day}
        if isinstance(badge.rule, RanksGained):
            parameters["since"] = _first_of(day=day, snapshots=badge.rule.snapshots)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")  # everybody, however many
            cursor.execute(_statement(candidates), parameters)
            earned += int(cursor.fetchone()[0])
    return earned


def correct_badge_tallies() -> int:
    """Counts holders anew and appends what the counts lack; answers how many were wrong.

    One statement over one snapshot: whoever earns a badge appends to the count in the same
    transaction, so both are seen or neither.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(
            """
            UPDATE leaderboard_earnedbadge b SET on_boards = NOT b.on_boards
            FROM accounts_user u
            WHERE u.id = b.user_id AND b.on_boards
              <> (u.is_active AND u.profile_visible AND u.excluded_at IS NULL)
            """
        )
        cursor.execute(
            """
            WITH held AS (
              SELECT badge, count(*) AS holders FROM leaderboard_earnedbadge
              WHERE on_boards GROUP BY badge
            ), tallied AS (
              SELECT badge, sum(holders) AS holders FROM leaderboard_badgetally GROUP BY badge
            )
            INSERT INTO leaderboard_badgetally (badge, holders)
            SELECT badge, coalesce(h.holders, 0) - coalesce(t.holders, 0)
            FROM held h FULL JOIN tallied t USING (badge)
            WHERE coalesce(h.holders, 0) <> coalesce(t.holders, 0)
            """
        )
        return int(cursor.rowcount)


def _first_of(*, day: date, snapshots: int) -> date:
    """The earliest day of the last so many snapshots up to `day`."""
    days = SnapshotDay.objects.filter(day__lte=day).order_by("-day")
    return min(days.values_list("day", flat=True)[:snapshots], default=day - timedelta(days=1))


def _candidates_of(*, badge: Badge) -> str | None:
    """SQL for (user_id, basis, country_code) of who has earned it; None if usage decides."""
    rule = badge.rule
    if isinstance(rule, AtRank):
        return _at_rank(rule)
    if isinstance(rule, RanksGained):
        return f"""
          SELECT s.user_id, s.tokens, '' FROM leaderboard_snapshot s
          JOIN (
            SELECT user_id, max(rank_world) AS worst FROM leaderboard_snapshot
            WHERE day >= %(since)s AND day < %(day)s GROUP BY user_id
          ) b ON b.user_id = s.user_id
          WHERE s.day = %(day)s AND b.worst - s.rank_world >= {rule.ranks:d}
        """  # noqa: S608 - a number of the catalogue
    if isinstance(rule, AmongFirst):
        # Countries whose first are all known are passed over: most of them, most of the time.
        return f"""
          SELECT user_id, tokens, country_code FROM (
            SELECT user_id, tokens, country_code, row_number() OVER (
              PARTITION BY country_code ORDER BY first_submission_at, user_id) AS place
            FROM leaderboard_standing
            WHERE board = 'all' AND on_boards AND tokens > 0 AND country_code <> ''
              AND first_submission_at < %(at)s
              AND country_code NOT IN (
                SELECT country_code FROM leaderboard_earnedbadge WHERE badge = %(badge)s
                GROUP BY country_code HAVING count(*) >= {rule.places:d})
          ) first WHERE place <= {rule.places:d}
        """  # noqa: S608 - a number of the catalogue
    return None


def _at_rank(rule: AtRank) -> str:
    if rule.scope is Scope.WORLD:
        return f"""
          SELECT s.user_id, s.tokens, '' FROM leaderboard_snapshot s
          JOIN leaderboard_snapshotday d ON d.day = s.day AND d.people >= {rule.among:d}
          WHERE s.day = %(day)s AND s.rank_world <= {rule.at_most:d}
        """  # noqa: S608 - numbers of the catalogue
    return f"""
      SELECT s.user_id, s.tokens, s.country_code FROM leaderboard_snapshot s
      JOIN (
        SELECT country_code FROM leaderboard_snapshot
        WHERE day = %(day)s AND rank_country IS NOT NULL
        GROUP BY country_code HAVING count(*) >= {rule.among:d}
      ) c ON c.country_code = s.country_code
      WHERE s.day = %(day)s AND s.rank_country <= {rule.at_most:d}
    """  # noqa: S608 - numbers of the catalogue


def _statement(candidates: str) -> str:
    """People are locked against deletion until their row stands, which names them."""
    return f"""
    WITH found (user_id, basis, country_code) AS ({candidates}), candidate AS (
      SELECT f.user_id, %(badge)s::varchar AS badge, f.basis, f.country_code,
        (u.is_active AND u.profile_visible AND u.excluded_at IS NULL) AS on_boards
      FROM found f JOIN accounts_user u ON u.id = f.user_id
      WHERE NOT EXISTS (
        SELECT 1 FROM leaderboard_earnedbadge e WHERE e.user_id = f.user_id
          AND e.badge = %(badge)s)
      FOR KEY SHARE OF u
    ), {EARNED_TAIL_SQL}
    """  # noqa: S608 - the parts are constants of this file
