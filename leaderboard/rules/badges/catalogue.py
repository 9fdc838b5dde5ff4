"""Every badge there is. The one place that knows them; the site, the API and SQL read it."""

from dataclasses import dataclass
from enum import StrEnum

from leaderboard.rules.badges.rules import (
    AmongFirst,
    AtLeast,
    AtRank,
    FamilyShare,
    HourDays,
    RanksGained,
    Rule,
    Scope,
    Unit,
)


class Rarity(StrEnum):
    """How hard a badge is to come by, as it was meant; how many hold it is measured."""

    COMMON = "common"
    RARE = "rare"
    EPIC = "epic"
    LEGENDARY = "legendary"


class Category(StrEnum):
    """The kinds of badges, in the order in which pages show them. The value is the title."""

    STREAK = "Streaks"
    TOKENS = "Tokens"
    COST = "Spending"
    RANK = "Ranks"
    MODEL = "Models and tools"
    HABIT = "Habits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """One badge. `icon` is an emoji for places that have only text, `symbol` its drawing in
    `static/img/badges.svg`, `mark` a few characters that tell it from its series.

    Of badges with the same `series` only the next is shown as something to work towards.
    """

    id: str
    name: str
    icon: str
    symbol: str
    mark: str = ""
    rarity: Rarity
    category: Category
    series: str
    sentence: str
    rule: Rule


def _streak(days: int, name: str, rarity: Rarity) -> Badge:
    return Badge(
        id=f"streak_{days}",
        name=name,
        icon="🔥",
        symbol="streak",
        mark=str(days),
        rarity=rarity,
        category=Category.STREAK,
        series="streak",
        sentence=f"You used your agents on {days} days in a row.",
        rule=AtLeast(measure="longest_streak", goal=days, unit=Unit.DAYS),
    )


def _tokens(badge_id: str, name: str, mark: str, goal: int, rarity: Rarity) -> Badge:
    words = {"1M": "a million", "100M": "100 million", "1B": "a billion", "10B": "10 billion"}
    return Badge(
        id=badge_id,
        name=name,
        icon="🪙",
        symbol="tokens",
        mark=mark,
        rarity=rarity,
        category=Category.TOKENS,
        series="tokens",
        sentence=f"You burned {words[mark]} tokens.",
        rule=AtLeast(measure="lifetime_tokens", goal=goal, unit=Unit.TOKENS),
    )


def _cost(badge_id: str, name: str, icon: str, dollars: int, rarity: Rarity) -> Badge:
    return Badge(
        id=badge_id,
        name=name,
        icon=icon,
        symbol=badge_id.replace("_", "-"),
        rarity=rarity,
        category=Category.COST,
        series="cost",
        sentence=f"Your tokens are worth ${dollars:,} at list prices.",
        rule=AtLeast(measure="cost_microusd", goal=dollars * 1_000_000, unit=Unit.MICROUSD),
    )


def _rank(badge_id: str, name: str, icon: str, rule: AtRank, rarity: Rarity, words: str) -> Badge:
    return Badge(
        id=badge_id,
        name=name,
        icon=icon,
        symbol=badge_id.replace("_", "-"),
        rarity=rarity,
        category=Category.RANK,
        series=f"rank_{rule.scope}",
        sentence=words,
        rule=rule,
    )


def _family(badge_id: str, name: str, icon: str, family: str, rarity: Rarity) -> Badge:
    return Badge(
        id=badge_id,
        name=name,
        icon=icon,
        symbol=badge_id.replace("_", "-"),
        rarity=rarity,
        category=Category.MODEL,
        series=badge_id,
        sentence=f"Seven of ten of your tokens went through {family.title()}.",
        rule=FamilyShare(family=family, share_percent=70, least_tokens=10_000_000),
    )


def _single(
    badge_id: str,
    name: str,
    icon: str,
    *,
    rarity: Rarity,
    category: Category,
    sentence: str,
    rule: Rule,
) -> Badge:
    return Badge(
        id=badge_id,
        name=name,
        icon=icon,
        symbol=badge_id.replace("_", "-"),
        rarity=rarity,
        category=category,
        series=badge_id,
        sentence=sentence,
        rule=rule,
    )


BADGES: tuple[Badge, ...] = (
    _streak(7, "Week Starter", Rarity.COMMON),
    _streak(14, "Fortnight Fighter", Rarity.COMMON),
    _streak(30, "Monthly Warrior", Rarity.RARE),
    _streak(60, "Two-Month Titan", Rarity.RARE),
    _streak(90, "Quarter Master", Rarity.EPIC),
    _streak(180, "Half-Year Hero", Rarity.LEGENDARY),
    _streak(365, "Year of Fire", Rarity.LEGENDARY),
    _tokens("first_million", "First Million", "1M", 10**6, Rarity.COMMON),
    _tokens("hundred_million", "100M Club", "100M", 10**8, Rarity.RARE),
    _tokens("billion_club", "Billion Club", "1B", 10**9, Rarity.EPIC),
    _tokens("ten_billion_club", "10B Club", "10B", 10**10, Rarity.LEGENDARY),
    _cost("big_spender", "Big Spender", "💸", 5_000, Rarity.RARE),
    _cost("whale", "Whale", "🐋", 10_000, Rarity.EPIC),
    _rank(
        "top_50",
        "Global 50",
        "🌍",
        AtRank(scope=Scope.WORLD, at_most=50, among=200),
        Rarity.RARE,
        "You stood among the first 50 of the world, of 200 or more.",
    ),
    _rank(
        "podium",
        "Podium",
        "🏅",
        AtRank(scope=Scope.WORLD, at_most=3, among=50),
        Rarity.LEGENDARY,
        "You stood among the first three of the world, of 50 or more.",
    ),
    _rank(
        "global_champion",
        "Global Champion",
        "🏆",
        AtRank(scope=Scope.WORLD, at_most=1, among=50),
        Rarity.LEGENDARY,
        "You stood first in the world, of 50 people or more.",
    ),
    _rank(
        "national_champion",
        "National Champion",
        "🏁",
        AtRank(scope=Scope.COUNTRY, at_most=1, among=10),
        Rarity.EPIC,
        "You stood first in your country, of ten people or more.",
    ),
    _single(
        "rising_star",
        "Rising Star",
        "🚀",
        rarity=Rarity.RARE,
        category=Category.RANK,
        sentence="You rose by 100 ranks or more within a week.",
        rule=RanksGained(ranks=100, snapshots=7),
    ),
    _single(
        "trailblazer",
        "Trailblazer",
        "🧭",
        rarity=Rarity.LEGENDARY,
        category=Category.RANK,
        sentence="You were among the first ten of your country.",
        rule=AmongFirst(places=10),
    ),
    _family("opus_connoisseur", "Opus Connoisseur", "🎼", "opus", Rarity.EPIC),
    _family("sonnet_master", "Sonnet Master", "🪶", "sonnet", Rarity.RARE),
    _family("haiku_ninja", "Haiku Ninja", "🥷", "haiku", Rarity.COMMON),
    _single(
        "model_explorer",
        "Model Explorer",
        "🔭",
        rarity=Rarity.RARE,
        category=Category.MODEL,
        sentence="You burned 100K tokens or more in each of three model families.",
        rule=AtLeast(measure="families_known", goal=3, unit=Unit.FAMILIES),
    ),
    _single(
        "polyglot",
        "Polyglot",
        "🗣️",
        rarity=Rarity.RARE,
        category=Category.MODEL,
        sentence="You used four or more tools.",
        rule=AtLeast(measure="clients", goal=4, unit=Unit.CLIENTS),
    ),
    _single(
        "early_bird",
        "Early Bird",
        "🐦",
        rarity=Rarity.COMMON,
        category=Category.HABIT,
        sentence="You were at it before seven in the morning on 20 days.",
        rule=HourDays(measure="early_days", goal=20),
    ),
    _single(
        "night_owl",
        "Night Owl",
        "🦉",
        rarity=Rarity.COMMON,
        category=Category.HABIT,
        sentence="You were at it after eleven at night on 20 days.",
        rule=HourDays(measure="late_days", goal=20),
    ),
    _single(
        "weekend_warrior",
        "Weekend Warrior",
        "⛺",
        rarity=Rarity.COMMON,
        category=Category.HABIT,
        sentence="You used your agents on 20 days of a weekend.",
        rule=AtLeast(measure="weekend_days", goal=20, unit=Unit.DAYS),
    ),
    _single(
        "verified_streak",
        "Clean Sheet",
        "✅",
        rarity=Rarity.EPIC,
        category=Category.HABIT,
        sentence="You had 90 active days with nothing held or rejected.",
        rule=AtLeast(measure="clean_days", goal=90, unit=Unit.DAYS, kept_by="unrejected_days"),
    ),
)

BADGES_BY_ID = {badge.id: badge for badge in BADGES}
MOST_DISPLAYED = 5
"""How many badges a person may show beside their name."""
