"""What the methodology page says: taken from the rules themselves and the settings in force.

Prose that explains stands in the template; every number, code, name and docstring comes from here,
so that the page cannot say anything else than what the site does.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ccgather.ops.runtime import AnySetting, Value, catalogue, runtime
from leaderboard.querysets import StandingQuerySet
from leaderboard.rules.badges import BADGES, Badge, Category
from leaderboard.rules.boards import GRACE_DAYS, is_final, window_of
from leaderboard.rules.levels import LEVELS, LevelStep, level_of
from leaderboard.rules.streaks import streaks_of
from submissions.querysets import SliceQuerySet
from submissions.rules.evidence import SKETCH_SIZE, is_contained, overlap_of
from submissions.rules.holds import hard_limit_reason_of
from submissions.rules.merge import Outcome, not_counted_of, outcomes_of
from submissions.rules.model_names import canonical_model_of
from submissions.rules.pricing import PROVIDERS_BY_TRUST, cost_of, price_table_version, rates_of
from submissions.rules.prints import exact_key_of, shape_key_of
from submissions.rules.quarantine import version_key_of
from submissions.rules.reasons import REASONS, Reason
from submissions.rules.signals.catalogue import FAMILIES, GENERAL, SIGNALS
from submissions.rules.signals.specs import SignalSpec
from submissions.rules.signals.weighing import verdicts_of
from submissions.rules.validation import MAX_CLIENTS, MAX_DAYS, MAX_MODELS, MAX_ROWS
from submissions.services.appeals import APPEAL_DUE
from submissions.services.cases import REVIEW_DUE
from submissions.services.judging_facts import TRUSTED_AFTER, TRUSTED_DAYS
from submissions.services.planning import HARD_DAY_COST_USD
from submissions.signal_settings import KEYS as SIGNAL_KEYS

type Described = Callable[..., object] | type[object]

RULES: Mapping[str, tuple[Described, ...]] = {
    "merge": (outcomes_of, Outcome),
    "once": (SliceQuerySet.counted, not_counted_of, is_contained),
    "prices": (cost_of, rates_of, canonical_model_of),
    "ranks": (StandingQuerySet.ranked, window_of, is_final),
    "levels": (level_of, streaks_of),
    "limits": (hard_limit_reason_of,),
    "signals": (verdicts_of,),
    "copies": (overlap_of, exact_key_of, shape_key_of),
    "quarantine": (version_key_of,),
}
"""What each section of the page says in the code's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """A rule's docstring: where it stands, its paragraphs and the items of its lists."""

    name: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSetting:
    """A runtime setting as it is now; values as they are read ("on", "1,000")."""

    key: str
    sentence: str
    value: str
    default: str

    @property
    def is_changed(self) -> bool:
        """Whether this site runs with another value than the one it came with."""
        return self.value != self.default


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSignal:
    """A signal with its weight and thresholds now; `more` is what its docstring says beyond the
    first paragraph."""

    code: str
    title: str
    looks_at: str
    more: tuple[str, ...]
    clears: str
    is_proof: bool
    weight: ShownSetting
    thresholds: tuple[ShownSetting, ...]

    @property
    def is_off(self) -> bool:
        """Whether this site does not listen to it."""
        return self.weight.value == "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFamily:
    """Signals of one kind, and the most they weigh together."""

    name: str
    words: str
    ceiling: ShownSetting
    signals: tuple[ShownSignal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOutcome:
    """What a report can do to a slice, and what it means."""

    words: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Methodology:
    """Everything that the page takes from the code and the settings."""

    rules: Mapping[str, tuple[RuleText, ...]]
    outcomes: tuple[ShownOutcome, ...]
    price_table: str
    price_sources: tuple[str, ...]
    levels: tuple[LevelStep, ...]
    badges: tuple[tuple[Category, tuple[Badge, ...]], ...]
    families: tuple[ShownFamily, ...]
    weighing: tuple[ShownSetting, ...]
    reasons: tuple[Reason, ...]
    settings: tuple[ShownSetting, ...]
    changed: tuple[ShownSetting, ...]
    facts: Mapping[str, int | float | str]


OUTCOMES: Mapping[Outcome, str] = {
    Outcome.NEW: "Nothing was stored of it; it is taken.",
    Outcome.SAME: "It is what is stored; nothing changes.",
    Outcome.GREW: "It has as many tokens or more; it takes the place of what was stored, whole.",
    Outcome.REPLACED: "It has fewer tokens, and its sender asked for just that.",
    Outcome.CORRECTED: "It has fewer tokens, all logs were read, and by a newer version of what "
    "reads them: an over-count comes down.",
    Outcome.MOVED: "Its days are those of the sender’s own time zone, and the days around it have "
    "no fewer tokens together: a change of zone moved usage to a neighbouring day.",
    Outcome.CLEARED: "What was stored had been read by a release that counted wrong, and this one "
    "was not: it takes its place, also with fewer tokens.",
    Outcome.KEPT: "It has fewer tokens and none of the reasons above: logs age out, and what was "
    "stored stays. The sender is warned.",
}


def methodology() -> Methodology:
    """What is in force now. One query at most: for the settings, where they are not fresh."""
    overrides = runtime.overrides()
    shown = {entry.key: _setting(entry, overrides) for entry in catalogue()}
    return Methodology(
        rules={section: tuple(_rule(rule) for rule in rules) for section, rules in RULES.items()},
        outcomes=tuple(
            ShownOutcome(words=str(outcome), meaning=OUTCOMES[outcome]) for outcome in Outcome
        ),
        price_table=price_table_version(),
        price_sources=PROVIDERS_BY_TRUST,
        levels=LEVELS,
        badges=tuple(
            (category, tuple(badge for badge in BADGES if badge.category is category))
            for category in Category
        ),
        families=tuple(
            ShownFamily(
                name=family.name,
                words=family.words,
                ceiling=shown[family.ceiling_key],
                signals=tuple(
                    _signal(spec, shown) for spec in SIGNALS if spec.family == family.name
                ),
            )
            for family in FAMILIES
        ),
        weighing=tuple(shown[f"signal_{general.name}"] for general in GENERAL),
        reasons=tuple(REASONS.values()),
        settings=tuple(item for key, item in shown.items() if key not in SIGNAL_KEYS),
        changed=tuple(item for item in shown.values() if item.is_changed),
        facts=_facts(),
    )


def _facts() -> dict[str, int | float | str]:
    return {
        "sketch_size": SKETCH_SIZE,
        "grace_days": GRACE_DAYS,
        "review_days": REVIEW_DUE.days,
        "appeal_days": APPEAL_DUE.days,
        "trusted_days": TRUSTED_DAYS,
        "trusted_months": round(TRUSTED_AFTER.days / 30.5),
        "hard_tokens": _words(runtime.max_daily_tokens),
        "hard_cost": _words(HARD_DAY_COST_USD * runtime.max_daily_cost_factor),
        "first_hours": _words(runtime.copies_first_hours),
        "raw_days": runtime.raw_reports_kept_days,
        "refused_days": runtime.refused_reports_kept_days,
        "reports_an_hour": runtime.changing_reports_per_hour_account,
        "rows": MAX_ROWS,
        "days": MAX_DAYS,
        "clients": MAX_CLIENTS,
        "models": MAX_MODELS,
    }


def _setting(entry: AnySetting, overrides: Mapping[str, object]) -> ShownSetting:
    return ShownSetting(
        key=entry.key,
        sentence=entry.sentence,
        value=_words(entry.current(overrides)),
        default=_words(entry.default),
    )


def _words(value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:,.10g}" if isinstance(value, float) and value % 1 else f"{value:,.0f}"


def _signal(spec: SignalSpec, shown: Mapping[str, ShownSetting]) -> ShownSignal:
    return ShownSignal(
        code=spec.code,
        title=spec.title,
        looks_at=spec.looks_at,
        more=_paragraphs(spec.rule)[1:],
        clears=spec.clears,
        is_proof=spec.proof,
        weight=shown[spec.weight_key],
        # The settings' own sentences begin with the signal's title, which stands above them here.
        thresholds=tuple(
            replace(shown[spec.key_of(threshold)], sentence=threshold.sentence)
            for threshold in spec.thresholds
        ),
    )


def _rule(rule: Described) -> RuleText:
    return RuleText(name=f"{rule.__module__}.{rule.__qualname__}", paragraphs=_paragraphs(rule))


def _paragraphs(rule: Described) -> tuple[str, ...]:
    """The docstring without its line breaks; a list's items are paragraphs of their own."""
    text = inspect.getdoc(rule) or ""
    parts = text.replace("\n- ", "\n\n• ").split("\n\n")
    return tuple(" ".join(part.split()) for part in parts if part.strip())
