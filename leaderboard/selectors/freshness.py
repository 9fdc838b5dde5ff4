"""What changes when an answer does: parts of cache keys. One cheap query each."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import Max

from accounts.models import User
from leaderboard.models import BoardClock, BoardTally, RankingChange
from leaderboard.ranking import ranking

_UNTOLD = 50
"""Changes of the last moments that are told apart; many more wait only while nobody reads the copy
(`leaderboard.ranking.redis_sets.PATIENCE`)."""


def boards_version() -> tuple[int, date | None, tuple[int, ...]]:
    """Grows with every change of any standing (each appends a tally), and with every roll.

    Where ranks are kept apart, also what they have not been told yet: an answer made in the
    milliseconds between a change and its push must not be found any more after it.
    """
    newest = BoardTally.objects.aggregate(newest=Max("pk"))["newest"] or 0
    untold: tuple[int, ...] = ()
    if ranking().is_separate:
        waiting = RankingChange.objects.filter(pushed=False).order_by("noted_at")
        untold = tuple(waiting.values_list("pk", flat=True)[:_UNTOLD])
    return newest, BoardClock.objects.values_list("current_day", flat=True).first(), untold


def person_version(*, username: str) -> tuple[UUID, datetime | None] | None:
    """Changes with every report of that person; None for nobody."""
    return (
        User.objects.named(username).values_list("pk", "usage_account__last_submission_at").first()
    )
