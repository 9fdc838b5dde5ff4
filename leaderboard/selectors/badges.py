"""What pages and the API show of badges."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from accounts.models import User
from leaderboard.models import WORLD, BadgeEvent, BadgeTally, BoardTally
from leaderboard.rules.badges import BADGES, BADGES_BY_ID, Badge, Facts, Progress
from leaderboard.rules.boards import EPOCH, Board
from leaderboard.selectors.badge_facts import badge_facts
from leaderboard.selectors.board import ranks_of
from leaderboard.selectors.held_badges import held_badges
from leaderboard.shapes import HeldBadge

MOST_NEWS = 20
"""How much news is shown at once; dismissing it shows the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeHolders:
    """A badge, how many people of the boards hold it, and which share of them that is in 0..1."""

    badge: Badge
    holders: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeCatalogue:
    """Every badge with its holders; `people` is how many stand on the boards."""

    badges: tuple[BadgeHolders, ...]
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeProgress:
    """A badge, how far the viewer is, and what they hold of it."""

    badge: Badge
    progress: Progress
    held: HeldBadge | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeNews:
    """Something that the person has not seen yet: a badge came (`is_earned`) or went, and why."""

    badge: Badge
    is_earned: bool
    at: datetime
    why: str


def badge_catalogue() -> BadgeCatalogue:
    """Every badge and how rare it is; two queries."""
    sums = BadgeTally.objects.values_list("badge").annotate(holders=Sum("holders")).order_by()
    holders = dict(sums)
    board = BoardTally.objects.filter(
        board=Board.ALL.value, window_start=EPOCH, country_code=WORLD
    ).aggregate(people=Sum("people_by_tokens", default=0))
    people = int(board["people"])
    return BadgeCatalogue(
        badges=tuple(_holders(badge, int(holders.get(badge.id, 0)), people) for badge in BADGES),
        people=people,
    )


def badge_progress(*, user: User, at: datetime) -> tuple[BadgeProgress, ...]:
    """How far the person is with every badge, in the order of the catalogue; at most ten
    queries."""
    held = {badge.badge.id: badge for badge in held_badges(user=user, is_own=True)}
    facts = badge_facts(user=user, ranks=ranks_of(user=user, at=at))
    return tuple(
        BadgeProgress(badge=badge, progress=_progress(badge, facts), held=held.get(badge.id))
        for badge in BADGES
    )


def next_badges(*, progress: Iterable[BadgeProgress]) -> tuple[BadgeProgress, ...]:
    """The next badge of each kind that is not earned, the nearest first; no query.

    A rank that is good enough already only waits for midnight: there is nothing left to do.
    """
    following: dict[str, BadgeProgress] = {}
    for item in progress:
        if item.held is None and item.progress.have is not None and item.progress.fraction < 1:
            following.setdefault(item.badge.series, item)
    return tuple(sorted(following.values(), key=lambda item: -item.progress.fraction))


def badge_news(*, user: User) -> tuple[BadgeNews, ...]:
    """What the person has not dismissed yet, the latest first of what went, then of what came; one
    query."""
    events = BadgeEvent.objects.filter(user=user, seen_at__isnull=True).order_by("-at", "pk")[
        :MOST_NEWS
    ]
    return tuple(
        BadgeNews(
            badge=BADGES_BY_ID[event.badge],
            is_earned=event.what == BadgeEvent.What.EARNED,
            at=event.at,
            why=event.why,
        )
        for event in events
        if event.badge in BADGES_BY_ID
    )


def _progress(badge: Badge, facts: Facts) -> Progress:
    return badge.rule.progress(facts=facts)


def _holders(badge: Badge, holders: int, people: int) -> BadgeHolders:
    # Both are sums that are read one after the other; a share above all would be nonsense.
    share = min(1.0, holders / people) if people else 0.0
    return BadgeHolders(badge=badge, holders=holders, share=share)
