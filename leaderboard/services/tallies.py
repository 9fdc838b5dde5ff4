"""The boards' sums: appended by differences, folded often, corrected when they are found wrong."""

from collections.abc import Sequence

from django.db import connection, transaction

from leaderboard.rules.boards import Window

_SUMS = ("people_by_tokens", "people_by_cost", "people_by_days", "tokens", "cost_microusd")
_COLUMNS = f"board, window_start, country_code, {', '.join(_SUMS)}"

_FOLD_LOCK = 7_305_112_030
"""Held by whoever takes tallies away. Two of them would wait for each other's rows in circles."""

STANDING_COLUMNS = (
    "user_id",
    "board",
    "window_start",
    "tokens",
    "cost_microusd",
    "days",
    "first_submission_at",
    "country_code",
    "on_boards",
    "shows_cost",
)


def contributions_sql(*, standings: str, sign: str = "1") -> str:
    """SQL for what standings add to the boards' sums: a row for each board, window and scope.

    `standings` is a relation with the columns of `Standing`; `sign` an expression over it, -1 for
    a standing that was. The scopes of a standing are the world and, where it is shown, a country.
    """
    cost = "CASE WHEN s.shows_cost THEN s.cost_microusd ELSE 0 END"
    return f"""
      SELECT s.board, s.window_start, scope.country_code,
        sum({sign})::bigint AS people_by_tokens,
        sum({sign} * ({cost} > 0)::int)::bigint AS people_by_cost,
        sum({sign} * (s.days > 0)::int)::bigint AS people_by_days,
        sum({sign} * s.tokens)::bigint AS tokens,
        sum({sign} * {cost})::bigint AS cost_microusd
      FROM {standings} AS s
      CROSS JOIN LATERAL (SELECT '' UNION SELECT s.country_code) AS scope(country_code)
      WHERE s.on_boards AND s.tokens > 0
      GROUP BY s.board, s.window_start, scope.country_code
    """  # noqa: S608 - the parts are constants of this app


def append_differences_sql(*, now: str, before: str) -> str:
    """SQL that appends what changed between two relations of standings, `now` and `before`."""
    columns = ", ".join(STANDING_COLUMNS)
    change = f"""(
      SELECT 1 AS sign, {columns} FROM {now} UNION ALL SELECT -1, {columns} FROM {before})
    """  # noqa: S608 - the parts are constants of this app
    return f"""
    INSERT INTO leaderboard_boardtally ({_COLUMNS})
    SELECT {_COLUMNS} FROM ({contributions_sql(standings=change, sign="s.sign")}) AS difference
    WHERE ({", ".join(_SUMS)}) <> (0, 0, 0, 0, 0)
    ORDER BY board, window_start, country_code
    """  # noqa: S608 - the parts are constants of this app


def fold_tallies() -> int:
    """Folds the appended parts of every board's sums into one row each; answers rows removed.

    Rows that others append meanwhile are left for the next time: finding, deleting and summing
    are one statement over one snapshot.
    """
    sums = ", ".join(f"sum({name})" for name in _SUMS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FOLD_LOCK])
        cursor.execute(
            f"""
            WITH many AS (
              SELECT board, window_start, country_code FROM leaderboard_boardtally
              GROUP BY board, window_start, country_code HAVING count(*) > 1
            ), gone AS (
              DELETE FROM leaderboard_boardtally t USING many m
              WHERE t.board = m.board AND t.window_start = m.window_start
                AND t.country_code = m.country_code
              RETURNING t.*
            ), folded AS (
              INSERT INTO leaderboard_boardtally ({_COLUMNS})
              SELECT board, window_start, country_code, {sums}
              FROM gone GROUP BY board, window_start, country_code
            )
            SELECT count(*) FROM gone
            """  # noqa: S608 - only the column names above are put in
        )
        return int(cursor.fetchone()[0])


def drop_tallies(*, current: Sequence[Window]) -> int:
    """Takes away the sums of the windows before `current`, of its boards; answers rows removed.

    Few rows, however many people: what was folded is one row for each board and scope.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FOLD_LOCK])
        cursor.execute(
            """
            DELETE FROM leaderboard_boardtally t
            USING unnest(%s::varchar[], %s::date[]) AS w(board, start)
            WHERE t.board = w.board AND t.window_start < w.start
            """,
            [[window.board.value for window in current], [window.start for window in current]],
        )
        return int(cursor.rowcount)


def correct_tallies() -> int:
    """Appends what the sums lack against the standings; answers how many boards were wrong.

    Safe while people submit: whoever changes a standing appends its difference in the same
    transaction, so one statement sees both or neither.
    """
    differences = ", ".join(f"coalesce(s.{n}, 0) - coalesce(t.{n}, 0)" for n in _SUMS)
    tallied = ", ".join(f"sum({n})::bigint AS {n}" for n in _SUMS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # every standing, however many
        cursor.execute(
            f"""
            WITH s AS ({contributions_sql(standings="leaderboard_standing")}), t AS (
              SELECT board, window_start, country_code, {tallied} FROM leaderboard_boardtally
              GROUP BY board, window_start, country_code
            ), d AS (
              SELECT coalesce(s.board, t.board), coalesce(s.window_start, t.window_start),
                coalesce(s.country_code, t.country_code), {differences}
              FROM s FULL JOIN t ON s.board = t.board AND s.window_start = t.window_start
                AND s.country_code = t.country_code
              WHERE ({", ".join(f"coalesce(s.{n}, 0)" for n in _SUMS)})
                IS DISTINCT FROM ({", ".join(f"coalesce(t.{n}, 0)" for n in _SUMS)})
            )
            INSERT INTO leaderboard_boardtally ({_COLUMNS}) SELECT * FROM d
            """  # noqa: S608 - only the column names above are put in
        )
        return int(cursor.rowcount)
