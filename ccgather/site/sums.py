"""Whether everything that is derived from the slices still agrees with them.

Rows of accepted, counted slices are the truth. Days, lifetime sums, standings and the boards' sums
repeat it, and each can only be wrong by a fault of ours: what is found here is an alarm, never
something to repair in silence. Each check is one statement, and so looks at one moment: it may run
on a site that takes reports meanwhile.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection, transaction

from leaderboard.rules.boards import CALENDAR_BOARDS, EPOCH, GRACE_DAYS, ROLLING_DAYS, Board
from submissions.models import SUM_COLUMNS

MAX_NAMED = 20
"""Sentences of one check; a last one counts the rest."""

TOKEN_CLASSES = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
)
TALLY_COLUMNS = (
    "people_by_tokens",
    "people_by_cost",
    "people_by_days",
    "tokens",
    "cost_microusd",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Whom a check looks at: those of `user_ids`, or those whose ids lie in first..before (the
    latter excluded), or, with neither, everybody."""

    user_ids: tuple[UUID, ...] | None = None
    first: UUID | None = None
    before: UUID | None = None


EVERYBODY = People()


@dataclass(frozen=True, slots=True)
class Found:
    """How many disagreements there are, and a sentence for each of the first `MAX_NAMED`."""

    wrong: int = 0
    sentences: tuple[str, ...] = ()


def sum_disagreements(*, user_ids: Collection[UUID] | None = None) -> list[str]:
    """One sentence for each derived number that is not what the rows below it make; [] is well.

    Checked are rows = slices = days = lifetime sums = standings of every calendar window and every
    current rolling one = the boards' sums, the facts of the person that standings repeat, and the
    lifetime tokens beside a board row. With `user_ids` only those people are looked at, and the
    boards' sums, which are everybody's, are not.
    """
    people = EVERYBODY if user_ids is None else People(user_ids=tuple(user_ids))
    sentences: list[str] = []
    with transaction.atomic(), connection.cursor() as cursor:
        # The whole history of everybody takes longer than a page may.
        cursor.execute("SET LOCAL statement_timeout = 0")
        for name in SUM_CHECKS:
            if user_ids is not None and name not in BY_PERSON:
                continue
            for found in sum_findings(name=name, people=people):
                sentences.extend(found.sentences)
                if found.wrong > len(found.sentences):
                    rest = found.wrong - len(found.sentences)
                    sentences.append(f"and {rest} more of this kind")
    return sentences


def sum_findings(*, name: str, people: People, today: date | None = None) -> list[Found]:
    """What the checks of that name in `SUM_CHECKS` find among those people, one after the other.

    `today` decides which weeks and months are final, where the boards' own day lags behind it.
    """
    parameters = {
        "users": None if people.user_ids is None else list(people.user_ids),
        "first": people.first,
        "before": people.before,
        "today": today,
        "boards": [board.value for board in ROLLING_DAYS],
        "lengths": list(ROLLING_DAYS.values()),
    }
    found = []
    with connection.cursor() as cursor:
        for check in SUM_CHECKS[name]:
            cursor.execute(
                f"""
                WITH findings AS ({check})
                SELECT concat(what, ': ', wrong), count(*) OVER () FROM findings
                ORDER BY what LIMIT {MAX_NAMED}
                """,  # noqa: S608 - the checks are constants below
                parameters,
            )
            rows = cursor.fetchall()
            wrong = rows[0][1] if rows else 0
            found.append(Found(wrong, tuple(sentence for sentence, _ in rows)))
    return found


def _differences(columns: Iterable[str], *, stored: str = "stored", due: str = "due") -> str:
    """SQL for a text that names each column that is not what is due; empty where all agree."""
    parts = ", ".join(
        f"CASE WHEN {stored}.{column} IS DISTINCT FROM {due}.{column} THEN "
        f"concat('{column} is ', coalesce({stored}.{column}::text, 'missing'), "
        f"' where ', coalesce({due}.{column}::text, 'nothing'), ' is due') END"
        for column in columns
    )
    return f"concat_ws(', ', {parts})"


def _sums(columns: Iterable[str]) -> str:
    return ", ".join(f"sum({column})::bigint AS {column}" for column in columns)


def _chosen(column: str) -> str:
    """SQL that keeps the people asked about, or everybody."""
    return (
        f"((%(users)s::uuid[] IS NULL OR {column} = ANY(%(users)s::uuid[]))"
        f" AND (%(first)s::uuid IS NULL OR {column} >= %(first)s::uuid)"
        f" AND (%(before)s::uuid IS NULL OR {column} < %(before)s::uuid))"
    )


_CLASSES_TOTAL = " + ".join(f"r.{column}" for column in TOKEN_CLASSES)

_ROWS = f"""
SELECT concat('slice ', id, ' of ', stored.user_id, ' on ', stored.day) AS what,
       {_differences(SUM_COLUMNS)} AS wrong
FROM (
  SELECT id, user_id, day, {", ".join(SUM_COLUMNS)} FROM submissions_slice
  WHERE {_chosen("user_id")}
) stored
JOIN (
  SELECT s.id, {", ".join(f"coalesce(sum(r.{column}), 0) AS {column}" for column in TOKEN_CLASSES)},
         coalesce(sum(r.total_tokens), 0) AS total_tokens,
         coalesce(sum(r.cost_microusd), 0) AS cost_microusd,
         coalesce(sum(r.total_tokens) FILTER (WHERE r.cost_microusd IS NULL), 0) AS unpriced_tokens
  FROM submissions_slice s LEFT JOIN submissions_slicerow r ON r.slice_id = s.id
  WHERE {_chosen("s.user_id")}
  GROUP BY s.id
) due USING (id)
WHERE ({", ".join(f"stored.{column}" for column in SUM_COLUMNS)})
      IS DISTINCT FROM ({", ".join(f"due.{column}" for column in SUM_COLUMNS)})
"""  # noqa: S608 - only constants of this module are put in

_CLASSES = f"""
SELECT concat('row ', r.id, ' of slice ', r.slice_id) AS what,
       concat('total_tokens is ', r.total_tokens, ' where the classes make ', {_CLASSES_TOTAL})
         AS wrong
FROM submissions_slicerow r JOIN submissions_slice s ON s.id = r.slice_id
WHERE {_chosen("s.user_id")} AND r.total_tokens <> {_CLASSES_TOTAL}
"""  # noqa: S608 - only constants of this module are put in

_DAYS = f"""
SELECT concat(user_id, ' on ', day) AS what, {_differences(SUM_COLUMNS)} AS wrong
FROM (
  SELECT user_id, day, {", ".join(SUM_COLUMNS)} FROM submissions_userday
  WHERE {_chosen("user_id")}
) stored
FULL JOIN (
  SELECT user_id, day, {_sums(SUM_COLUMNS)} FROM submissions_slice
  WHERE state = 'accepted' AND not_counted = '' AND {_chosen("user_id")}
  GROUP BY user_id, day HAVING sum(total_tokens) > 0
) due USING (user_id, day)
WHERE {_differences(SUM_COLUMNS)} <> ''
"""  # noqa: S608 - only constants of this module are put in

_ACCOUNT_COLUMNS = (*SUM_COLUMNS, "active_days", "first_day", "last_day")
_ACCOUNTS = f"""
SELECT concat('lifetime of ', user_id) AS what, {_differences(_ACCOUNT_COLUMNS)} AS wrong
FROM (
  SELECT user_id, {", ".join(_ACCOUNT_COLUMNS)} FROM submissions_usageaccount
  WHERE {_chosen("user_id")}
) stored
FULL JOIN (
  SELECT user_id, {", ".join(f"coalesce(sum(d.{c}), 0)::bigint AS {c}" for c in SUM_COLUMNS)},
         count(d.day)::integer AS active_days, min(d.day) AS first_day, max(d.day) AS last_day
  FROM (
    SELECT user_id FROM submissions_usageaccount WHERE {_chosen("user_id")}
    UNION
    SELECT user_id FROM submissions_userday WHERE {_chosen("user_id")}
  ) known
  LEFT JOIN submissions_userday d USING (user_id)
  GROUP BY user_id
) due USING (user_id)
WHERE {_differences(_ACCOUNT_COLUMNS)} <> ''
"""  # noqa: S608 - only constants of this module are put in

_STANDING_COLUMNS = (
    "tokens",
    "cost_microusd",
    "days",
    "first_submission_at",
    "country_code",
    "on_boards",
    "shows_cost",
)
_CALENDAR = ", ".join(f"'{board.value}'" for board in (Board.ALL, *CALENDAR_BOARDS))
_ROLLING = """
  SELECT w.board, (c.current_day - w.length + 1) AS window_start, c.current_day AS last_day
  FROM unnest(%(boards)s::varchar[], %(lengths)s::int[]) AS w(board, length)
  CROSS JOIN leaderboard_boardclock c
"""
_FACT_COLUMNS = _STANDING_COLUMNS[3:]
# A week or month is final two days after its end: what came later counts elsewhere.
_SETTLED = f"""
  board IN ('{Board.WEEK}', '{Board.MONTH}')
  AND (window_start + CASE board WHEN '{Board.WEEK}' THEN INTERVAL '7 days'
    ELSE INTERVAL '1 month' END + INTERVAL '{GRACE_DAYS} days')::date
    <= greatest((SELECT current_day FROM leaderboard_boardclock), %(today)s::date)
  AND (stored.tokens IS NULL OR (
    stored.tokens <= due.tokens AND stored.cost_microusd <= due.cost_microusd
    AND stored.days <= due.days AND {_differences(_FACT_COLUMNS)} = ''))
"""  # noqa: S608 - only constants of this module are put in
_STANDINGS = f"""
SELECT concat('standing of ', user_id, ' on ', board, ' from ', window_start) AS what,
       {_differences(_STANDING_COLUMNS)} AS wrong
FROM (
  SELECT user_id, board, window_start, {", ".join(_STANDING_COLUMNS)}
  FROM leaderboard_standing
  WHERE {_chosen("user_id")} AND (
    board IN ({_CALENDAR}) OR (board, window_start) IN (
      SELECT r.board, r.window_start FROM ({_ROLLING}) r))
) stored
FULL JOIN (
  SELECT w.user_id, w.board, w.window_start, w.tokens, w.cost_microusd, w.days,
         a.first_submission_at,
         CASE WHEN u.hide_country THEN '' ELSE u.country_code END AS country_code,
         u.is_active AND u.profile_visible AND u.excluded_at IS NULL AS on_boards,
         NOT u.hide_cost AS shows_cost
  FROM (
    SELECT d.user_id, v.board, v.window_start, sum(d.total_tokens)::bigint AS tokens,
           sum(d.cost_microusd)::bigint AS cost_microusd, count(*)::integer AS days
    FROM submissions_userday d
    CROSS JOIN LATERAL (
      VALUES ('{Board.ALL}', DATE '{EPOCH}'),
             ('{Board.WEEK}', date_trunc('week', d.day::timestamp)::date),
             ('{Board.MONTH}', date_trunc('month', d.day::timestamp)::date)
      UNION ALL
      SELECT r.board, r.window_start FROM ({_ROLLING}) r
      WHERE d.day BETWEEN r.window_start AND r.last_day
    ) v(board, window_start)
    WHERE {_chosen("d.user_id")}
    GROUP BY d.user_id, v.board, v.window_start
  ) w
  JOIN accounts_user u ON u.id = w.user_id
  LEFT JOIN submissions_usageaccount a ON a.user_id = w.user_id
) due USING (user_id, board, window_start)
WHERE {_differences(_STANDING_COLUMNS)} <> '' AND NOT ({_SETTLED})
"""  # noqa: S608 - only constants of this module are put in

_COMPETITORS = f"""
SELECT concat('competitor ', user_id) AS what, {_differences(("lifetime_tokens",))} AS wrong
FROM (
  SELECT user_id, lifetime_tokens FROM leaderboard_competitor WHERE {_chosen("user_id")}
) stored
FULL JOIN (
  SELECT user_id, total_tokens AS lifetime_tokens FROM submissions_usageaccount
  WHERE total_tokens > 0 AND {_chosen("user_id")}
) due USING (user_id)
WHERE {_differences(("lifetime_tokens",))} <> ''
"""  # noqa: S608 - only constants of this module are put in

_TALLIES = f"""
SELECT concat('sums of ', board, ' from ', window_start, ' in ',
              CASE country_code WHEN '' THEN 'the world' ELSE country_code END) AS what,
       {_differences(TALLY_COLUMNS)} AS wrong
FROM (
  SELECT board, window_start, country_code, {_sums(TALLY_COLUMNS)} FROM leaderboard_boardtally
  WHERE board IN ({_CALENDAR}) OR (board, window_start) IN (
    SELECT r.board, r.window_start FROM ({_ROLLING}) r)
  GROUP BY board, window_start, country_code
  -- A board that everybody left has sums of 0, until they are folded away.
  HAVING {" OR ".join(f"sum({column}) <> 0" for column in TALLY_COLUMNS)}
) stored
FULL JOIN (
  SELECT s.board, s.window_start, scope.country_code, count(*)::bigint AS people_by_tokens,
         count(*) FILTER (WHERE s.shows_cost AND s.cost_microusd > 0)::bigint AS people_by_cost,
         count(*) FILTER (WHERE s.days > 0)::bigint AS people_by_days,
         sum(s.tokens)::bigint AS tokens,
         coalesce(sum(s.cost_microusd) FILTER (WHERE s.shows_cost), 0)::bigint AS cost_microusd
  FROM leaderboard_standing s
  CROSS JOIN LATERAL (
    SELECT '' AS country_code UNION SELECT s.country_code
  ) scope
  WHERE s.on_boards AND s.tokens > 0 AND (
    s.board IN ({_CALENDAR}) OR (s.board, s.window_start) IN (
      SELECT r.board, r.window_start FROM ({_ROLLING}) r))
  GROUP BY s.board, s.window_start, scope.country_code
) due USING (board, window_start, country_code)
WHERE {_differences(TALLY_COLUMNS)} <> ''
"""  # noqa: S608 - only constants of this module are put in

SUM_CHECKS = {
    "slices": (_ROWS, _CLASSES),
    "days": (_DAYS,),
    "accounts": (_ACCOUNTS,),
    "standings": (_STANDINGS, _COMPETITORS),
    "tallies": (_TALLIES,),
}
BY_PERSON = ("slices", "days", "accounts", "standings")
"""The checks that can be made of some people alone."""
