"""What must be held: tables of figures that no honest log has."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from submissions.rules.signals.comb import comb_of
from submissions.rules.signals.copies import convincing_matches
from submissions.rules.signals.facts import Figure, Match, RivalFacts
from submissions.rules.signals.rivalry import is_narrow
from submissions.rules.signals.specs import SignalSettings
from tests.submissions.rules.signals.facts_of import (
    AT,
    codes_of,
    days_before,
    held,
    honest_days,
    item_of,
    past_of,
    report_of,
    times,
)


@pytest.mark.parametrize("factor", [4, 5, 7, 12, 4.37, 6.5, 11.81])
def test_a_history_that_is_multiplied_from_some_day_is_held(factor: float) -> None:
    items = honest_days(Random(7), days=60)
    told = items[:30] + [times(item, factor) for item in items[30:]]
    found = held(report_of(told))
    false = {item.key for item in told[30:]}
    assert len(found & false) > 24
    assert len(found - false) < 2  # an honest day can lie on the comb by chance


def test_multiplied_tokens_with_the_messages_left_alone_are_held() -> None:
    items = honest_days(Random(8), days=60)
    history = [past_of(item) for item in items[:40]]
    false = [times(item, 8.3, messages=False) for item in items[40:]]
    facts = report_of(false, history=history)
    assert len(held(facts)) > 14
    assert any("tokens_without_messages" in codes for codes in codes_of(facts).values())


@pytest.mark.parametrize("step", [1_000, 10_000, 1_000_000])
def test_round_numbers_day_after_day_are_held(step: int) -> None:
    items = []
    for item in honest_days(Random(9), days=8, centre=19):
        counts = item.counts
        classes = (
            max(step, round(counts.input_tokens / step) * step),
            max(step, round(counts.output_tokens / step) * step),
            round(counts.cache_read_tokens / step) * step,
            round(counts.cache_write_tokens / step) * step, 0,
        )  # fmt: skip
        items.append(item_of(classes, day=item.day))
    found = {key for key, codes in codes_of(report_of(items)).items() if "round_numbers" in codes}
    assert len(found) == 8
    assert held(report_of(items)) >= found


def test_one_round_day_says_nothing() -> None:
    item = item_of((40_000, 123_457, 80_123_451, 2_000_123, 0))
    assert held(report_of([item])) == set()


def test_output_as_large_as_what_was_read_is_held() -> None:
    item = item_of((1_003, 30_000_011, 50_000_017, 2_000_003, 0), cost_usd=900)
    assert held(report_of([item])) == {item.key}


def test_a_tool_without_a_cache_may_say_much() -> None:
    item = item_of((9_000_011, 8_000_017, 0, 0, 0), model="my-model:30b", cost_usd=None)
    assert held(report_of([item])) == set()


def test_own_days_played_again_are_held_and_the_first_are_not() -> None:
    items = honest_days(Random(10), days=40, first=10)
    best = sorted(items, key=lambda item: -item.counts.total_tokens)[:3]
    again = [replace(best[number % 3], day=days_before(number)) for number in range(9)]
    facts = report_of(again, history=[past_of(item) for item in items])
    assert held(facts) == {item.key for item in again}


def test_own_days_played_again_a_little_larger_are_held() -> None:
    rng = Random(11)
    items = honest_days(rng, days=40, first=20)
    best = sorted(items, key=lambda item: -item.counts.total_tokens)[:3]
    again = [
        replace(times(best[number % 3], rng.uniform(1.0, 1.6)), day=days_before(number))
        for number in range(18)
    ]
    facts = report_of(again, history=[past_of(item) for item in items])
    assert len(held(facts)) > 12


def copy_matches(kind: str, count: int, *, other: str = "x", shift: int = 0) -> tuple[Match, ...]:
    return tuple(
        Match(
            key=("claude", days_before(number)), kind=kind, part=1.0,  # type: ignore[arg-type]
            other_first=True, shift_days=shift, other=other,
        )
        for number in range(count)
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["messages", "counts"])
@pytest.mark.parametrize("shift", [0, 7])
def test_another_accounts_log_is_held(kind: str, shift: int) -> None:
    items = honest_days(Random(12), days=3)
    facts = report_of(items, matches=copy_matches(kind, 3, shift=shift))
    assert held(facts) == {item.key for item in items}
    assert len(convincing_matches(facts=facts, settings=SignalSettings())) == 3


def test_one_nearly_equal_day_is_chance_and_many_are_a_copy() -> None:
    items = honest_days(Random(13), days=20)
    few = report_of(items, matches=copy_matches("shape", 2))
    assert held(few) == set()
    assert convincing_matches(facts=few, settings=SignalSettings()) == ()
    scattered = tuple(
        match
        for number in range(12)
        for match in copy_matches("shape", 20, other=f"p{number}", shift=number)[
            number : number + 1
        ]
    )
    assert held(report_of(items, matches=scattered)) == set()
    many = report_of(items, matches=copy_matches("shape", 9))
    assert held(many) == {item.key for item in items}


def test_a_model_on_a_day_before_it_came_out_is_held() -> None:
    old = item_of((100_003, 20_017, 9_000_041, 100_091, 0), day=days_before(500))
    new = item_of((100_003, 20_017, 9_000_043, 100_091, 0), day=days_before(10))
    assert held(report_of([old, new])) == {old.key}


def test_past_days_that_grow_alike_are_held_and_those_that_grow_apart_are_not() -> None:
    rng = Random(14)
    items = honest_days(rng, days=10, first=5)
    seen = AT - timedelta(days=4)
    before = {item.key: past_of(item, seen_at=seen) for item in items}
    alike = [times(item, 1.42) for item in items]
    assert "old_days_grow_alike" in codes_of(report_of(alike, replaced=before))[alike[0].key]
    assert held(report_of(alike, replaced=before)) == {item.key for item in alike}
    apart = [times(item, rng.uniform(1.0, 1.4)) for item in items]
    assert held(report_of(apart, replaced=before)) == set()


def test_landing_above_a_rival_by_a_hair_again_and_again_is_held() -> None:
    items = honest_days(Random(15), days=1)
    rival = RivalFacts(
        total_after=900_000_000, gap_tokens=301, people_above=5, narrow_before=2,
        spacing_tokens=40_000_000,
    )  # fmt: skip
    facts = replace(report_of(items), rival=rival)
    assert held(facts) == {items[0].key}
    assert held(replace(facts, rival=replace(rival, narrow_before=0))) == set()


def test_a_narrow_landing_is_narrow_for_where_it_is() -> None:
    assert is_narrow(gap_tokens=5, spacing_tokens=None, total=10**9)
    assert not is_narrow(gap_tokens=5, spacing_tokens=100, total=10**9)
    assert not is_narrow(gap_tokens=None, spacing_tokens=None, total=10**9)
    assert not is_narrow(gap_tokens=5, spacing_tokens=10**8, total=1_000)


def test_a_comb_is_found_whatever_the_factor_and_the_rounding() -> None:
    rng = Random(16)
    for factor in (3.3, 5, 7.77, 12.5, 31.4):
        for cut in (int, round):
            values = [
                cut(factor * int(rng.lognormvariate(size, 1)))
                for size in (6, 9, 12, 14) for _ in range(10)
            ]  # fmt: skip
            comb = comb_of(values=values)
            assert comb is not None
            assert comb.evidence > 16
            assert comb.factor == pytest.approx(factor, rel=1e-4)


def test_no_comb_is_found_among_counts_of_a_log() -> None:
    rng = Random(17)
    for _ in range(150):
        values = [int(rng.lognormvariate(size, 1)) for size in (7, 9, 12, 14) for _ in range(10)]
        assert comb_of(values=values) is None or comb_of(values=values).evidence < 16  # type: ignore[union-attr]


def test_far_from_the_cohort_is_said_and_holds_nothing_alone() -> None:
    item = honest_days(Random(18), days=1, centre=22)[0]
    figure = Figure(centre=16, spread=1, within=0.5, low=12, high=19, people=500, days=9_000)
    cohort = replace(report_of([item]).cohort, figures={("claude", "opus", "total"): figure})
    facts = report_of([item], cohort=cohort)
    assert "far_above_cohort" in codes_of(facts)[item.key]
    assert held(facts) == set()
