"""Badges follow usage and visibility, inside the transactions that change them; and a person's
own copy of what they earned."""

from collections.abc import Collection, Iterator
from datetime import date, datetime

from accounts import rights
from accounts.models import User
from accounts.signals import account_changed
from leaderboard.models import BadgeEvent, EarnedBadge
from leaderboard.services.badges import evaluate_badges, restate_badges
from submissions.signals import usage_changed


def connect() -> None:
    """Called once, when the app is ready."""
    usage_changed.connect(on_usage_changed, dispatch_uid="leaderboard.badges")
    account_changed.connect(on_account_changed, dispatch_uid="leaderboard.badges")
    rights.register_exporter("badges", export)


def on_usage_changed(
    *, user: User, days: Collection[date], at: datetime, **_signal: object
) -> None:
    """A report that changed no day earns nothing and takes nothing."""
    if days:
        evaluate_badges(user=user, at=at)


def on_account_changed(*, user: User, **_signal: object) -> None:
    """Only people who stand on boards are counted among the holders."""
    restate_badges(user=user)


def export(user: User) -> Iterator[rights.ExportFile]:
    """What was earned, and what the person was told about it."""
    earned = EarnedBadge.objects.filter(user=user).order_by("earned_at", "badge")
    yield rights.json_file(
        "badges.json", earned.values("badge", "earned_at", "country_code", "place").iterator()
    )
    events = BadgeEvent.objects.filter(user=user).order_by("at", "pk")
    yield rights.json_file(
        "events.json", events.values("badge", "what", "at", "why", "seen_at").iterator()
    )
