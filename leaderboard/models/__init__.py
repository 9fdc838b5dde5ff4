"""Everything this app stores. All of it but what was earned can be rebuilt from `UserDay`."""

from leaderboard.models.standings import (
    WORLD,
    BoardClock,
    BoardTally,
    Competitor,
    MidnightRank,
    Standing,
)

__all__ = ["WORLD", "BoardClock", "BoardTally", "Competitor", "MidnightRank", "Standing"]
