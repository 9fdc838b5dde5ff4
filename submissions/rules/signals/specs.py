"""How a signal is declared, what it finds, and the settings it runs under."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from submissions.rules.merge import SliceKey
from submissions.rules.signals.view import View

Family = Literal["size", "mix", "digits", "copies", "origin", "rhythm", "rivalry", "people"]
Figures = Mapping[str, float | int | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A number that an operator may change."""

    name: str
    default: float
    minimum: float
    maximum: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Found:
    """A slice that a rule speaks about: how strongly (0 to 1), and what it saw."""

    key: SliceKey
    strength: float
    figures: Figures


Limits = Mapping[str, float]
"""A signal's thresholds by their names."""


class Rule(Protocol):
    """Looks at one side of a report; its docstring is printed on the methodology page."""

    def __call__(self, *, view: View, limits: Limits) -> Iterable[Found]:
        """What it speaks about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalSpec:
    """One signal. `sentence` is a template over its figures, for the owner; `clears` says what
    would clear it; `rule`'s docstring is what the methodology page prints. A `proof` may hold a
    day alone and is not calibrated away; whatever else speaks needs a second family."""

    code: str
    title: str
    family: Family
    weight: float
    sentence: str
    clears: str
    rule: Rule
    proof: bool = False
    thresholds: tuple[Threshold, ...] = ()

    @property
    def looks_at(self) -> str:
        """The first sentence of the rule's docstring."""
        return " ".join((self.rule.__doc__ or "").split("\n\n")[0].split())

    @property
    def weight_key(self) -> str:
        """The runtime setting of its weight; 0 switches the signal off."""
        return f"signal_{self.code}_weight"

    def key_of(self, threshold: Threshold) -> str:
        """The runtime setting of one of its thresholds."""
        return f"signal_{self.code}_{threshold.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilySpec:
    """Signals that look at the same side of usage, and how much they may weigh together."""

    name: Family
    words: str
    ceiling: float

    @property
    def ceiling_key(self) -> str:
        """The runtime setting of the ceiling."""
        return f"signal_family_{self.name}_ceiling"


@dataclass(frozen=True, slots=True)
class SignalSettings:
    """Weights, ceilings and thresholds as of one moment: by runtime key those that are known,
    the catalogue's defaults for the rest."""

    values: Mapping[str, float] = field(default_factory=dict)

    def value(self, key: str, default: float) -> float:
        """The setting of that key."""
        return self.values.get(key, default)

    def weight_of(self, spec: SignalSpec) -> float:
        """What a signal weighs at full strength."""
        return self.values.get(spec.weight_key, spec.weight)

    def limits_of(self, spec: SignalSpec) -> dict[str, float]:
        """A signal's thresholds by their names."""
        return {
            threshold.name: self.values.get(spec.key_of(threshold), threshold.default)
            for threshold in spec.thresholds
        }
