"""Whether the last daily snapshot is what stood at its midnight, worked out backwards from now."""

from datetime import timedelta
from typing import Any

from django.db import connection

from ccgather.site.integrity.moments import Tally, one_moment
from ccgather.site.sums import MAX_NAMED, Found
from leaderboard.models import SnapshotDay
from leaderboard.rules.boards import EPOCH, Board
from leaderboard.rules.levels import LEVELS
from leaderboard.services.usage_changes import midnight_after

AROUND_MIDNIGHT = timedelta(seconds=60)
"""People who changed so shortly before midnight may have been written after the snapshot."""


def check_snapshots(*, tally: Tally) -> None:
    """The newest snapshot: who is in it with what, in which order, at which ranks and levels.

    What stood then is asked of each person's own standing and the changes since. Ranks keep the
    gaps of people who have deleted what they had.
    """
    newest = SnapshotDay.objects.order_by("-day").first()
    if newest is None:
        tally.applies = False
        return
    midnight = midnight_after(day=newest.day)
    parameters: dict[str, Any] = {
        "day": newest.day,
        "midnight": midnight,
        "earlier": midnight - AROUND_MIDNIGHT,
        "board": Board.ALL.value,
        "start": EPOCH,
        "levels": [step.from_tokens for step in LEVELS],
        "named": MAX_NAMED,
    }
    with one_moment(), connection.cursor() as cursor:
        for statement in (_CONTENT_SQL, _ORDER_SQL):
            cursor.execute(statement, parameters)
            wrong, sentences = cursor.fetchone()
            tally.add(found=Found(wrong, tuple(sentences or ())))
        cursor.execute(
            "SELECT count(*), coalesce(max(rank_world), 0) FROM leaderboard_snapshot "
            "WHERE day = %(day)s",
            parameters,
        )
        rows, last = cursor.fetchone()
    tally.add(checked=rows)
    if last > newest.people:
        tally.blame(f"snapshot of {newest.day}: rank {last} of {newest.people} people")


_CONTENT_SQL = """
WITH stood AS (
  SELECT a.user_id, a.first_submission_at, s.tokens AS tokens_now, s.cost_microusd AS cost_now,
    s.country_code AS country_now, coalesce(s.on_boards, FALSE) AS stands_now, f.*
  FROM submissions_usageaccount a
  LEFT JOIN leaderboard_standing s
    ON s.user_id = a.user_id AND s.board = %(board)s AND s.window_start = %(start)s
  LEFT JOIN (
    SELECT c.user_id AS changed, c.tokens_before, c.cost_before, c.stood_before, c.country_before
    FROM leaderboard_usagechange c
    JOIN (
      SELECT min(id) AS id FROM leaderboard_usagechange WHERE at >= %(midnight)s GROUP BY user_id
    ) first ON first.id = c.id
  ) f ON f.changed = a.user_id
), due AS (
  SELECT user_id,
    CASE WHEN changed IS NULL THEN tokens_now ELSE tokens_before END AS tokens,
    CASE WHEN changed IS NULL THEN cost_now ELSE cost_before END AS cost_microusd,
    CASE WHEN changed IS NULL THEN country_now ELSE country_before END AS country_code
  FROM stood WHERE CASE WHEN changed IS NULL THEN stands_now ELSE stood_before END
), kept AS (
  SELECT user_id, tokens, cost_microusd, country_code, level
  FROM leaderboard_snapshot WHERE day = %(day)s
), wrong AS (
  SELECT coalesce(kept.user_id, due.user_id) AS user_id, kept.tokens AS kept_tokens,
    due.tokens AS due_tokens
  FROM kept FULL JOIN (SELECT * FROM due WHERE tokens > 0) due ON due.user_id = kept.user_id
  WHERE ((kept.tokens, kept.cost_microusd, kept.country_code)
      IS DISTINCT FROM (due.tokens, due.cost_microusd, due.country_code)
    OR kept.level <> width_bucket(kept.tokens, %(levels)s::bigint[]))
    AND NOT EXISTS (
      SELECT 1 FROM leaderboard_usagechange c
      WHERE c.user_id = coalesce(kept.user_id, due.user_id)
        AND c.at >= %(earlier)s AND c.at < %(midnight)s)
)
SELECT count(*), (
  SELECT array_agg(concat('snapshot of ', %(day)s, ': ', user_id, ' has ',
    coalesce(kept_tokens::text, 'no'), ' tokens where ', coalesce(due_tokens::text, 'no'),
    ' are due, or another cost, country or level'))
  FROM (SELECT * FROM wrong ORDER BY user_id LIMIT %(named)s) named)
FROM wrong
"""

_ORDER_SQL = """
WITH kept AS (
  SELECT s.user_id, s.tokens, a.first_submission_at, s.rank_world, s.rank_country,
    s.country_code
  FROM leaderboard_snapshot s JOIN submissions_usageaccount a ON a.user_id = s.user_id
  WHERE s.day = %(day)s
), ordered AS (
  SELECT *, lag(rank_world) OVER w AS world_before, lag(rank_country) OVER c AS country_before
  FROM kept
  WINDOW w AS (ORDER BY tokens DESC, first_submission_at, user_id),
    c AS (PARTITION BY country_code ORDER BY tokens DESC, first_submission_at, user_id)
), wrong AS (
  SELECT * FROM ordered
  WHERE rank_world <= coalesce(world_before, 0)
    OR (country_code = '') IS DISTINCT FROM (rank_country IS NULL)
    OR rank_country <= coalesce(country_before, 0)
)
SELECT count(*), (
  SELECT array_agg(concat('snapshot of ', %(day)s, ': ', user_id, ' has rank ', rank_world,
    ' after ', coalesce(world_before, 0), ', in the country ',
    coalesce(rank_country::text, 'none'), ' after ', coalesce(country_before, 0)))
  FROM (SELECT * FROM wrong ORDER BY rank_world LIMIT %(named)s) named)
FROM wrong
"""
