"""What this app does when usage or an account changes below it: inside the same transaction."""

from collections.abc import Collection
from datetime import date, datetime

from accounts import rights
from accounts.models import User
from accounts.signals import account_changed
from ccgather.ops import clock
from ccgather.ops.epoch import bump_visibility
from leaderboard.services.outbox import note_change
from leaderboard.services.standings import remove_standings, restate_standings, write_standings
from submissions.models import UsageAccount
from submissions.signals import usage_changed


def connect() -> None:
    """Called once, when the app is ready."""
    usage_changed.connect(on_usage_changed, dispatch_uid="leaderboard.standings")
    account_changed.connect(on_account_changed, dispatch_uid="leaderboard.standings")
    rights.register_eraser(erase)


def on_usage_changed(
    *,
    user: User,
    days: Collection[date],
    at: datetime,
    cause: str = "submission",
    **_signal: object,
) -> None:
    """Standings follow the days that changed; without any usage left they go.

    After a decision of a reviewer the old ranks must not be seen any more.
    """
    has_usage = UsageAccount.objects.filter(user=user, total_tokens__gt=0).exists()
    note_change(user=user, urgent=not has_usage or cause == "review", at=at)
    if has_usage:
        write_standings(user=user, days=days, at=at)
    else:
        remove_standings(user=user)
        bump_visibility()


def on_account_changed(*, user: User, at: datetime, **_signal: object) -> None:
    """Visibility, country and exclusion are repeated on the standings."""
    note_change(user=user, urgent=True, at=at)
    restate_standings(user=user)
    bump_visibility()


def erase(user: User) -> None:
    """Before the account's row goes: the boards' sums without this person."""
    note_change(user=user, urgent=True, at=clock.now())
    remove_standings(user=user)
