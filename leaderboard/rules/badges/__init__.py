"""Badges: what there is to earn, and the pure rules of who has earned it."""

from leaderboard.rules.badges.catalogue import BADGES, BADGES_BY_ID, Badge, Category, Rarity
from leaderboard.rules.badges.facts import Facts
from leaderboard.rules.badges.rules import (
    AmongFirst,
    AtLeast,
    AtRank,
    FamilyShare,
    HourDays,
    Progress,
    RanksGained,
    Rule,
    Scope,
    Unit,
)

__all__ = [
    "BADGES",
    "BADGES_BY_ID",
    "AmongFirst",
    "AtLeast",
    "AtRank",
    "Badge",
    "Category",
    "Facts",
    "FamilyShare",
    "HourDays",
    "Progress",
    "RanksGained",
    "Rarity",
    "Rule",
    "Scope",
    "Unit",
]
