"""The kinds of rules. Each says how far a person is, what it rests on, and when it is lost.

Earning is for good: more usage never takes a badge away. One is lost when the usage that it was
earned on counts no more (rejected, deleted, repriced). `basis` is what a rule rested on when the
badge was earned.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from leaderboard.rules.badges.facts import Facts


class Unit(StrEnum):
    """What a rule counts."""

    DAYS = "days"
    TOKENS = "tokens"
    MICROUSD = "microusd"
    PERCENT = "percent"
    FAMILIES = "families"
    CLIENTS = "clients"
    RANK = "rank"
    RANKS = "ranks"
    PLACES = "places"


class Scope(StrEnum):
    """Which board a rank is on."""

    WORLD = "world"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far somebody is: `have` of `goal` in `unit`, `fraction` in 0..1.

    `have` is None where only a daily snapshot knows. A rank counts among `among` people or more.
    """

    have: int | None
    goal: int
    unit: Unit
    fraction: float
    is_met: bool
    among: int = 0


class Rule(Protocol):
    """What makes a badge earned."""

    def progress(self, *, facts: Facts) -> Progress:
        """How far these facts are."""

    def rests_on(self, *, facts: Facts) -> int:
        """The amount that is remembered as `basis` when the badge is earned."""

    def is_lost(self, *, facts: Facts, basis: int) -> bool:
        """Whether usage that it was earned on counts no more."""


def _towards(*, have: int, goal: int, unit: Unit) -> Progress:
    fraction = min(1.0, have / goal)
    return Progress(have=have, goal=goal, unit=unit, fraction=fraction, is_met=have >= goal)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast:
    """A measure of `Facts` that more usage never lowers has reached `goal`.

    `kept_by` is the measure by which it is kept, where that is another one.
    """

    measure: str
    goal: int
    unit: Unit
    kept_by: str = ""

    def progress(self, *, facts: Facts) -> Progress:
        """The measure of the goal."""
        return _towards(have=getattr(facts, self.measure), goal=self.goal, unit=self.unit)

    def rests_on(self, *, facts: Facts) -> int:
        """The measure."""
        return int(getattr(facts, self.kept_by or self.measure))

    def is_lost(self, *, facts: Facts, basis: int) -> bool:
        """As soon as the measure is below the goal: only usage that went away can do that."""
        del basis
        return int(getattr(facts, self.kept_by or self.measure)) < self.goal


@dataclass(frozen=True, slots=True, kw_only=True)
class HourDays:
    """Days with usage at some hour, of the zone that the person lives in at present."""

    measure: str
    goal: int

    def progress(self, *, facts: Facts) -> Progress:
        """The days of the goal."""
        return _towards(have=getattr(facts, self.measure), goal=self.goal, unit=Unit.DAYS)

    def rests_on(self, *, facts: Facts) -> int:
        """The days whose hours are known."""
        return facts.days_with_hours

    def is_lost(self, *, facts: Facts, basis: int) -> bool:
        """Only with days that went away: moving to another zone takes no badge."""
        return facts.days_with_hours < basis and not self.progress(facts=facts).is_met


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyShare:
    """At least `share_percent` of lifetime tokens in one family, `least_tokens` in all."""

    family: str
    share_percent: int
    least_tokens: int

    def progress(self, *, facts: Facts) -> Progress:
        """The share of the wanted share; before there are enough tokens, those of the least."""
        own, total = self.rests_on(facts=facts), facts.lifetime_tokens
        share = 100 * own // total if total else 0
        if total >= self.least_tokens:
            return _towards(have=share, goal=self.share_percent, unit=Unit.PERCENT)
        # The share decides too: half the tokens of another family are no half of the way.
        fraction = min(1.0, share / self.share_percent) * total / self.least_tokens
        return Progress(
            have=own, goal=self.least_tokens, unit=Unit.TOKENS, fraction=fraction, is_met=False
        )

    def rests_on(self, *, facts: Facts) -> int:
        """The family's tokens."""
        return facts.family_tokens.get(self.family, 0)

    def is_lost(self, *, facts: Facts, basis: int) -> bool:
        """Other families may outgrow it; but the family's own tokens, and the least in all, are
        what it was earned on."""
        if self.progress(facts=facts).is_met:
            return False
        return self.rests_on(facts=facts) < basis or facts.lifetime_tokens < self.least_tokens


class _OfASnapshot:
    """What only a daily snapshot decides; it stays while anything counts at all."""

    __slots__ = ()

    def rests_on(self, *, facts: Facts) -> int:
        """All tokens."""
        return facts.lifetime_tokens

    def is_lost(self, *, facts: Facts, basis: int) -> bool:
        """Never by rule: a rank that was held at a snapshot was held."""
        del facts, basis
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRank(_OfASnapshot):
    """The all-time rank at a snapshot is `at_most`, with `among` ranked people or more."""

    scope: Scope
    at_most: int
    among: int

    def progress(self, *, facts: Facts) -> Progress:
        """The present rank; met only by a snapshot."""
        rank = facts.rank_world if self.scope is Scope.WORLD else facts.rank_country
        fraction = 0.0 if rank is None else min(1.0, self.at_most / rank)
        return Progress(
            have=rank,
            goal=self.at_most,
            unit=Unit.RANK,
            fraction=fraction,
            is_met=False,
            among=self.among,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RanksGained(_OfASnapshot):
    """`ranks` gained in the world within `snapshots` daily snapshots, the last one included."""

    ranks: int
    snapshots: int

    def progress(self, *, facts: Facts) -> Progress:
        """Not known between snapshots."""
        del facts
        return Progress(have=None, goal=self.ranks, unit=Unit.RANKS, fraction=0.0, is_met=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmongFirst(_OfASnapshot):
    """Among the first `places` people of a country whose first submission was accepted."""

    places: int

    def progress(self, *, facts: Facts) -> Progress:
        """Nothing to work towards: one is among them or not."""
        del facts
        return Progress(have=None, goal=self.places, unit=Unit.PLACES, fraction=0.0, is_met=False)
