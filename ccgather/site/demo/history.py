"""What the site remembers of demo people: as if each had reported every evening.

Their real reports are few, because each costs as much as a real one. The ledger is made from their
days instead, and snapshots are then taken from it by the service that takes them every night.
"""

from datetime import date, datetime, timedelta

from django.db import connection, transaction

from leaderboard.services.snapshots import take_snapshot

SNAPSHOTS = 60
"""Days before today whose snapshots are taken."""


@transaction.atomic
def remember_demo_people(*, at: datetime) -> int:
    """Puts a change a day into the ledger in place of the few there are, and takes the snapshots
    of the last days that have none; answers how many."""
    today = at.date()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM leaderboard_usagechange c USING accounts_user u "
            "WHERE u.id = c.user_id AND u.is_demo"
        )
        cursor.execute(_LEDGER_SQL, {"today": today})
        cursor.execute("ANALYZE leaderboard_usagechange, leaderboard_standing")
    return sum(take_snapshot(day=day, at=at) is not None for day in _days_before(today))


def _days_before(today: date) -> list[date]:
    return [today - timedelta(days=ago) for ago in range(SNAPSHOTS, 0, -1)]


# Whatever was burned before somebody came arrived with their first report; of today only what was
# sent. The minutes differ by person, so that no two changes need to share a moment.
_LEDGER_SQL = """
INSERT INTO leaderboard_usagechange
  (user_id, at, cause, tokens_before, tokens_after, cost_before, cost_after,
   stood_before, stood_after, country_before)
SELECT user_id,
  CASE sent WHEN came THEN first_submission_at WHEN %(today)s THEN last_submission_at
    ELSE sent::timestamp AT TIME ZONE 'UTC'
      + make_interval(hours => 19, secs => abs(hashtext(user_id::text)) %% 14400) END AS at,
  'submission', tokens_after - tokens, tokens_after, cost_after - cost, cost_after,
  stands, stands, country
FROM (
  SELECT *, sum(tokens) OVER every AS tokens_after, sum(cost) OVER every AS cost_after
  FROM (
    SELECT d.user_id, a.first_submission_at, a.last_submission_at,
      (a.first_submission_at AT TIME ZONE 'UTC')::date AS came,
      greatest(d.day, (a.first_submission_at AT TIME ZONE 'UTC')::date) AS sent,
      u.is_active AND u.profile_visible AND u.excluded_at IS NULL AS stands,
      CASE WHEN u.hide_country THEN '' ELSE u.country_code END AS country,
      sum(d.total_tokens)::bigint AS tokens, sum(d.cost_microusd)::bigint AS cost
    FROM submissions_userday d
    JOIN accounts_user u ON u.id = d.user_id AND u.is_demo
    JOIN submissions_usageaccount a ON a.user_id = d.user_id
    GROUP BY 1, 2, 3, 4, 5, 6, 7
  ) days
  WINDOW every AS (PARTITION BY user_id ORDER BY sent)
) sums
ORDER BY at
"""
