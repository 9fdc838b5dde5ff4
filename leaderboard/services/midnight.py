"""Where everybody stands on every board that has a yesterday, kept before the boards move.

Nearly every position changes nearly every night, so the table is made anew beside the old one and
takes its place: nothing is left behind to clean up, and whoever reads meanwhile waits for nothing
but the change of names.
"""

from datetime import date

from django.db import connection, transaction

from leaderboard.models import MidnightRank
from leaderboard.rules.boards import CALENDAR_BOARDS, Board, window_of

BOARDS = (Board.ALL, Board.LAST_7_DAYS, Board.LAST_30_DAYS, *CALENDAR_BOARDS)

_TABLE = MidnightRank._meta.db_table  # noqa: SLF001 - Django's public model API
_NEXT = f"{_TABLE}_next"
_METRICS = (("tokens", "tokens > 0"), ("cost", "shows_cost AND cost > 0"), ("days", "days > 0"))
_LOCK_WAIT = "5s"
"""Longest wait for readers to finish before the names change; a roll that waits longer fails,
and is taken up again."""


def store_midnight_ranks(*, day: date) -> None:
    """Replaces everybody's previous ranks by where they stand now, in the windows of `day`.

    Not for two at once. Interrupted, it changes nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_NEXT}")
        cursor.execute(f"CREATE TABLE {_NEXT} (LIKE {_TABLE} INCLUDING DEFAULTS)")
    for board in BOARDS:
        with transaction.atomic(), connection.cursor() as cursor:
            # It reads a whole board, however large, and sorts it six times.
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL work_mem = '256MB'")
            start = window_of(board=board, day=day).start
            cursor.execute(_WORK_OUT, {"board": board.value, "start": start})
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(f"ALTER TABLE {_NEXT} ADD PRIMARY KEY (user_id, board)")
        cursor.execute(f"ANALYZE {_NEXT}")
        # Nothing else would remove whoever was deleted while this was worked out.
        cursor.execute(
            f"DELETE FROM {_NEXT} n WHERE NOT EXISTS "  # noqa: S608 - constants
            "(SELECT 1 FROM accounts_user u WHERE u.id = n.user_id)"
        )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{_LOCK_WAIT}'")
        cursor.execute(f"DROP TABLE {_TABLE}")
        cursor.execute(f"ALTER TABLE {_NEXT} RENAME TO {_TABLE}")
        cursor.execute(f"ALTER INDEX {_NEXT}_pkey RENAME TO {_TABLE}_pkey")
        cursor.execute("SET LOCAL lock_timeout = 0")


def _world(metric: str, stands: str) -> str:
    """The position among everybody who stands there by one metric."""
    return (
        f"CASE WHEN {stands} THEN row_number() OVER (PARTITION BY ({stands}) "
        f"ORDER BY {metric} DESC, first_submission_at, user_id) END AS {metric}_world"
    )


def _country(metric: str) -> str:
    """The same in the person's country: the order is that of the world, which is one number."""
    stands = f"{metric}_world IS NOT NULL AND land <> 0"
    return (
        f"CASE WHEN {stands} THEN row_number() OVER (PARTITION BY land, ({stands}) "
        f"ORDER BY {metric}_world) END AS {metric}_country"
    )


# Countries as numbers (0 for none): text would be compared by the rules of a language.
_WORK_OUT = f"""
INSERT INTO {_NEXT} (user_id, board, window_start, country_code,
  tokens_world, cost_world, days_world, tokens_country, cost_country, days_country)
SELECT user_id, board, window_start, country_code, tokens_world, cost_world, days_world,
  {", ".join(_country(metric) for metric, _ in _METRICS)}
FROM (
  SELECT user_id, board, window_start, country_code, CASE WHEN country_code = '' THEN 0
      ELSE ascii(country_code) * 65536 + ascii(substr(country_code, 2)) END AS land,
    {", ".join(_world(metric, stands) for metric, stands in _METRICS)}
  FROM (
    SELECT user_id, board, window_start, country_code, tokens, cost_microusd AS cost, days,
      shows_cost, first_submission_at
    FROM leaderboard_standing
    WHERE board = %(board)s AND window_start = %(start)s AND on_boards
  ) AS standing
) AS placed
"""  # noqa: S608 - the parts are constants above
