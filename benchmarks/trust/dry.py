"""`python -m benchmarks.trust.dry`: the rules against simulated facts, without a database.

For whoever tunes the rules: seconds, where the endpoint takes minutes. Prints the same figures as
the benchmark. `--show NAME` tells what was held of one person, or of one kind, and why.
"""

import argparse
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from tqdm import tqdm

from benchmarks.trust.baseline import baseline_verdicts_of
from benchmarks.trust.dry_site import DrySite, Judge, Known
from benchmarks.trust.scoring import Outcome, lines_of, score_of
from benchmarks.trust.story import Person, Send
from benchmarks.trust.worlds import world_of
from submissions.rules.merge import SliceKey
from submissions.rules.prints import exact_key_of, shape_key_of
from submissions.rules.signals import cohorts, copies
from submissions.rules.signals.facts import Cohort, Match, ReportFacts, Signal, SliceFacts
from submissions.rules.signals.weighing import SignalSettings, signals_of, verdicts_of

Noted = tuple[datetime, SliceKey, float, tuple[Signal, ...]]
"""When a slice was held, which, how heavily, and by what."""


def judge_of(settings: SignalSettings, *, log: list[Noted] | None = None) -> Judge:
    """The site's rules as a judge; `log` gathers what was held."""

    def judge(facts: ReportFacts) -> Mapping[SliceKey, tuple[str, ...]]:
        signals = signals_of(facts=facts, settings=settings)
        verdicts = verdicts_of(signals=signals, facts=facts, settings=settings)
        if log is not None:
            for key, verdict in verdicts.items():
                if verdict.hold:
                    log.append((facts.at, key, verdict.weight, signals.get(key, ())))
        return {
            key: tuple(reason.code for reason in verdict.reasons) or ("held",)
            for key, verdict in verdicts.items()
            if verdict.hold
        }

    return judge


def run(
    people: Sequence[Person], *, judge: Judge, measures: bool, tick: Callable[[], object]
) -> dict[str, Outcome]:
    """What becomes of everybody's reports under that judge."""
    site = DrySite(
        judge=judge,
        exact=exact_key_of,
        shape=shape_key_of,
        measure=_cohort_of if measures else None,
    )
    if measures:
        site.convincing = _convincing
    return site.take_all(people, tick)


def _convincing(facts: ReportFacts) -> Collection[Match]:
    return copies.convincing_matches(facts=facts, settings=SignalSettings())


def _cohort_of(days: Iterable[tuple[str, SliceFacts]]) -> Cohort:
    return cohorts.cohort_of(days=days)


def main() -> None:
    """Simulate, judge, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trust.dry", description=__doc__)
    parser.add_argument("--people", type=int, default=600)
    parser.add_argument("--cheats", type=int, default=10, help="of every strategy")
    parser.add_argument("--seed", default="2026")
    parser.add_argument("--world", choices=("logs", "other"), default="logs")
    parser.add_argument("--profile", choices=("tame", "wild"), default="wild")
    parser.add_argument("--show", default="", help="a name, or a kind of people or cheats")
    parser.add_argument("--baseline", action="store_true", help="the seeds' plain rules as well")
    options = parser.parse_args()
    begun = time.monotonic()
    people = world_of(
        world=options.world,
        people=options.people,
        each=options.cheats,
        seed=options.seed,
        profile=options.profile,
    )
    reports = sum(len(person.sends) for person in people)
    print(f"{len(people):,} people, {reports:,} reports made in {time.monotonic() - begun:.0f} s")
    if options.show:
        _show(people, options.show)
        return
    judges: list[tuple[str, Judge, bool]] = [("ours", judge_of(SignalSettings()), True)]
    if options.baseline:
        judges.append(("the seeds' plain rules", baseline_verdicts_of, False))
    for title, judge, measures in judges:
        begun = time.monotonic()
        with tqdm(total=reports, desc=title, unit=" reports", disable=None) as bar:
            outcomes = run(people, judge=judge, measures=measures, tick=bar.update)
        print("\n".join(lines_of(score_of(people, outcomes), title=title)))
        honest = [person.name for person in people if not person.cheats]
        told = [name for name in honest if outcomes[name].held][:25]
        for name in told:
            held = outcomes[name].held
            codes = sorted({code for found in held.values() for code in found})
            kind = next(person.kind for person in people if person.name == name)
            print(f"    {name} {kind}: {len(held)} places: {' '.join(codes)}")
        print(f"judged in {time.monotonic() - begun:.0f} s")


def _show(people: Sequence[Person], wanted: str) -> None:
    log: list[Noted] = []
    chosen = [person for person in people if wanted in (person.name, person.kind)]
    names = {person.name for person in chosen}
    site = DrySite(
        judge=judge_of(SignalSettings()),
        exact=exact_key_of,
        shape=shape_key_of,
        measure=_cohort_of,
        convincing=_convincing,
    )
    loud = judge_of(SignalSettings(), log=log)
    quiet = site.judge
    take = site.take

    def watched(known: Known, send: Send) -> None:
        log.clear()
        site.judge = loud if known.name in names else quiet
        take(known, send)
        for at, key, weight, signals in log[:4]:
            print(f"{at:%m-%d %H:%M} {known.name} {key[0]} {key[1]} weight {weight:.2f}")
            for signal in signals:
                print(f"      {signal.code} {signal.strength:.2f} {dict(signal.figures)}")

    outcomes = site.take_all(people, lambda: None, take=watched)
    for person in chosen:
        outcome = outcomes[person.name]
        print(f"{person.name} {person.kind}: {len(outcome.held)} places held, counts "
              f"{outcome.tokens:,}, true {person.true_tokens:,}")  # fmt: skip


if __name__ == "__main__":
    main()
