"""Who was held, and what a cheat has left: the figures that the benchmark prints."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.trust.sending import final_cells
from benchmarks.trust.story import Person, Place

MOST_HONEST_PEOPLE = 0.005
MOST_HONEST_DAYS = 0.0002
LEAST_CAUGHT = 0.95
MOST_GAIN = 3.0
_LEAST_COST = 1_000_000
"""Micro-dollars: whose true usage has no price to speak of is not measured by cost."""


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What became of one person's reports: tokens and micro-dollars that count in the end by
    place, and the codes of every place that was ever held."""

    counted: dict[Place, tuple[int, int]] = field(default_factory=dict)
    held: dict[Place, set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def tokens(self) -> int:
        """What counts."""
        return sum(tokens for tokens, _ in self.counted.values())

    @property
    def cost(self) -> int:
        """What it costs."""
        return sum(cost for _, cost in self.counted.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Cheated:
    """One cheat: what they asked for and what they got, as multiples of what is true."""

    name: str
    asked: float
    gain: float
    false_held: float
    caught: bool
    held_codes: frozenset[str]


def cheated(person: Person, outcome: Outcome) -> Cheated:
    """Caught: what counts is at most three times the truth, or half of what is false is held."""
    claimed = final_cells(person.sends)
    tokens = sum(cell.tokens for cell in claimed.values())
    costs = {place: cell.cost for place, cell in claimed.items()}
    asked = _ratio(tokens, sum(costs.values()), person)
    gain = _ratio(outcome.tokens, outcome.cost, person)
    by_cost = sum(person.false_tokens.values()) < 0.01 * tokens
    false = person.false_cost if by_cost else person.false_tokens
    counted_false = 0
    for place, amount in false.items():
        cell_total = costs[place] if by_cost else claimed[place].tokens
        counted = outcome.counted.get(place, (0, 0))[int(by_cost)]
        counted_false += max(0, min(amount, counted - (cell_total - amount)))
    whole = sum(false.values())
    false_held = 1 - counted_false / whole if whole else 0.0
    return Cheated(
        name=person.name,
        asked=asked,
        gain=gain,
        false_held=false_held,
        caught=gain <= MOST_GAIN or false_held >= 0.5,
        held_codes=frozenset(code for codes in outcome.held.values() for code in codes),
    )


def _ratio(tokens: int, cost: int, person: Person) -> float:
    ratio = tokens / max(1, person.true_tokens)
    if person.true_cost >= _LEAST_COST:
        ratio = max(ratio, cost / person.true_cost)
    return ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The figures of a run."""

    honest_people: int
    honest_held: tuple[str, ...]
    honest_days: int
    honest_days_held: int
    held_by_kind: Mapping[str, tuple[int, int]]
    held_by_code: Mapping[str, int]
    strategies: Mapping[str, tuple[Cheated, ...]]
    traceless: frozenset[str]
    precision: float

    @property
    def judged(self) -> list[Cheated]:
        """The cheats that leave a trace and ask for more than three times the truth."""
        return [
            cheat
            for name, found in self.strategies.items()
            if name not in self.traceless
            for cheat in found
            if cheat.asked > MOST_GAIN
        ]

    @property
    def caught(self) -> float:
        """The part of them that was caught."""
        judged = self.judged
        return sum(cheat.caught for cheat in judged) / len(judged) if judged else 1.0


def score_of(people: Iterable[Person], outcomes: Mapping[str, Outcome]) -> Score:
    """Compares what became of everybody with what is true."""
    kinds: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    codes: Counter[str] = Counter()
    held_names: list[str] = []
    days = days_held = 0
    strategies: dict[str, list[Cheated]] = defaultdict(list)
    traceless: set[str] = set()
    cheats_held = 0
    for person in people:
        outcome = outcomes[person.name]
        if person.cheats:
            strategies[person.kind].append(cheated(person, outcome))
            cheats_held += bool(outcome.held)
            if not person.leaves_trace:
                traceless.add(person.kind)
            continue
        kinds[person.kind][0] += 1
        days += len(final_cells(person.sends))
        if outcome.held:
            kinds[person.kind][1] += 1
            held_names.append(person.name)
            days_held += len(outcome.held)
            codes.update(code for found in outcome.held.values() for code in found)
    held = cheats_held + len(held_names)
    return Score(
        honest_people=sum(count for count, _ in kinds.values()),
        honest_held=tuple(held_names),
        honest_days=days,
        honest_days_held=days_held,
        held_by_kind={kind: (held_count, count) for kind, (count, held_count) in kinds.items()},
        held_by_code=dict(codes.most_common()),
        strategies={name: tuple(found) for name, found in strategies.items()},
        traceless=frozenset(traceless),
        precision=cheats_held / held if held else 1.0,
    )


def targets_of(score: Score) -> list[tuple[bool, str]]:
    """Each target, whether it was met, and the figure."""
    people = len(score.honest_held) / max(1, score.honest_people)
    days = score.honest_days_held / max(1, score.honest_days)
    judged = score.judged
    held_people = (
        f"honest people ever held: {len(score.honest_held)} of {score.honest_people:,}, "
        f"{people:.2%} (at most {MOST_HONEST_PEOPLE:.1%})"
    )
    held_days = (
        f"honest days ever held: {score.honest_days_held} of {score.honest_days:,}, "
        f"{days:.4%} (at most {MOST_HONEST_DAYS:.2%})"
    )
    caught = (
        f"cheats that leave a trace and ask for more than {MOST_GAIN:.0f} times the truth, "
        f"caught: {sum(cheat.caught for cheat in judged)} of {len(judged)}, "
        f"{score.caught:.1%} (at least {LEAST_CAUGHT:.0%})"
    )
    return [
        (people <= MOST_HONEST_PEOPLE, held_people),
        (days <= MOST_HONEST_DAYS, held_days),
        (score.caught >= LEAST_CAUGHT, caught),
    ]


def lines_of(score: Score, *, title: str) -> list[str]:
    """The whole print of one judge."""
    lines = [f"== {title}"]
    lines.append(
        f"{'strategy':20}{'cheats':>7}{'ask >3x':>8}{'caught':>8}{'<=3x':>6}{'half':>6}"
        f"{'gain med':>10}{'gain max':>10}  codes"
    )
    for name, found in score.strategies.items():
        lines.append(_strategy_line(name, found, leaves_trace=name not in score.traceless))
    lines.append(f"precision (people held that cheat, of all held): {score.precision:.3f}")
    held = {kind: counts for kind, counts in score.held_by_kind.items() if counts[0]}
    lines += [f"  honest held: {kind} {n} of {of}" for kind, (n, of) in held.items()]
    lines += [f"  honest days by code: {code} {n}" for code, n in score.held_by_code.items()]
    lines += [
        f"{'HELD  ' if is_met else 'MISSED'} {sentence}" for is_met, sentence in targets_of(score)
    ]
    return lines


def _strategy_line(name: str, found: Sequence[Cheated], *, leaves_trace: bool) -> str:
    asking = [cheat for cheat in found if cheat.asked > MOST_GAIN]
    counts: Counter[str] = Counter(code for cheat in found for code in cheat.held_codes)
    gains = [min(cheat.gain, 9_999.0) for cheat in found]
    codes = " ".join(f"{code}:{count}" for code, count in counts.most_common(4))
    caught = f"{sum(c.caught for c in asking) / len(asking):.0%}" if asking else "-"
    label = name if leaves_trace else f"{name} *"
    return (
        f"{label:20}{len(found):>7}{len(asking):>8}{caught:>8}"
        f"{sum(c.gain <= MOST_GAIN for c in asking):>6}"
        f"{sum(c.false_held >= 0.5 for c in asking):>6}"
        f"{median(gains):>10.2f}{max(gains):>10.1f}  {codes}"
    )


def figures_of(score: Score) -> dict[str, object]:
    """The same as values, to keep."""
    return {
        "honest_people": score.honest_people,
        "honest_people_held": len(score.honest_held),
        "honest_days": score.honest_days,
        "honest_days_held": score.honest_days_held,
        "honest_by_kind": {kind: list(counts) for kind, counts in score.held_by_kind.items()},
        "honest_days_by_code": dict(score.held_by_code),
        "precision": round(score.precision, 4),
        "caught": round(score.caught, 4),
        "strategies": {
            name: {
                "leaves_trace": name not in score.traceless,
                "cheats": len(found),
                "asking": sum(cheat.asked > MOST_GAIN for cheat in found),
                "caught": sum(cheat.caught for cheat in found if cheat.asked > MOST_GAIN),
                "gain_median": round(median(min(cheat.gain, 9_999) for cheat in found), 2),
                "gain_max": round(max(min(cheat.gain, 9_999) for cheat in found), 1),
            }
            for name, found in score.strategies.items()
        },
    }
