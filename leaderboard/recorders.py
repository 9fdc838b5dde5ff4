"""Keeps the ledger of changes, inside the transactions that make them.

Connected before the receivers that rewrite standings: what stood before is read from them.
"""

from collections.abc import Iterator
from datetime import datetime

from accounts import rights
from accounts.models import User
from accounts.signals import account_changed
from leaderboard.models import Snapshot, SnapshotDay, UsageChange
from leaderboard.services.usage_changes import (
    forget_person,
    record_account_change,
    record_usage_change,
)
from submissions.signals import usage_changed


def connect() -> None:
    """Called once, when the app is ready, before anybody else of this app listens."""
    usage_changed.connect(on_usage_changed, dispatch_uid="leaderboard.ledger")
    account_changed.connect(on_account_changed, dispatch_uid="leaderboard.ledger")
    rights.register_exporter("ranks", export)
    rights.register_eraser(erase)


def on_usage_changed(
    *, user: User, at: datetime, cause: str = "submission", **_signal: object
) -> None:
    """What counts for the person became more, less or nothing."""
    record_usage_change(user=user, cause=cause, at=at)


def on_account_changed(*, user: User, at: datetime, **_signal: object) -> None:
    """The person left or joined the boards, or stands in another country."""
    record_account_change(user=user, at=at)


_SNAPSHOT_FIELDS = (
    "day",
    "rank_world",
    "rank_country",
    "country_code",
    "tokens",
    "cost_microusd",
    "level",
)
_CHANGE_FIELDS = ("at", "cause", "tokens_before", "tokens_after", "cost_before", "cost_after")


def export(user: User) -> Iterator[rights.ExportFile]:
    """Ranks by day, and the changes that moved them."""
    days = list(SnapshotDay.objects.order_by("day").values_list("day", flat=True))
    ranks = Snapshot.objects.filter(day__in=days, user=user).order_by("day")
    yield rights.csv_file(
        "ranks.csv", _SNAPSHOT_FIELDS, ranks.values_list(*_SNAPSHOT_FIELDS).iterator()
    )
    changes = UsageChange.objects.filter(user=user).order_by("pk")
    yield rights.csv_file(
        "changes.csv", _CHANGE_FIELDS, changes.values_list(*_CHANGE_FIELDS).iterator()
    )


def erase(user: User) -> None:
    """Before the account's row goes."""
    forget_person(user=user)
