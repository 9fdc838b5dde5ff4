"""The badges that people hold, as others or they themselves see them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from accounts.models import User
from leaderboard.models import EarnedBadge
from leaderboard.rules.badges import BADGES, BADGES_BY_ID, Category
from leaderboard.shapes import HeldBadge

_ORDER = {badge.id: number for number, badge in enumerate(BADGES)}


def held_badges(*, user: User, is_own: bool) -> tuple[HeldBadge, ...]:
    """What a person holds, in the order of the catalogue, as others or they themselves see it;
    one query. Who hides their cost or country hides what a badge tells of it."""
    rows = EarnedBadge.objects.filter(user=user)
    held = _shown(rows, hides_cost=user.hide_cost, hides_country=user.hide_country, is_own=is_own)
    return tuple(sorted(held, key=lambda badge: _ORDER[badge.badge.id]))


def displayed_of(*, badges: Iterable[HeldBadge]) -> tuple[HeldBadge, ...]:
    """Those shown beside the name, in the person's order; no query."""
    shown = [(badge.place, badge) for badge in badges if badge.place is not None]
    return tuple(badge for _, badge in sorted(shown, key=lambda pair: pair[0]))


def displayed_badges(*, user_ids: Collection[UUID]) -> dict[UUID, tuple[HeldBadge, ...]]:
    """What each of these people shows beside their name; one query."""
    rows = EarnedBadge.objects.filter(user_id__in=user_ids, place__isnull=False)
    by_user: dict[UUID, list[HeldBadge]] = defaultdict(list)
    for row in rows.select_related("user").order_by("place"):
        by_user[row.user_id] += _shown(
            [row],
            hides_cost=row.user.hide_cost,
            hides_country=row.user.hide_country,
            is_own=False,
        )
    return {user_id: tuple(held) for user_id, held in by_user.items()}


def badges_earned_at(*, user: User, at: datetime) -> tuple[HeldBadge, ...]:
    """What exactly that moment's report has earned; one query."""
    rows = EarnedBadge.objects.filter(user=user, earned_at=at)
    held = _shown(rows, hides_cost=False, hides_country=False, is_own=True)
    return tuple(sorted(held, key=lambda badge: _ORDER[badge.badge.id]))


def _shown(
    rows: Iterable[EarnedBadge], *, hides_cost: bool, hides_country: bool, is_own: bool
) -> list[HeldBadge]:
    return [
        HeldBadge(
            badge=badge,
            earned_at=row.earned_at,
            country_code="" if hides_country and not is_own else row.country_code,
            place=row.place,
        )
        for row in rows
        if (badge := BADGES_BY_ID.get(row.badge)) is not None
        and (is_own or not (hides_cost and badge.category is Category.COST))
    ]
