"""Whether the boards are where they should be."""

from datetime import timedelta

from ccgather.ops import clock, health
from leaderboard.models import BoardClock

GRACE = timedelta(minutes=15)
"""How long after midnight the roll may take before the site says that it is late."""


def newest_board() -> str | None:
    """None while the boards stand at today, or before the first report and during the grace."""
    at = clock.now()
    current = BoardClock.objects.values_list("current_day", flat=True).first()
    if current is None or current >= (at - GRACE).date():
        return None
    return f"the boards stand at {current}; the midnight roll is late"


def register() -> None:
    """Called once, when the app is ready."""
    health.register("boards", newest_board)
