"""Writing standings: absolute values read from `UserDay`, under the account's lock.

Each change is one statement. Its parts see the database as it was when the statement began, so
what stood before, what is due now and the difference for the boards' sums are of one moment; the
account's lock, taken before it, keeps that moment from being overtaken.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from accounts.models import User
from leaderboard.rules.boards import (
    ROLLING_DAYS,
    Window,
    calendar_windows_of,
    is_final,
    window_of,
)
from leaderboard.services.clock import hold_off_the_roll, open_days
from leaderboard.services.tallies import STANDING_COLUMNS, append_differences_sql

_COLUMNS = ", ".join(STANDING_COLUMNS)
_KEY = ("user_id", "board", "window_start")
_VALUES = tuple(column for column in STANDING_COLUMNS if column not in _KEY)
_NOBODY = f"(SELECT {_COLUMNS} FROM leaderboard_standing WHERE FALSE)"  # noqa: S608 - constants


def write_standings(*, user: User, days: Collection[date], at: datetime) -> None:
    """Brings every window that holds one of `days` in line with the person's days."""
    hold_off_the_roll()
    rolling = [
        window_of(board=board, day=day) for day in open_days(at=at) for board in ROLLING_DAYS
    ]
    windows = {window for day in days for window in calendar_windows_of(day=day)}
    windows.update(window for window in rolling if any(window.covers(day) for day in days))
    rewrite_windows(user=user, windows=sorted(windows), at=at)
    _write_competitor(user=user)


def rewrite_windows(*, user: User, windows: Sequence[Window], at: datetime) -> None:
    """Recomputes the person's standings in those windows and the boards' sums with them."""
    rewrite_people(people=[user], windows=windows, at=at)


def rewrite_people(
    *, people: Sequence[User], windows: Sequence[Window], at: datetime | None = None
) -> None:
    """The same for several people, whose locks are held: one statement, however many.

    Standings that are right already are not written again. In windows that are final at `at`
    they only fall or go: what arrives late counts elsewhere. (The roll, whose windows move on, has
    none and says no moment.)
    """
    if not windows or not people:
        return
    _execute(
        _REWRITE_SQL,
        _facts_of(people)
        | {
            "boards": [window.board.value for window in windows],
            "starts": [window.start for window in windows],
            "ends": [window.end for window in windows],
            "finals": [at is not None and is_final(window, at=at) for window in windows],
            "first": min(window.start for window in windows),
            "last": max(window.end for window in windows),
        },
    )


def restate_standings(*, user: User) -> None:
    """Copies the person's visibility, country and first submission to all their standings."""
    _execute(_RESTATE_SQL, _facts_of([user]))


def remove_standings(*, user: User) -> None:
    """Takes the person off every board, sums included (deletion of data or account)."""
    _execute(_REMOVE_SQL, {"user": user.pk})


def _facts_of(people: Sequence[User]) -> dict[str, Any]:
    """What standings repeat of the people: the one place where it is read from them."""
    return {
        "users": [user.pk for user in people],
        "countries": [user.shown_country for user in people],
        "on_boards": [user.stands_on_boards for user in people],
        "shows_cost": [not user.hide_cost for user in people],
    }


def _execute(sql: str, parameters: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


_PERSON = """
  SELECT * FROM unnest(
    %(users)s::uuid[], %(countries)s::varchar[], %(on_boards)s::bool[], %(shows_cost)s::bool[]
  ) AS p(user_id, country_code, on_boards, shows_cost)
"""

# A final window's figures fall to what is counted now, and never rise.
_SETTLED = ", ".join(
    f"CASE WHEN c.is_final THEN least(c.{column}, s.{column}) ELSE c.{column} END AS {column}"
    for column in ("tokens", "cost_microusd", "days")
)

_REWRITE_SQL = f"""
WITH person AS ({_PERSON}), win AS (
  SELECT * FROM unnest(
    %(boards)s::varchar[], %(starts)s::date[], %(ends)s::date[], %(finals)s::bool[]
  ) AS w(board, window_start, window_end, is_final)
), counted AS (
  SELECT p.user_id, w.board, w.window_start,
    sum(d.total_tokens)::bigint AS tokens, sum(d.cost_microusd)::bigint AS cost_microusd,
    count(*)::integer AS days, a.first_submission_at, p.country_code, p.on_boards, p.shows_cost,
    w.is_final
  FROM person p
  JOIN submissions_usageaccount a ON a.user_id = p.user_id
  JOIN submissions_userday d
    ON d.user_id = p.user_id AND d.day BETWEEN %(first)s AND %(last)s
  JOIN win w ON d.day BETWEEN w.window_start AND w.window_end
  GROUP BY p.user_id, w.board, w.window_start, a.first_submission_at,
    p.country_code, p.on_boards, p.shows_cost, w.is_final
), stood AS (
  SELECT {", ".join(f"s.{column}" for column in STANDING_COLUMNS)}
  FROM leaderboard_standing s
  JOIN win w ON w.board = s.board AND w.window_start = s.window_start
  WHERE s.user_id = ANY(%(users)s::uuid[])
), due AS (
  SELECT c.user_id, c.board, c.window_start, {_SETTLED},
    c.first_submission_at, c.country_code, c.on_boards, c.shows_cost
  FROM counted c LEFT JOIN stood s
    ON s.user_id = c.user_id AND s.board = c.board AND s.window_start = c.window_start
  WHERE NOT c.is_final OR s.user_id IS NOT NULL
), gone AS (
  DELETE FROM leaderboard_standing s
  USING (SELECT {", ".join(_KEY)} FROM stood EXCEPT SELECT {", ".join(_KEY)} FROM due) AS g
  WHERE s.user_id = g.user_id AND s.board = g.board AND s.window_start = g.window_start
), written AS (
  INSERT INTO leaderboard_standing AS s ({_COLUMNS})
  SELECT {_COLUMNS} FROM due ORDER BY user_id
  ON CONFLICT ({", ".join(_KEY)}) DO UPDATE SET
    {", ".join(f"{column} = excluded.{column}" for column in _VALUES)}
  WHERE ({", ".join(f"s.{column}" for column in _VALUES)})
    IS DISTINCT FROM ({", ".join(f"excluded.{column}" for column in _VALUES)})
)
{append_differences_sql(now="due", before="stood")}
"""  # noqa: S608 - the parts are constants of this app

# A person without an account of usage has nothing to stand with.
_RESTATE_SQL = f"""
WITH person AS ({_PERSON}), stood AS (
  SELECT {_COLUMNS} FROM leaderboard_standing WHERE user_id = ANY(%(users)s::uuid[])
), due AS (
  SELECT s.user_id, s.board, s.window_start, s.tokens, s.cost_microusd, s.days,
    a.first_submission_at, p.country_code, p.on_boards, p.shows_cost
  FROM stood s JOIN person p ON p.user_id = s.user_id
  JOIN submissions_usageaccount a ON a.user_id = s.user_id
), gone AS (
  DELETE FROM leaderboard_standing s WHERE s.user_id = ANY(%(users)s::uuid[])
    AND NOT EXISTS (SELECT 1 FROM submissions_usageaccount a WHERE a.user_id = s.user_id)
), written AS (
  UPDATE leaderboard_standing s SET first_submission_at = d.first_submission_at,
    country_code = d.country_code, on_boards = d.on_boards, shows_cost = d.shows_cost
  FROM due d
  WHERE s.user_id = d.user_id AND s.board = d.board AND s.window_start = d.window_start
    AND (s.first_submission_at, s.country_code, s.on_boards, s.shows_cost)
      IS DISTINCT FROM (d.first_submission_at, d.country_code, d.on_boards, d.shows_cost)
)
{append_differences_sql(now="due", before="stood")}
"""  # noqa: S608 - the parts are constants of this app

_REMOVE_SQL = f"""
WITH gone AS (
  DELETE FROM leaderboard_standing WHERE user_id = %(user)s RETURNING {_COLUMNS}
), competitor AS (
  DELETE FROM leaderboard_competitor WHERE user_id = %(user)s
)
{append_differences_sql(now=_NOBODY, before="gone")}
"""  # noqa: S608 - the parts are constants of this app


def _write_competitor(*, user: User) -> None:
    """The lifetime facts a board row shows: by tokens, the first name by code point on a tie."""
    _execute(_COMPETITOR_SQL, {"user": user.pk})


def _top(name: str) -> str:
    return f"""coalesce((
      SELECT {name} FROM named GROUP BY {name}
      ORDER BY sum(tokens) DESC, {name} COLLATE "C" LIMIT 1), '')"""  # noqa: S608 - the parts are constants of this app


_COMPETITOR_SQL = f"""
WITH named AS MATERIALIZED (
  SELECT s.client, r.model, r.provider, sum(r.total_tokens) AS tokens
  FROM submissions_slice s JOIN submissions_slicerow r ON r.slice_id = s.id
  WHERE s.user_id = %(user)s AND s.state = 'accepted' AND s.not_counted = ''
  GROUP BY s.client, r.model, r.provider
)
INSERT INTO leaderboard_competitor
  (user_id, lifetime_tokens, primary_model, top_provider, top_client, last_submission_at)
SELECT a.user_id, a.total_tokens, {_top("model")}, {_top("provider")}, {_top("client")},
  a.last_submission_at
FROM submissions_usageaccount a WHERE a.user_id = %(user)s
ON CONFLICT (user_id) DO UPDATE SET lifetime_tokens = excluded.lifetime_tokens,
  primary_model = excluded.primary_model, top_provider = excluded.top_provider,
  top_client = excluded.top_client, last_submission_at = excluded.last_submission_at
"""  # noqa: S608 - the parts are constants of this app
