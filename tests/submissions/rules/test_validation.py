"""The rules on single values."""

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from submissions.errors import ReportInvalidError
from submissions.report import MAX_COUNT
from submissions.rules.validation import (
    MAX_REASONS,
    Problems,
    are_counts,
    checked_count,
    cost_microusd_of,
    count_of,
    shown,
)


@pytest.mark.parametrize(
    ("value", "face"),
    [
        (-5, -5),
        (MAX_COUNT + 1, MAX_COUNT + 1),
        (5.0, 5),
        ("12", 12),
        ("-3", -3),
        ("x", 0),
        ("", 0),
        (5.5, 0),
        (float("inf"), 0),
        (float("nan"), 0),
        (True, 0),
        (None, 0),
        ([], 0),
        ({}, 0),
    ],
)
def test_a_refused_count_comes_back_at_its_face_value(value: object, face: int) -> None:
    problems = Problems()
    assert checked_count(value, where="n", problems=problems) == face
    assert problems.count == 1


@given(st.integers(0, MAX_COUNT))
@settings(deadline=None)
def test_every_count_in_range_is_accepted(value: int) -> None:
    problems = Problems()
    assert count_of({"n": value}, "n", where="", problems=problems) == value
    assert problems.count == 0
    assert are_counts((value, 0, MAX_COUNT))


@pytest.mark.parametrize("value", [-1, MAX_COUNT + 1, True, 1.0, "1", None])
def test_one_bad_count_among_many_is_seen(value: object) -> None:
    assert not are_counts((1, value, 2))


def test_only_a_required_count_is_missed() -> None:
    problems = Problems()
    assert count_of({}, "n", where="a", problems=problems) == 0
    assert problems.count == 0
    assert count_of({}, "n", where="a", problems=problems, required=True) == 0
    assert problems.reasons == ("a.n: missing",)


@pytest.mark.parametrize(
    ("dollars", "microusd"),
    [
        (0, 0),
        (0.0, 0),
        (1, 1_000_000),
        (0.1, 100_000),
        (0.0000005, 0),
        (0.0000015, 2),
        (0.0000025, 2),
        (2.675, 2_675_000),
        (1_000_000_000, 10**15),
        (12345.6789015, 12_345_678_902),
        (1e-12, 0),
    ],
)
def test_a_cost_is_rounded_half_to_even(dollars: float, microusd: int) -> None:
    assert cost_microusd_of(dollars, where="c", problems=Problems()) == microusd


@given(st.floats(0, 1e9) | st.integers(0, 10**12).map(lambda micro: micro / 1e6))
@settings(deadline=None)
def test_the_quick_rounding_is_the_exact_one(dollars: float) -> None:
    exact = Decimal(repr(dollars)).scaleb(6).to_integral_value(rounding=ROUND_HALF_EVEN)
    assert cost_microusd_of(dollars, where="c", problems=Problems()) == int(exact)


@pytest.mark.parametrize(
    "value", [-1, -0.01, float("inf"), float("nan"), 1e10, 10**400, "1", True, [], {}]
)
def test_a_cost_that_is_none_is_refused(value: object) -> None:
    problems = Problems()
    assert cost_microusd_of(value, where="c", problems=problems) is None
    assert problems.count == 1


def test_no_cost_is_no_fault() -> None:
    problems = Problems()
    assert cost_microusd_of(None, where="c", problems=problems) is None
    assert problems.count == 0


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
@settings(deadline=None)
def test_any_value_is_shown_in_one_short_safe_line(value: object) -> None:
    text = shown(value)
    assert text.encode()
    assert len(text) < 800
    assert text.isprintable()


def test_problems_are_counted_beyond_those_that_are_worded() -> None:
    problems = Problems()
    for number in range(MAX_REASONS + 500):
        problems.add(f"rows[{number}]", "wrong")
    with pytest.raises(ReportInvalidError) as refusal:
        problems.raise_if_any()
    assert refusal.value.message == "1,500 problems in this report"
    assert len(refusal.value.shown_details()) == 101
    assert refusal.value.shown_details()[-1] == "and 1400 more"


def test_no_problem_raises_nothing() -> None:
    Problems().raise_if_any()
