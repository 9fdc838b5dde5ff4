"""Sharing out by largest remainder loses nothing and invents nothing."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from submissions.formats.apportion import apportioned, table_of

COUNTS = st.lists(st.integers(0, 2**53), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("amount", "weights", "shares"),
    [
        (10, [1, 1, 1], [4, 3, 3]),
        (10, [0, 1], [0, 10]),
        (0, [3, 4], [0, 0]),
        (7, [0, 0], [7, 0]),
        (100, [667, 333], [67, 33]),
        (5, [], []),
    ],
)
def test_shares_are_proportional(amount: int, weights: list[int], shares: list[int]) -> None:
    assert apportioned(amount=amount, weights=weights) == shares


@given(amount=st.integers(0, 2**53), weights=COUNTS)
@settings(deadline=None)
def test_shares_add_up_and_are_within_one_of_exact(amount: int, weights: list[int]) -> None:
    shares = apportioned(amount=amount, weights=weights)
    assert sum(shares) == amount
    total = sum(weights)
    for share, weight in zip(shares, weights, strict=True):
        assert total == 0 or abs(share * total - amount * weight) < total


@st.composite
def margins(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Two lists with the same sum."""
    rows = draw(COUNTS)
    cuts = draw(st.lists(st.integers(0, sum(rows)), max_size=8))
    edges = [0, *sorted(cuts), sum(rows)]
    return rows, [after - before for before, after in itertools.pairwise(edges)]


@given(margins())
@settings(deadline=None)
def test_a_table_keeps_both_margins(sides: tuple[list[int], list[int]]) -> None:
    rows, columns = sides
    table = table_of(rows=rows, columns=columns)
    assert [sum(row) for row in table] == rows
    assert [sum(column) for column in zip(*table, strict=True)] == columns
    assert all(cell >= 0 for row in table for cell in row)
