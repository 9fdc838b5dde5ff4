"""The UTC day the rolling boards stand at."""

from datetime import date, datetime

from leaderboard.models import BoardClock


def board_clock(*, at: datetime) -> BoardClock:
    """The clock's one row; the first question on a fresh site starts it."""
    clock = BoardClock.objects.filter(pk=1).first()
    if clock is None:
        clock, _ = BoardClock.objects.get_or_create(
            pk=1, defaults={"current_day": at.date(), "rolled_at": at}
        )
    return clock


def open_days(*, at: datetime) -> tuple[date, ...]:
    """The days whose rolling windows are written: the current one, and one that is being built."""
    clock = board_clock(at=at)
    return (
        (clock.current_day,)
        if clock.building_day is None
        else (clock.current_day, clock.building_day)
    )
