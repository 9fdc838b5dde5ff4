"""Everything this app stores. Standings can be rebuilt from `UserDay`;
what was earned, and what stood at past midnights, cannot."""

from leaderboard.models.badges import BadgeClock, BadgeEvent, BadgeTally, EarnedBadge
from leaderboard.models.integrity import IntegrityRun
from leaderboard.models.outbox import RankedWindow, RankingChange, RankingGeneration
from leaderboard.models.snapshots import Snapshot, SnapshotDay, UsageChange
from leaderboard.models.standings import (
    WORLD,
    BoardClock,
    BoardTally,
    Competitor,
    MidnightRank,
    Standing,
)

__all__ = [
    "WORLD",
    "BadgeClock",
    "BadgeEvent",
    "BadgeTally",
    "BoardClock",
    "BoardTally",
    "Competitor",
    "EarnedBadge",
    "IntegrityRun",
    "MidnightRank",
    "RankedWindow",
    "RankingChange",
    "RankingGeneration",
    "Snapshot",
    "SnapshotDay",
    "Standing",
    "UsageChange",
]
