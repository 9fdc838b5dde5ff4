"""Whether the boards are where they should be."""

from datetime import timedelta

from ccgather.ops import clock, health
from leaderboard.models import BoardClock, RankingChange, RankingGeneration
from leaderboard.ranking import redis_ranking
from leaderboard.ranking.keys import ready_key
from leaderboard.ranking.redis_sets import PATIENCE
from leaderboard.ranking.server import RankingUnavailableError
from leaderboard.ranking.wire import command
from leaderboard.services.snapshots import days_due

GRACE = timedelta(minutes=15)
"""How long after midnight the roll may take before the site says that it is late."""


def newest_board() -> str | None:
    """None while the boards stand at today, or before the first report and during the grace."""
    at = clock.now()
    current = BoardClock.objects.values_list("current_day", flat=True).first()
    if current is None or current >= (at - GRACE).date():
        return None
    return f"the boards stand at {current}; the midnight roll is late"


SNAPSHOT_GRACE = timedelta(hours=1)
"""How long after midnight its snapshot may take: the roll comes first."""


def newest_snapshot() -> str | None:
    """None while yesterday's snapshot is there, or before the first is due and during the grace."""
    due = days_due(at=clock.now() - SNAPSHOT_GRACE)
    if not due:
        return None
    return f"the snapshot of {due[0]} is missing; the nightly snapshot is late"


def separate_ranking() -> str | None:
    """Why ranks are read from PostgreSQL though there is a Redis for them; None when they are not.

    Bearable: the ranks are the same, a large board only takes longer.
    """
    kept = redis_ranking()
    if kept is None:
        return None
    serving = RankingGeneration.objects.filter(serving=True).first()
    if serving is None:
        return "ranks are read from PostgreSQL until Redis is filled"
    waiting = RankingChange.objects.filter(pushed=False).order_by("noted_at").first()
    if waiting is not None and waiting.noted_at < clock.now() - PATIENCE:
        return f"ranks are read from PostgreSQL: changes wait since {waiting.noted_at:%H:%M:%S}"
    ready = serving.windows.filter(filling=False).values_list("board", "window_start")
    keys = [ready_key(serving.name, place) for place in ready]
    try:
        (there,) = kept.server.ask([command(b"EXISTS", *keys)], server=serving.server)
    except RankingUnavailableError:
        return "ranks are read from PostgreSQL: Redis does not answer, or not for itself"
    if there != len(keys):
        return "ranks are read from PostgreSQL: Redis has lost them"
    return None


def register() -> None:
    """Called once, when the app is ready."""
    health.register("boards", newest_board)
    health.register("snapshots", newest_snapshot)
    health.register("ranking", separate_ranking, is_bearable=True)
