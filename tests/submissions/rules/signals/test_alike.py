"""Days like others that wait, and counts that come in steps with everybody else."""

from dataclasses import replace
from random import Random

import pytest

from submissions.rules.signals.alike import TELLING
from submissions.rules.signals.catalogue import SIGNALS
from submissions.rules.signals.facts import Cohort, Figure, PastSlice
from tests.submissions.rules.signals.facts_of import (
    codes_of,
    held,
    honest_days,
    past_of,
    report_of,
    times,
)


def waiting(items: list[PastSlice], code: str = "multiplied") -> tuple[PastSlice, ...]:
    return tuple(replace(item, hold_codes=(code,)) for item in items)


def test_what_needs_no_second_opinion_is_every_proof_and_the_hard_limit() -> None:
    assert {spec.code for spec in SIGNALS if spec.proof} | {"over_hard_limit"} == TELLING


def test_the_next_week_of_days_that_wait_waits_with_them() -> None:
    history = [past_of(item) for item in honest_days(Random(3), days=40, first=20)]
    false = honest_days(Random(13), days=20, centre=19.6, spread=0.3)
    facts = report_of(false[14:], history=history)
    known = replace(facts, waiting=waiting([past_of(item) for item in false[:14]]))
    speaking = ["like_days_that_wait" in codes for codes in codes_of(known).values()]
    assert sum(speaking) >= 4
    assert held(known) > held(facts)


@pytest.mark.parametrize("code", ["growth", "account_excluded"])
def test_days_that_wait_for_weaker_reasons_say_nothing(code: str) -> None:
    items = honest_days(Random(4), days=40)
    facts = report_of(items[30:], history=[past_of(item) for item in items[:20]])
    known = replace(facts, waiting=waiting([past_of(i) for i in items[20:30]], code))
    assert not any("like_days_that_wait" in codes for codes in codes_of(known).values())


def test_usage_as_before_is_nobodys_fault() -> None:
    items = honest_days(Random(5), days=60)
    facts = report_of(items[50:], history=[past_of(item) for item in items[:40]])
    false = [past_of(times(item, 12)) for item in items[40:50]]
    assert not held(replace(facts, waiting=waiting(false)))


def steps(*, people: int, spread: float = 0.0) -> Cohort:
    figure = Figure(
        centre=1.0, spread=spread, within=spread, low=1.0, high=1.0, people=people, days=people * 9
    )
    return Cohort(figures={("claude", "opus", "cache_steps"): figure})


@pytest.mark.parametrize(
    ("cohort", "speaks"),
    [
        (steps(people=400), True),
        (steps(people=4), False),
        (steps(people=400, spread=0.2), False),
        (Cohort(), False),
    ],
)
def test_reads_without_steps_are_held_only_where_everybody_has_them(
    cohort: Cohort, speaks: bool
) -> None:
    items = [
        item
        for item in honest_days(Random(6), days=20, centre=18)
        if item.counts.cache_read_tokens % 128
    ]
    found = held(report_of(items, cohort=cohort))
    assert bool(found) is speaks
