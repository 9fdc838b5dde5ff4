"""The boards' sums: folded often, corrected when they are found wrong."""

from django.db import connection, transaction

_SUMS = ("people_by_tokens", "people_by_cost", "people_by_days", "tokens", "cost_microusd")


def fold_tallies() -> int:
    """Folds the appended parts of every board's sums into one row each; answers rows removed.

    Rows that others append meanwhile are left for the next time: finding, deleting and summing
    are one statement over one snapshot.
    """
    sums = ", ".join(f"sum({name})" for name in _SUMS)
    with transaction.atomic(), connection.cursor() as cursor:
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
              INSERT INTO leaderboard_boardtally
                (board, window_start, country_code, {", ".join(_SUMS)})
              SELECT board, window_start, country_code, {sums}
              FROM gone GROUP BY board, window_start, country_code
            )
            SELECT count(*) FROM gone
            """  # noqa: S608 - only the column names above are put in
        )
        return int(cursor.fetchone()[0])


def correct_tallies() -> int:
    """Appends what the sums lack against the standings; answers how many boards were wrong.

    Safe while people submit: whoever changes a standing appends its difference in the same
    transaction, so one statement sees both or neither.
    """
    differences = ", ".join(f"coalesce(s.{n}, 0) - coalesce(t.{n}, 0)" for n in _SUMS)
    tallied = ", ".join(f"sum({n})::bigint AS {n}" for n in _SUMS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH part AS (
              SELECT board, window_start,
                unnest(ARRAY['', nullif(country_code, '')]) AS country_code,
                1 AS people_by_tokens,
                (shows_cost AND cost_microusd > 0)::int AS people_by_cost,
                (days > 0)::int AS people_by_days,
                tokens, CASE WHEN shows_cost THEN cost_microusd ELSE 0 END AS cost_microusd
              FROM leaderboard_standing WHERE on_boards AND tokens > 0
            ), s AS (
              SELECT board, window_start, country_code, {tallied} FROM part
              WHERE country_code IS NOT NULL GROUP BY board, window_start, country_code
            ), t AS (
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
            INSERT INTO leaderboard_boardtally
              (board, window_start, country_code, {", ".join(_SUMS)})
            SELECT * FROM d
            """  # noqa: S608 - only the column names above are put in
        )
        return int(cursor.rowcount)
