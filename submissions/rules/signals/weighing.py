"""From signals to holds: families are capped, one of them is never enough unless it is proof, and
what speaks about many people whose usage stands says little."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from submissions.rules.holds import MICROUSD, HoldReason
from submissions.rules.merge import SliceKey
from submissions.rules.signals.catalogue import (
    BY_CODE,
    CEILING_OF,
    FLOOR_COST_USD,
    FLOOR_TOKENS,
    HOLD_FROM,
    RATE_QUIET,
    RATE_SILENT,
    SECOND_FAMILY_FROM,
    SIGNALS,
    TRUSTED_FACTOR,
)
from submissions.rules.signals.facts import ReportFacts, Signal
from submissions.rules.signals.scales import ramp
from submissions.rules.signals.specs import Family, SignalSettings, SignalSpec, Threshold
from submissions.rules.signals.view import View

__all__ = ["SignalSettings", "Verdict", "signals_of", "verdicts_of"]

Signals = Mapping[SliceKey, tuple[Signal, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the signals of a slice come to. `reasons` are those that weigh something, heaviest
    first."""

    hold: bool
    weight: float
    reasons: tuple[HoldReason, ...]


def signals_of(
    *, facts: ReportFacts, settings: SignalSettings
) -> dict[SliceKey, tuple[Signal, ...]]:
    """Every signal that speaks about a slice of the report; slices without one are left out."""
    if not facts.slices:
        return {}
    view = View(
        facts,
        floor_tokens=_value(settings, FLOOR_TOKENS),
        floor_microusd=_value(settings, FLOOR_COST_USD) * MICROUSD,
    )
    found: defaultdict[SliceKey, dict[str, Signal]] = defaultdict(dict)
    for spec in SIGNALS:
        if settings.weight_of(spec) <= 0:
            continue
        for seen in spec.rule(view=view, limits=settings.limits_of(spec)):
            strength = min(1.0, seen.strength)
            before = found[seen.key].get(spec.code)
            if strength > 0 and (before is None or before.strength < strength):
                found[seen.key][spec.code] = Signal(
                    code=spec.code,
                    strength=strength,
                    figures=seen.figures,
                    sentence=spec.sentence.format(**seen.figures),
                )
    return {key: tuple(signals.values()) for key, signals in found.items() if signals}


def verdicts_of(
    *, signals: Signals, facts: ReportFacts, settings: SignalSettings
) -> dict[SliceKey, Verdict]:
    """What is to wait for a person's look: by slice that has a signal."""
    large = {
        item.key: item.counts.total_tokens >= _value(settings, FLOOR_TOKENS)
        or item.cost_microusd >= _value(settings, FLOOR_COST_USD) * MICROUSD
        for item in facts.slices
    }
    factors: dict[str, float] = {}
    return {
        key: _verdict_of(
            found, large=large.get(key, False), facts=facts, settings=settings, factors=factors
        )
        for key, found in signals.items()
    }


def _verdict_of(
    found: tuple[Signal, ...],
    *,
    large: bool,
    facts: ReportFacts,
    settings: SignalSettings,
    factors: dict[str, float],
) -> Verdict:
    families: defaultdict[Family, float] = defaultdict(float)
    proven: defaultdict[Family, float] = defaultdict(float)
    reasons = []
    for signal in found:
        spec = BY_CODE[signal.code]
        if spec.code not in factors:
            factors[spec.code] = _factor_of(spec, facts=facts, settings=settings)
        weight = signal.strength * factors[spec.code]
        if weight <= 0:
            continue
        (proven if spec.proof else families)[spec.family] += weight
        reasons.append(
            HoldReason(
                code=signal.code,
                sentence=signal.sentence,
                weight=round(weight, 3),
                figures=signal.figures,
            )
        )
    capped = {name: min(sum_, _ceiling(name, settings)) for name, sum_ in families.items()}
    for name, sum_ in proven.items():
        capped[name] = capped.get(name, 0.0) + sum_
    whole = sum(capped.values())
    speaking = sum(sum_ >= _value(settings, SECOND_FAMILY_FROM) for sum_ in capped.values())
    enough = _value(settings, HOLD_FROM)
    proof = any(
        sum_ >= enough / 2 and capped[name] >= enough for name, sum_ in proven.items()
    )  # half a proof, and weaker signals of its own family that say the same
    hold = whole >= enough and (proof or (large and speaking > 1))
    reasons.sort(key=lambda reason: -reason.weight)
    return Verdict(hold=hold, weight=round(whole, 3), reasons=tuple(reasons))


def _ceiling(name: Family, settings: SignalSettings) -> float:
    family = CEILING_OF[name]
    return settings.value(family.ceiling_key, family.ceiling)


def _factor_of(spec: SignalSpec, *, facts: ReportFacts, settings: SignalSettings) -> float:
    """A signal's weight as it is now: less for the trusted, and less the more honest people it
    speaks about; a proof keeps its own."""
    weight = settings.weight_of(spec)
    if spec.proof:
        return weight
    rate = facts.cohort.rates.get(spec.code, 0.0)
    weight *= 1 - ramp(rate, low=_value(settings, RATE_QUIET), high=_value(settings, RATE_SILENT))
    return weight * _value(settings, TRUSTED_FACTOR) if facts.account.trusted else weight


def _value(settings: SignalSettings, threshold: Threshold) -> float:
    return settings.value(f"signal_{threshold.name}", threshold.default)
