"""What demo people do with what they earned: most show a few badges beside their name."""

from collections.abc import Iterable
from datetime import datetime
from random import Random
from uuid import UUID

from leaderboard.models import EarnedBadge
from leaderboard.rules.badges import BADGES_BY_ID, Rarity
from leaderboard.rules.badges.catalogue import MOST_DISPLAYED
from leaderboard.services.badges import display_badges, fold_badge_tallies
from leaderboard.services.rank_badges import award_rank_badges
from leaderboard.services.snapshots import take_snapshots

_RARITIES = tuple(Rarity)
SHOWING_SHARE = 0.75


def look_back(*, at: datetime) -> None:
    """Snapshots of the days that people have behind them, and the badges that those earned."""
    take_snapshots(at=at)
    award_rank_badges()
    fold_badge_tallies()


def show_badges(*, people: Iterable[UUID], seed: int) -> None:
    """Their rarest first, as people do."""
    for number, user_id in enumerate(people):
        rng = Random(f"{seed}:badges:{number}")
        if rng.random() > SHOWING_SHARE:
            continue
        held = EarnedBadge.objects.filter(user_id=user_id).order_by("badge")
        badges = [BADGES_BY_ID[badge] for badge in held.values_list("badge", flat=True)]
        badges.sort(key=lambda badge: -_RARITIES.index(badge.rarity))
        best = {badge.series: badge.id for badge in reversed(badges)}
        wanted = [badge.id for badge in badges if best[badge.series] == badge.id]
        display_badges(user_id=user_id, wanted=wanted[: rng.randint(1, MOST_DISPLAYED)])
