"""Who crossed a person between a past midnight and now: counted in the database.

Near the top the two orders are set against each other: few people stand above then and now. Further
down that would be everybody, and the ledger is asked: only people whose usage or standing changed
since can have crossed, and people who did not change but lie between one's own two values. That
costs what happened since, however many people there are. When it does not make the difference of
the ranks (the ledger is kept for some months only), the two orders are compared all the same.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from leaderboard.models import Snapshot, Standing
from leaderboard.rules.boards import EPOCH, Board
from leaderboard.rules.rank_story import Kind

NEAR_THE_TOP = 100_000
"""Up to this rank comparing the orders costs less than reading what happened in a week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossed:
    """People who crossed in one way: `cause` is a word of the ledger, or newcomer, or for those
    who left hidden, excluded or gone; empty for one's own. `nearest` are some of them."""

    kind: Kind
    is_yours: bool
    cause: str
    people: int
    nearest: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossings:
    """The rank now, how many who stood above then were deleted since, and the groups of others
    that make up the difference."""

    rank_now: int
    deleted: int
    groups: tuple[Crossed, ...]


def crossings(
    *, then: Snapshot, now: Standing, since: datetime, named: int, by_ledger: bool
) -> Crossings:
    """Everybody who crossed the person of `then` and `now`, inside a transaction.

    `by_ledger` allows that way, where the ledger reaches back to `since`. Six statements: about
    memory, who crossed, how many they are, how they crossed, tidying up, and who was deleted.
    """
    parameters: dict[str, Any] = {
        "me": now.user_id,
        "first": now.first_submission_at,
        "mine_then": then.tokens,
        "mine_now": now.tokens,
        "lowest": min(then.tokens, now.tokens),
        "highest": max(then.tokens, now.tokens),
        "rank_then": then.rank_world,
        "day": then.day,
        "since": since,
        "board": Board.ALL.value,
        "start": EPOCH,
        "named": named,
    }
    if by_ledger and then.rank_world > NEAR_THE_TOP:
        above_now, groups = _counted(_BY_LEDGER_SQL, parameters)
        places = sum(group.kind.direction * group.people for group in groups)
        missing = then.rank_world - (above_now + 1) - places
        if missing == 0 or missing == _deleted_above(then):
            return Crossings(rank_now=above_now + 1, deleted=missing, groups=groups)
    above_now, groups = _counted(_BY_ORDERS_SQL, parameters)
    return Crossings(rank_now=above_now + 1, deleted=_deleted_above(then), groups=groups)


def _deleted_above(then: Snapshot) -> int:
    """Whoever was deleted left no row behind, only a gap in the ranks."""
    left = Snapshot.objects.filter(day=then.day, rank_world__lt=then.rank_world).count()
    return then.rank_world - 1 - left


def _counted(statement: str, parameters: dict[str, Any]) -> tuple[int, tuple[Crossed, ...]]:
    """How many stand above now, and the groups of those whom `statement` finds."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(statement, parameters)
        cursor.execute("ANALYZE crossing")
        cursor.execute(_CROSSINGS_SQL, parameters)
        rows = cursor.fetchall()
        # Two stories in one transaction would meet here.
        cursor.execute("DROP TABLE crossing")
    groups = tuple(
        Crossed(
            kind=Kind(kind), is_yours=is_yours, cause=cause, people=people, nearest=tuple(nearest)
        )
        for _, kind, is_yours, cause, people, nearest in rows
        if kind is not None
    )
    return int(rows[0][0]), groups


def _leads(*, theirs: str, mine: str) -> str:
    """SQL: with so many tokens they stand before me with so many; who came first never changes."""
    return (
        f"({theirs} > {mine} OR ({theirs} = {mine} "
        f"AND (m.first_at, m.user_id) < (%(first)s, %(me)s::uuid)))"
    )


_ABOVE_NOW = """
SELECT s.user_id FROM leaderboard_standing s
WHERE s.board = %(board)s AND s.window_start = %(start)s AND s.on_boards AND s.tokens > 0
  AND s.tokens >= %(mine_now)s AND (s.tokens > %(mine_now)s
    OR s.first_submission_at < %(first)s
    OR (s.first_submission_at = %(first)s AND s.user_id < %(me)s))
"""

# A table of this transaction, so that the next statement is planned by how many crossed: a handful
# are looked up one by one, a hundred thousand are joined. The row without a person counts.
_BY_LEDGER_SQL = f"""
CREATE TEMPORARY TABLE crossing ON COMMIT DROP AS
WITH changed AS MATERIALIZED (
  SELECT user_id,
    (array_agg(CASE WHEN stood_before THEN tokens_before ELSE 0 END ORDER BY id))[1] AS had,
    (array_agg(CASE WHEN stood_after THEN tokens_after ELSE 0 END ORDER BY id DESC))[1] AS has
  FROM leaderboard_usagechange WHERE at >= %(since)s AND user_id <> %(me)s GROUP BY user_id
), found AS (
  -- Who came first is asked only where it decides.
  SELECT c.user_id, c.had, c.has, CASE WHEN c.had = %(mine_then)s OR c.has = %(mine_now)s THEN (
    SELECT first_submission_at FROM submissions_usageaccount a WHERE a.user_id = c.user_id
  ) END AS first_at
  FROM changed c
  UNION ALL
  SELECT s.user_id, s.tokens, s.tokens, s.first_submission_at FROM leaderboard_standing s
  WHERE s.board = %(board)s AND s.window_start = %(start)s AND s.on_boards AND s.tokens > 0
    AND s.tokens BETWEEN %(lowest)s AND %(highest)s AND s.user_id <> %(me)s
    AND NOT EXISTS (SELECT 1 FROM changed c WHERE c.user_id = s.user_id)
), sides AS (
  SELECT m.user_id, {_leads(theirs="m.had", mine="%(mine_then)s")} AS was_above,
    {_leads(theirs="m.has", mine="%(mine_now)s")} AS is_above
  FROM found m
)
SELECT user_id, is_above, NULL::integer AS above_now FROM sides WHERE was_above <> is_above
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM ({_ABOVE_NOW}) n)
"""  # noqa: S608 - only constants of this module are put in

_BY_ORDERS_SQL = f"""
CREATE TEMPORARY TABLE crossing ON COMMIT DROP AS
WITH above_now AS MATERIALIZED ({_ABOVE_NOW}), above_then AS (
  SELECT user_id FROM leaderboard_snapshot WHERE day = %(day)s AND rank_world < %(rank_then)s
)
SELECT coalesce(n.user_id, t.user_id) AS user_id, n.user_id IS NOT NULL AS is_above,
  NULL::integer AS above_now
FROM above_now n FULL JOIN above_then t ON t.user_id = n.user_id
WHERE n.user_id IS NULL OR t.user_id IS NULL
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM above_now)
"""  # noqa: S608 - only constants of this module are put in

_CROSSINGS_SQL = f"""
WITH seen AS MATERIALIZED (
  SELECT o.user_id, o.is_above, p.tokens AS then_tokens,
    CASE WHEN s.on_boards AND s.tokens > 0 THEN s.tokens END AS now_tokens,
    s.first_submission_at AS first_at, u.excluded_at IS NOT NULL AS is_excluded,
    NOT u.profile_visible OR NOT u.is_active AS is_hidden
  FROM crossing o
  JOIN accounts_user u ON u.id = o.user_id
  LEFT JOIN leaderboard_snapshot p ON p.day = %(day)s AND p.user_id = o.user_id
  LEFT JOIN leaderboard_standing s
    ON s.user_id = o.user_id AND s.board = %(board)s AND s.window_start = %(start)s
), told AS (
  SELECT user_id, sum(tokens) AS tokens,
    max(tokens) AS most, (array_agg(cause ORDER BY tokens DESC, latest DESC))[1] AS most_by,
    min(tokens) AS least, (array_agg(cause ORDER BY tokens, latest DESC))[1] AS least_by,
    (array_agg(cause ORDER BY latest DESC)
      FILTER (WHERE cause IN ('shown', 'readmitted', 'review')))[1] AS back_by
  FROM (
    SELECT c.user_id, c.cause, sum(c.tokens_after - c.tokens_before) AS tokens,
      max(c.id) AS latest
    FROM leaderboard_usagechange c JOIN crossing o ON o.user_id = c.user_id
    WHERE c.at >= %(since)s AND c.cause <> 'submission'
    GROUP BY c.user_id, c.cause
  ) by_cause
  GROUP BY user_id
), kinds AS (
  SELECT m.user_id, m.now_tokens,
    CASE WHEN is_above THEN CASE WHEN then_tokens IS NULL THEN 'came' ELSE 'passed_you' END
      ELSE CASE WHEN now_tokens IS NULL THEN 'left' ELSE 'you_passed' END END AS kind,
    CASE WHEN then_tokens IS NULL OR now_tokens IS NULL THEN false
      WHEN is_above THEN NOT {_leads(theirs="now_tokens", mine="%(mine_then)s")}
      ELSE NOT {_leads(theirs="then_tokens", mine="%(mine_now)s")} END AS is_yours,
    CASE
      WHEN now_tokens IS NULL THEN
        CASE WHEN is_excluded THEN 'excluded' WHEN is_hidden THEN 'hidden' ELSE 'review' END
      WHEN then_tokens IS NULL THEN
        CASE WHEN first_at >= %(since)s THEN 'newcomer' ELSE coalesce(back_by, 'newcomer') END
      WHEN told.tokens IS NULL THEN 'submission'
      -- What the ledger does not name is growth, or its opposite.
      WHEN now_tokens >= then_tokens THEN
        CASE WHEN most > now_tokens - then_tokens - told.tokens THEN most_by
          ELSE 'submission' END
      WHEN least < now_tokens - then_tokens - told.tokens THEN least_by
      ELSE 'submission' END AS cause
  FROM seen m LEFT JOIN told ON told.user_id = m.user_id
), grouped AS (
  SELECT kind, is_yours, CASE WHEN is_yours THEN '' ELSE cause END AS cause, user_id,
    row_number() OVER (
      PARTITION BY kind, is_yours, CASE WHEN is_yours THEN '' ELSE cause END
      ORDER BY abs(now_tokens - %(mine_now)s), user_id
    ) AS place
  FROM kinds
), counted AS (
  SELECT kind, is_yours, cause, count(*)::integer AS people,
    array_agg(user_id ORDER BY place) FILTER (WHERE place <= %(named)s) AS nearest
  FROM grouped GROUP BY kind, is_yours, cause
)
SELECT sides.above_now,
  counted.kind, counted.is_yours, counted.cause, counted.people, counted.nearest
FROM (SELECT above_now FROM crossing WHERE user_id IS NULL) sides
LEFT JOIN counted ON true
"""  # noqa: S608 - only constants of this module are put in
