"""The midnight roll: a new day's rolling windows are built beside the old ones, then swapped in.

Readers see the old day until one row moves. While a roll builds, submissions write both days'
windows; each batch of people is built by one statement under their account locks, so nobody is
missed between. A batch takes only locks that are free, and comes back later for the rest: nobody
waits for a roll that waits for somebody else. Every step can be repeated: a roll that died
half-way is taken up again from its beginning, and writes only what is not there yet.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction

from accounts.models import User
from ccgather.ops.jobs import single_flight
from leaderboard.models import BoardClock
from leaderboard.rules.boards import ROLLING_DAYS, Window, window_of
from leaderboard.services.clock import board_clock, wait_for_reports_in_flight
from leaderboard.services.midnight import store_midnight_ranks
from leaderboard.services.mirror import hold_windows
from leaderboard.services.outbox import forget_windows
from leaderboard.services.standings import rewrite_people
from leaderboard.services.tallies import drop_tallies, fold_tallies

BATCH = 1_000
"""People whose locks one transaction of the roll holds, for a few tenths of a second."""

STRETCH = 1_000
"""Blocks of the table that one statement takes old standings from: some ten thousand rows."""

PATIENCE = "1500ms"
"""For a batch's one statement, which somebody's report may be waiting for."""

_CANCELLED = "57014"
"""PostgreSQL's code for a statement that reached its time limit."""

_FACTS = (
    "is_active",
    "profile_visible",
    "excluded_at",
    "hide_cost",
    "hide_country",
    "country_code",
)
"""What standings repeat of a person."""

_LEFT_BEHIND = 7
"""Days whose windows are forgotten after a roll; the copy of the boards drops what is older."""

Progress = Callable[[int], object]


def roll_boards(*, at: datetime, progress: Progress = lambda _people: None) -> int:
    """Moves the boards to the UTC day of `at`; answers how many people were rebuilt.

    Nothing happens when they stand there already, or when somebody else rolls them now. Days
    missed while the site was down are passed over: only the newest day's windows are read.
    Previous ranks are those of the last day the boards stood at.
    """
    with single_flight("roll of the boards") as ours:
        return _roll(at=at, progress=progress) if ours else 0


def _roll(*, at: datetime, progress: Progress) -> int:
    clock = board_clock(at=at)
    day = at.date()
    if clock.current_day >= day:
        return 0
    store_midnight_ranks(day=clock.current_day)
    BoardClock.objects.filter(pk=1).update(building_day=day)
    # From here on, whoever is not counted below writes the new windows themselves.
    wait_for_reports_in_flight()
    windows = _rolling_windows(day=day)
    built = 0
    for done in _built(windows=windows):
        built += done
        progress(done)
    fold_tallies()  # each batch has appended a row for every country
    hold_windows(windows=windows)
    BoardClock.objects.filter(pk=1).update(current_day=day, building_day=None, rolled_at=at)
    wait_for_reports_in_flight()
    forget_windows(windows=_rolling_windows(day=clock.current_day))
    _drop_old_windows(current=windows)
    return built


def _rolling_windows(*, day: date) -> list[Window]:
    return [window_of(board=board, day=day) for board in ROLLING_DAYS]


def _windows_between(*, first: date, end: date) -> list[Window]:
    """The rolling windows of the days before `end` that somebody may have built: nobody rolls back
    further than a restart takes."""
    earliest = max(first, end - timedelta(days=_LEFT_BEHIND))
    days = (earliest + timedelta(days=n) for n in range((end - earliest).days))
    return [window for day in days for window in _rolling_windows(day=day)]


def _built(*, windows: Sequence[Window]) -> Iterator[int]:
    """Builds everybody's windows, batch by batch; yields how many people each time."""
    busy: list[UUID] = []
    longest = max(windows, key=lambda window: window.end - window.start)
    for batch in _people_with_usage(window=longest):
        missed = _build(batch=batch, windows=windows, wait=False)
        busy.extend(missed)
        yield len(batch) - len(missed)
    for user_id in busy:
        _build(batch=[user_id], windows=windows, wait=True)
        yield 1


def _people_with_usage(*, window: Window) -> Iterator[list[UUID]]:
    """In the order of ids. Whoever gets their first usage meanwhile need not be in it."""
    last: UUID | None = None
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT DISTINCT user_id FROM submissions_userday
                WHERE day BETWEEN %(start)s AND %(end)s
                  AND (%(last)s::uuid IS NULL OR user_id > %(last)s::uuid)
                ORDER BY user_id LIMIT %(batch)s
                """,
                {"start": window.start, "end": window.end, "last": last, "batch": BATCH},
            )
            batch = [row[0] for row in cursor.fetchall()]
        if not batch:
            return
        yield batch
        last = batch[-1]


def _build(*, batch: Sequence[UUID], windows: Sequence[Window], wait: bool) -> list[UUID]:
    """Builds the windows of those whose lock is free, or with `wait` of all; answers who is left.

    A batch that takes longer than `PATIENCE` gives its locks back and goes in halves.
    """
    try:
        found = _build_at_once(batch=batch, windows=windows, wait=wait)
    except OperationalError as error:
        if len(batch) == 1 or getattr(error.__cause__, "sqlstate", None) != _CANCELLED:
            raise
        half = len(batch) // 2
        parts = batch[:half], batch[half:]
        return [left for part in parts for left in _build(batch=part, windows=windows, wait=wait)]
    return [] if wait else [user_id for user_id in batch if user_id not in found]


def _build_at_once(*, batch: Sequence[UUID], windows: Sequence[Window], wait: bool) -> set[UUID]:
    """People are locked in the order of ids, as everybody who takes several locks must."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # The locks are not held for the disk: a batch that a crash loses is built again, and
            # nothing reads it before the swap, whose commit waits for all that came before it.
            cursor.execute("SET LOCAL synchronous_commit = off")
            if len(batch) > 1:
                cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}'")
        locked = User.objects.select_for_update(no_key=True, skip_locked=not wait)
        people = list(locked.filter(pk__in=batch).only(*_FACTS).order_by("pk"))
        rewrite_people(people=people, windows=windows)
        return {user.pk for user in people}


def _drop_old_windows(*, current: Sequence[Window]) -> None:
    """Rolling windows are read only while they are current; nobody writes the old ones any more.

    One pass over the table as it lies, a stretch of blocks at a time. A row that is locked just
    now is left for the next midnight.
    """
    parameters: dict[str, Any] = {
        "boards": [window.board.value for window in current],
        "starts": [window.start for window in current],
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_relation_size('leaderboard_standing') / current_setting('block_size')::int"
        )
        blocks = cursor.fetchone()[0]
        for first in range(0, blocks + 1, STRETCH):
            stretch = {"first": f"({first},0)", "end": f"({first + STRETCH},0)"}
            cursor.execute(_DROP_SQL, parameters | stretch)
    drop_tallies(current=current)


_DROP_SQL = """
DELETE FROM leaderboard_standing WHERE ctid = ANY(ARRAY(
  SELECT s.ctid FROM leaderboard_standing s
  JOIN unnest(%(boards)s::varchar[], %(starts)s::date[]) AS w(board, start)
    ON w.board = s.board AND s.window_start < w.start
  WHERE s.ctid >= %(first)s::tid AND s.ctid < %(end)s::tid
  FOR UPDATE OF s SKIP LOCKED))
"""
