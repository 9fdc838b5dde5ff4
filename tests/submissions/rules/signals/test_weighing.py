"""Weighing: one weak signal never holds a day, families are capped, honest days pass."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from submissions.rules.signals.catalogue import BY_CODE, FAMILIES, GENERAL, SIGNALS, clears_of
from submissions.rules.signals.facts import AccountFacts, Cohort, Signal, SliceFacts
from submissions.rules.signals.specs import FamilySpec, SignalSettings, SignalSpec
from submissions.rules.signals.weighing import Verdict, verdicts_of
from tests.submissions.rules.signals.facts_of import (
    days_before,
    held,
    honest_days,
    item_of,
    judged,
    past_of,
    report_of,
)

LARGE = item_of((100_003, 200_017, 90_000_041, 1_000_091, 0), messages=900)


def signal(code: str, strength: float = 1.0) -> Signal:
    return Signal(code=code, strength=strength, figures={}, sentence=".")


def weighed(
    *codes: str,
    item: SliceFacts = LARGE,
    cohort: Cohort | None = None,
    trusted: bool = False,
    values: dict[str, float] | None = None,
) -> Verdict:
    account = AccountFacts(first_submission_at=None, clean_days=0, trusted=trusted)
    facts = report_of([item], cohort=cohort, account=account)
    found = {item.key: tuple(signal(code) for code in codes)}
    used = SignalSettings(values or {})
    return verdicts_of(signals=found, facts=facts, settings=used)[item.key]


@pytest.mark.parametrize("spec", [spec for spec in SIGNALS if not spec.proof])
def test_one_signal_that_is_no_proof_never_holds_a_day(spec: SignalSpec) -> None:
    assert not weighed(spec.code).hold


@pytest.mark.parametrize("family", FAMILIES)
def test_one_family_without_a_proof_never_holds_a_day(family: FamilySpec) -> None:
    codes = [spec.code for spec in SIGNALS if spec.family == family.name and not spec.proof]
    if codes:
        verdict = weighed(*codes)
        assert not verdict.hold
        assert verdict.weight <= family.ceiling


@pytest.mark.parametrize("spec", [spec for spec in SIGNALS if spec.proof])
def test_a_proof_holds_a_day_alone(spec: SignalSpec) -> None:
    assert weighed(spec.code).hold


def test_two_families_that_speak_loudly_hold_a_day() -> None:
    verdict = weighed("new_level", "growth", "tokens_without_messages")
    assert verdict.hold
    assert verdict.reasons[0].code == "tokens_without_messages"
    assert verdict.weight == pytest.approx(0.7 + 0.85)


def test_a_small_slice_is_held_by_proof_only() -> None:
    small = item_of((100, 200, 90_000, 1_000, 0), cost_usd=0.1)
    assert not weighed("new_level", "tokens_without_messages", item=small).hold
    assert weighed("same_messages", item=small).hold


def test_what_speaks_about_many_honest_people_weighs_nothing() -> None:
    often = Cohort(rates={"tokens_without_messages": 0.1})
    assert not weighed("new_level", "growth", "tokens_without_messages", cohort=often).hold
    assert weighed("same_counts", cohort=Cohort(rates={"same_counts": 0.5})).hold


def test_trusted_people_have_wider_bands_and_no_excuse_for_proofs() -> None:
    assert not weighed("new_level", "growth", "tokens_without_messages", trusted=True).hold
    assert weighed("same_messages", trusted=True).hold


def test_a_weight_of_zero_switches_a_signal_off() -> None:
    assert not weighed("same_messages", values={"signal_same_messages_weight": 0}).hold


def test_the_catalogue_names_everything_once_and_explains_it() -> None:
    keys = [spec.weight_key for spec in SIGNALS]
    keys += [spec.key_of(limit) for spec in SIGNALS for limit in spec.thresholds]
    keys += [family.ceiling_key for family in FAMILIES]
    keys += [f"signal_{limit.name}" for limit in GENERAL]
    assert len(keys) == len(set(keys))
    for spec in SIGNALS:
        assert spec.looks_at.endswith((".", ":")), spec.code
        assert spec.sentence.endswith("."), spec.code
        assert clears_of(spec.code) == spec.clears != ""
        assert BY_CODE[spec.code] is spec
    assert clears_of("over_hard_limit") == ""


@st.composite
def wild_people(draw: st.DrawFn) -> list[SliceFacts]:
    """A whole history: log-normal totals, shares fixed or noisy, classes empty, no messages."""
    rng = Random(draw(st.integers(0, 2**32)))
    spread = draw(st.floats(0.0, 2.5))
    centre = draw(st.floats(9.0, 21.0))
    noise = draw(st.sampled_from([0.0, 0.0, 0.02, 0.3]))
    cached = draw(st.sampled_from([0.0, 0.6, 0.9, 0.98]))
    spoken = draw(st.floats(0.01, 0.4 if cached >= 0.9 else 0.15))
    written = draw(st.sampled_from([0.0, 0.3, 0.7]))
    thought = draw(st.sampled_from([0.0, 0.4]))
    per_message = draw(st.sampled_from([0, 0, 20_000, 150_000]))
    model = draw(st.sampled_from(["claude-opus-4-5", "my-model:30b", "gpt-5.1-codex"]))
    every = draw(st.integers(1, 4))
    items = []
    for number in range(draw(st.integers(1, 120)), 0, -1):
        if rng.randrange(every):
            continue
        total = min(6.7e9, rng.lognormvariate(centre, spread))
        fresh = total * min(1.0, (1 - cached) * rng.lognormvariate(0, noise))
        output = fresh * min(0.9, spoken * rng.lognormvariate(0, noise))
        write = (fresh - output) * written
        classes = (
            int(fresh - output - write), int(output * (1 - thought)) + 1,
            int(total - fresh) if cached else 0, int(write), int(output * thought),
        )  # fmt: skip
        known = model != "my-model:30b"
        items.append(
            item_of(
                classes, day=days_before(number), model=model,
                messages=int(total / per_message) + 1 if per_message else 0,
                cost_usd=min(4_500.0, total / 1e6) if known else None,
            )
        )  # fmt: skip
    return items


@settings(max_examples=150, deadline=None)
@given(wild_people())
def test_no_day_of_a_wild_honest_history_is_held_at_once(items: list[SliceFacts]) -> None:
    assert held(report_of(items)) == set()


@settings(max_examples=40, deadline=None)
@given(wild_people())
def test_no_day_of_a_wild_honest_person_is_held_day_by_day(items: list[SliceFacts]) -> None:
    for place in range(max(0, len(items) - 5), len(items)):
        history = [past_of(item) for item in items[:place]]
        assert held(report_of([items[place]], history=history)) == set()


def test_a_robot_whose_day_is_always_the_same_is_not_held() -> None:
    items = [
        item_of((41_200, 12_000, 60_000_000, 300_000, 0), day=days_before(number))
        for number in range(60)
    ]
    assert held(report_of(items)) == set()


def test_a_new_machine_that_sends_everything_again_is_not_held() -> None:
    items = honest_days(Random(3), days=60)
    history = [past_of(item, device="old") for item in items]
    facts = replace(report_of(items, history=history), device="new")
    assert held(facts) == set()


def test_a_return_after_months_is_not_held() -> None:
    before = [past_of(item) for item in honest_days(Random(4), days=20, first=150)]
    items = honest_days(Random(5), days=12, centre=18.2)
    assert held(report_of(items, history=before)) == set()


def test_a_report_with_nothing_to_judge_has_no_verdicts() -> None:
    assert judged(report_of([])) == {}
