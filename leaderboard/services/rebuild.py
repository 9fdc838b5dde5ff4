"""Everything derived, made anew from the truth: a person at a time, under their lock."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from accounts.locking import locked_account
from accounts.models import User
from leaderboard.models import Standing
from leaderboard.rules.boards import (
    ROLLING_DAYS,
    Board,
    Window,
    calendar_windows_of,
    window_of,
)
from leaderboard.services.clock import hold_off_the_roll, open_days
from leaderboard.services.outbox import note_change
from leaderboard.services.standings import (
    remove_standings,
    restate_standings,
    rewrite_windows,
    write_standings,
)
from leaderboard.services.tallies import correct_tallies
from submissions.models import Slice, UserDay
from submissions.services.rollup import recount


def people_to_rebuild() -> int:
    """How many people there are to look at, for a progress bar."""
    return _people().count()


def _people() -> QuerySet[User]:
    """Everybody who has slices, or anything that only slices can account for."""
    own = (Slice, UserDay, Standing)
    slices, days, standings = (Exists(m.objects.filter(user=OuterRef("pk"))) for m in own)
    return User.objects.filter(slices | days | standings)


def rebuild_boards(
    *, at: datetime, progress: Callable[[int], object] = lambda _people: None
) -> int:
    """Recounts everybody's days and standings; answers how many people.

    The boards' sums follow by differences, so they stay right while people submit; sums that were
    wrong to begin with are put right at the end, from the standings.
    """
    people = 0
    for user_id in _people().order_by("pk").values_list("pk", flat=True).iterator():
        with locked_account(user_id=user_id) as user:
            _rebuild_person(user=user, at=at)
        people += 1
        progress(1)
    correct_tallies()
    return people


def _rebuild_person(*, user: User, at: datetime) -> None:
    hold_off_the_roll()
    note_change(user=user, urgent=False, at=at)
    days = set(Slice.objects.filter(user=user).values_list("day", flat=True))
    days |= set(UserDay.objects.filter(user=user).values_list("day", flat=True))
    recount(user=user, days=days, at=at, cause="rebuild")
    counted = set(UserDay.objects.filter(user=user).values_list("day", flat=True))
    if not counted:
        remove_standings(user=user)
        return
    windows = {window for day in counted for window in calendar_windows_of(day=day)}
    windows |= {
        window_of(board=board, day=day) for day in open_days(at=at) for board in ROLLING_DAYS
    }
    windows |= _windows_that_stand(user=user)
    rewrite_windows(user=user, windows=sorted(windows), at=at)
    restate_standings(user=user)
    write_standings(user=user, days=counted, at=at)


def _windows_that_stand(*, user: User) -> set[Window]:
    """The windows of the person's stored standings: one without a day below it must go."""
    found = set()
    for board, start in Standing.objects.filter(user=user).values_list("board", "window_start"):
        length = ROLLING_DAYS.get(Board(board), 1)
        found.add(window_of(board=Board(board), day=start + timedelta(days=length - 1)))
    return found
