"""What changes when an answer does: parts of cache keys. One cheap query each."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import Max

from accounts.models import User
from leaderboard.models import BoardClock, BoardTally


def boards_version() -> tuple[int, date | None]:
    """Grows with every change of any standing (each appends a tally), and with every roll."""
    newest = BoardTally.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return newest, BoardClock.objects.values_list("current_day", flat=True).first()


def person_version(*, username: str) -> tuple[UUID, datetime | None] | None:
    """Changes with every report of that person; None for nobody."""
    return (
        User.objects.named(username).values_list("pk", "usage_account__last_submission_at").first()
    )
