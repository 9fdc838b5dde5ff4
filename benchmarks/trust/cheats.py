"""Cheats: each is an honest person underneath, with true usage, and claims more than they burned.

None is stupid: counts are plausible, days have their rhythm, sums add up. `STRATEGIES` says of each
whether it leaves a trace; a slow ramp and a constant multiple from the first day leave none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from benchmarks.trust import copying, multiplying
from benchmarks.trust.draft import Draft, some_of
from benchmarks.trust.people import DAYS, END, life_of, logs_of
from benchmarks.trust.rivals import rival_plus_one
from benchmarks.trust.sending import Cadence, moments_of, sends_of, settle_truth, tells_of
from benchmarks.trust.story import Person

BEGIN = END - timedelta(days=DAYS - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """What a cheat does. `base` are the kinds of honest people that do it."""

    name: str
    act: Callable[[Draft], None]
    leaves_trace: bool = True


STRATEGIES: tuple[Strategy, ...] = (
    Strategy(name="fabricated", act=multiplying.fabricated),
    Strategy(name="fabricated_means", act=multiplying.fabricated_means),
    Strategy(name="multiplied_whole", act=multiplying.multiplied_whole),
    Strategy(name="multiplied_real", act=multiplying.multiplied_real),
    Strategy(name="constant_multiple", act=multiplying.constant_multiple, leaves_trace=False),
    Strategy(name="slow_ramp", act=multiplying.slow_ramp, leaves_trace=False),
    Strategy(name="copied", act=copying.copied),
    Strategy(name="copied_jittered", act=copying.copied_jittered),
    Strategy(name="copied_shifted", act=copying.copied_shifted),
    Strategy(name="swapped_classes", act=multiplying.swapped_classes),
    Strategy(name="split_account", act=copying.split_account),
    Strategy(name="replayed", act=copying.replayed),
    Strategy(name="back_dated", act=copying.back_dated),
    Strategy(name="rewritten", act=copying.rewritten),
    Strategy(name="rival_plus_one", act=rival_plus_one),
    Strategy(name="invented_models", act=multiplying.invented_models),
    Strategy(name="round_numbers", act=multiplying.round_numbers),
    Strategy(name="sleepless", act=multiplying.sleepless),
    Strategy(name="forged_evidence", act=multiplying.forged_evidence),
    Strategy(name="top_at_once", act=multiplying.top_at_once),
)


BASES = ("regular", "regular", "weekender", "student", "several_devices", "cache_heavy")


def draft_of(
    seed: str, *, strategy: str, number: int, honest: Sequence[Person], tame: bool
) -> Draft:
    """The honest life of a cheat."""
    name = f"c-{strategy}-{number:03d}"
    rng = Random(f"{seed}:{name}")
    tells = tells_of(rng)
    life = life_of(rng, kind=rng.choice(BASES), tells=tells, tame=tame, name=name)
    life = replace(life, last=END)
    true = logs_of(rng, life)
    while sum(len(log) for log in true.values()) < 8:
        life = replace(life, workday=0.9)
        true = logs_of(rng, life)
    joined = max(BEGIN, life.first + timedelta(days=rng.randint(3, 28)))
    cadence: Cadence = rng.choice(("monthly", "fortnightly", "weekly", "weekly", "spells"))
    return Draft(
        rng=rng,
        name=name,
        life=life,
        tells=tells,
        true=true,
        joined=joined,
        honest=honest,
        claimed=true,
        moments=some_of(moments_of(rng, cadence=cadence, first=joined, last=END, zone=life.zone)),
    )


def cheat_of(
    seed: str, *, strategy: Strategy, number: int, honest: Sequence[Person], tame: bool
) -> Person:
    """One cheat with all their reports."""
    draft = draft_of(seed, strategy=strategy.name, number=number, honest=honest, tame=tame)
    strategy.act(draft)
    sends = sends_of(
        draft.rng,
        logs=draft.claimed,
        tells=draft.tells,
        moments=draft.moments,
        retention=draft.retention,
        rewriting=draft.rewriting,
    )
    person = Person(
        name=draft.name,
        kind=strategy.name,
        cheats=True,
        leaves_trace=strategy.leaves_trace,
        sends=sends,
    )
    settle_truth(person, true_logs=draft.true)
    own = [cell for log in draft.true.values() for cell in log.values()]
    person.true_tokens = sum(cell.tokens for cell in own)
    person.true_cost = sum(cell.cost for cell in own)
    return person


def cheats(*, each: int, seed: str, honest: Sequence[Person], tame: bool) -> list[Person]:
    """That many of every strategy."""
    found: list[Person] = []
    for strategy in STRATEGIES:
        of_it = [
            cheat_of(seed, strategy=strategy, number=number, honest=honest, tame=tame)
            for number in range(each)
        ]
        found += copying.under_several_names(of_it) if strategy.name == "split_account" else of_it
    return [person for person in found if person.sends]
