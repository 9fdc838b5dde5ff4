"""Whether longer boards hold the shorter ones, and whether every rank is held exactly once.

Ranks are stored nowhere: pages and ranks are read off an index. So the order in which each index
gives people is set against the order worked out from the table itself. A broken index, or one that
sorts by other rules than it was built with, is found by nothing else.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise, product
from typing import Any

from django.db import connection

from ccgather.site.integrity.moments import Tally
from ccgather.site.sums import MAX_NAMED, Found, People
from leaderboard.models import BoardClock, MidnightRank
from leaderboard.querysets import METRIC_COLUMN
from leaderboard.rules.boards import EPOCH, ROLLING_DAYS, Board, Metric, Window, window_of

Order = Mapping[str, tuple[int, int]]
"""(how many, fingerprint of who stands at which place) by country; "" is the world."""


def current_windows() -> list[Window]:
    """The window of each board that people see now; none before the first report."""
    day = BoardClock.objects.values_list("current_day", flat=True).first()
    return [] if day is None else [window_of(board=board, day=day) for board in Board]


def check_windows(*, tally: Tally, people: People) -> None:
    """Of those people, that no board has more than a longer one."""
    windows = {window.board: window for window in current_windows()}
    if not windows:
        return
    pairs: list[tuple[Board, Any, Board, Any]] = [
        (Board.WEEK, None, Board.ALL, EPOCH),
        (Board.MONTH, None, Board.ALL, EPOCH),
    ]
    rolling = [*sorted(ROLLING_DAYS, key=ROLLING_DAYS.__getitem__), Board.ALL]
    pairs += [
        (short, windows[short].start, long, windows[long].start)
        for short, long in pairwise(rolling)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _WINDOWS_SQL,
            {
                "shorts": [pair[0].value for pair in pairs],
                "short_starts": [pair[1] for pair in pairs],
                "longs": [pair[2].value for pair in pairs],
                "long_starts": [pair[3] for pair in pairs],
                "first": people.first,
                "before": people.before,
                "named": MAX_NAMED,
            },
        )
        checked, wrong, sentences = cursor.fetchone()
    tally.add(checked=checked, found=Found(wrong, tuple(sentences or ())))


def check_ranks(*, tally: Tally, window: Window) -> None:
    """Of one current board, by every metric, in the world and in each country."""
    for metric, is_world in product(Metric, (True, False)):
        read = _order(window=window, metric=metric, is_world=is_world, by_index=True)
        made = _order(window=window, metric=metric, is_world=is_world, by_index=False)
        tally.add(checked=sum(people for people, _ in made.values()))
        for scope in sorted(read.keys() | made.keys()):
            if read.get(scope) == made.get(scope):
                continue
            where = scope or "the world"
            tally.blame(
                f"{window.board} from {window.start} by {metric} in {where}: read as "
                f"{read.get(scope, (0, 0))[0]} people, worked out as {made.get(scope, (0, 0))[0]}, "
                "not the same people at the same places"
            )


def check_midnight_ranks(*, tally: Tally) -> None:
    """That no two people held one rank at the last midnight, on any board, by any metric.

    A rank may be missing: its holder deleted the account. Each statement stands alone: a roll
    that puts a new table in place of the old one never waits for this.
    """
    for board, metric in product(Board, Metric):
        for scope in ("world", "country"):
            for sentence in _doubles(board=board, column=f"{metric.value}_{scope}"):
                tally.blame(sentence)


def _doubles(*, board: Board, column: str) -> Iterator[str]:
    country = "country_code" if column.endswith("country") else "''"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {country}, {column}, count(*) FROM {MidnightRank._meta.db_table}
            WHERE board = %s AND {column} IS NOT NULL GROUP BY 1, 2
            HAVING count(*) > 1 OR {column} < 1 ORDER BY 1, 2 LIMIT {MAX_NAMED}
            """,  # noqa: S608, SLF001 - column names of the model; Django's public model API
            [board.value],
        )
        for where, rank, people in cursor.fetchall():
            yield f"{board} by {column} {where}: rank {rank} of the last midnight: {people} people"


def _order(*, window: Window, metric: Metric, is_world: bool, by_index: bool) -> Order:
    column = METRIC_COLUMN[metric]
    shown = " AND shows_cost" if metric is Metric.COST else ""
    scope = "''" if is_world else "country_code"
    settings = _BY_INDEX if by_index else _BY_TABLE
    inside = "" if is_world else "PARTITION BY country_code"
    known = "" if is_world else " AND country_code <> ''"
    with connection.cursor() as cursor:
        for setting in _ALL_SETTINGS:
            cursor.execute(f"SET LOCAL {setting} = {'off' if setting in settings else 'on'}")
        cursor.execute(
            f"""
            SELECT scope, count(*), coalesce(sum(place * fingerprint), 0)::text FROM (
              SELECT {scope} AS scope, uuid_hash_extended(user_id, 0) & 4294967295 AS fingerprint,
                row_number() OVER ({inside}
                  ORDER BY {column} DESC, first_submission_at, user_id) AS place
              FROM leaderboard_standing
              WHERE board = %s AND window_start = %s AND on_boards{shown} AND {column} > 0{known}
            ) placed GROUP BY scope
            """,  # noqa: S608 - only constants of this app are put in
            [window.board.value, window.start],
        )
        found = {row[0]: (row[1], int(row[2])) for row in cursor.fetchall()}
        for setting in _ALL_SETTINGS:
            cursor.execute(f"SET LOCAL {setting} = on")
    return found


_BY_INDEX = ("enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_incremental_sort")
_BY_TABLE = ("enable_indexscan", "enable_indexonlyscan", "enable_bitmapscan")
_ALL_SETTINGS = (*_BY_INDEX, *_BY_TABLE)

_WINDOWS_SQL = """
WITH pair AS (
  SELECT * FROM unnest(%(shorts)s::varchar[], %(short_starts)s::date[], %(longs)s::varchar[],
    %(long_starts)s::date[]) AS p(short, short_start, long, long_start)
), compared AS (
  SELECT s.user_id, p.short, s.window_start, p.long, s.tokens, l.tokens AS more,
    s.tokens > coalesce(l.tokens, 0) OR s.cost_microusd > coalesce(l.cost_microusd, 0)
      OR s.days > coalesce(l.days, 0) AS is_wrong
  FROM leaderboard_standing s
  JOIN pair p ON p.short = s.board AND (p.short_start IS NULL OR p.short_start = s.window_start)
  LEFT JOIN leaderboard_standing l
    ON l.user_id = s.user_id AND l.board = p.long AND l.window_start = p.long_start
  WHERE (%(first)s::uuid IS NULL OR s.user_id >= %(first)s::uuid)
    AND (%(before)s::uuid IS NULL OR s.user_id < %(before)s::uuid)
)
SELECT count(*), count(*) FILTER (WHERE is_wrong), (
  SELECT array_agg(sentence) FROM (
    SELECT concat(user_id, ': ', tokens, ' tokens on ', short, ' from ', window_start, ', ',
      coalesce(more, 0), ' on ', long) AS sentence
    FROM compared WHERE is_wrong ORDER BY user_id, short LIMIT %(named)s) named)
FROM compared
"""
