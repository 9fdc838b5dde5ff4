"""The midnight roll: a new day's rolling windows are built beside the old ones, then swapped in.

Readers see the old day until one row moves. While a roll builds, submissions write both days'
windows; each batch of people is built under their account locks, so nobody is missed between.
Every step can be repeated: a roll that died half-way is taken up again from its beginning.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from accounts.models import User
from leaderboard.models import BoardClock, Standing
from leaderboard.rules.boards import CALENDAR_BOARDS, ROLLING_DAYS, Board, Window, window_of
from leaderboard.services.clock import board_clock, wait_for_reports_in_flight
from leaderboard.services.standings import rewrite_windows
from submissions.models import UserDay

BATCH = 200
"""People whose locks one transaction of the roll holds."""

Progress = Callable[[int], object]


def roll_boards(*, at: datetime, progress: Progress = lambda _people: None) -> int:
    """Moves the boards to the UTC day of `at`; answers how many people were rebuilt.

    Nothing happens when they stand there already. Days missed while the site was down are passed
    over: only the newest day's windows are read. Previous ranks are those of the last day the
    boards stood at.
    """
    clock = board_clock(at=at)
    day = at.date()
    if clock.current_day >= day:
        return 0
    BoardClock.objects.filter(pk=1).update(building_day=day)
    wait_for_reports_in_flight()
    _store_midnight_ranks(day=clock.current_day)
    windows = [window_of(board=board, day=day) for board in ROLLING_DAYS]
    built = 0
    for batch in _people_with_usage(window=window_of(board=Board.LAST_30_DAYS, day=day)):
        _build(batch=batch, windows=windows)
        built += len(batch)
        progress(len(batch))
    BoardClock.objects.filter(pk=1).update(current_day=day, building_day=None, rolled_at=at)
    _drop_old_windows(current_day=day)
    return built


def _people_with_usage(*, window: Window) -> Iterator[list[UUID]]:
    days = UserDay.objects.filter(day__range=(window.start, window.end)).order_by("user_id")
    last: UUID | None = None
    while True:
        left = days if last is None else days.filter(user_id__gt=last)
        batch = list(left.values_list("user_id", flat=True).distinct()[:BATCH])
        if not batch:
            return
        yield batch
        last = batch[-1]


def _build(*, batch: list[UUID], windows: list[Window]) -> None:
    with transaction.atomic():
        # In the order of ids, as everybody who takes several of these locks must.
        people = User.objects.select_for_update(no_key=True).filter(pk__in=batch).order_by("pk")
        for user in people:
            rewrite_windows(user=user, windows=windows)


def _drop_old_windows(*, current_day: date) -> None:
    """Rolling windows are read only while they are current."""
    for board in ROLLING_DAYS:
        start = window_of(board=board, day=current_day).start
        Standing.objects.filter(board=board.value, window_start__lt=start).delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM leaderboard_boardtally WHERE board = %s AND window_start < %s",
                [board.value, start],
            )


def _store_midnight_ranks(*, day: date) -> None:
    """Where everybody stands on every board that has a yesterday, before the boards move."""
    boards = (Board.ALL, Board.LAST_7_DAYS, Board.LAST_30_DAYS, *CALENDAR_BOARDS)
    for board in boards:
        window = window_of(board=board, day=day)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")  # a whole board, however large
            cursor.execute("DELETE FROM leaderboard_midnightrank WHERE board = %s", [board.value])
            cursor.execute(_MIDNIGHT_SQL, {"board": board.value, "start": window.start})


def _position(*, column: str, country: bool, cost: bool = False) -> str:
    """A window-function column: the position by one metric among those who stand there."""
    stands = f"{column} > 0" + (" AND shows_cost" if cost else "")
    stands += " AND country_code <> ''" if country else ""
    partition = "PARTITION BY country_code, " if country else "PARTITION BY "
    return (
        f"CASE WHEN {stands} THEN row_number() OVER ({partition}({stands}) "
        f"ORDER BY {column} DESC, first_submission_at, user_id) END"
    )


_MIDNIGHT_SQL = f"""
INSERT INTO leaderboard_midnightrank
  (user_id, board, window_start, country_code, tokens_world, tokens_country,
   cost_world, cost_country, days_world, days_country)
SELECT user_id, board, window_start, country_code,
  {_position(column="tokens", country=False)}, {_position(column="tokens", country=True)},
  {_position(column="cost_microusd", country=False, cost=True)},
  {_position(column="cost_microusd", country=True, cost=True)},
  {_position(column="days", country=False)}, {_position(column="days", country=True)}
FROM leaderboard_standing
WHERE board = %(board)s AND window_start = %(start)s AND on_boards
"""  # noqa: S608 - the parts are constants above
