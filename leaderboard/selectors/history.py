"""What snapshots remember of a person."""

from datetime import date, timedelta
from uuid import UUID

from leaderboard.models import Snapshot, SnapshotDay


def rank_history(*, user_id: UUID, first: date, last: date) -> dict[date, int]:
    """The person's world rank at the end of each day first..last that ranks them; one query.

    The days are named one by one: rows are found by day, then person, and each month is a table.
    """
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return dict(
        Snapshot.objects.filter(day__in=days, user_id=user_id).values_list("day", "rank_world")
    )


def first_snapshot_day() -> date | None:
    """The earliest day that has a snapshot; one query."""
    return SnapshotDay.objects.order_by("day").values_list("day", flat=True).first()


def snapshot_day_for(*, since: date | None, today: date, default_days: int) -> date | None:
    """The day of the snapshot to compare with: that of `since`, else the nearest before it.

    Without `since`, that of `default_days` ago, else the nearest before it, else the earliest
    there is. None when there is none. At most two queries.
    """
    wanted = since or today - timedelta(days=default_days)
    days = SnapshotDay.objects.values_list("day", flat=True)
    found = days.filter(day__lte=wanted).order_by("-day").first()
    if found is None and since is None:
        found = first_snapshot_day()
    return found
