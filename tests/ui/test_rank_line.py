"""The geometry of ranks over time, tested as numbers."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ccgather.ui.charts import ranks, series

MONDAY = date(2026, 11, 16)


def days_of(values: list[int | None]) -> list[tuple[date, int | None]]:
    return [(MONDAY + timedelta(days=offset), rank) for offset, rank in enumerate(values)]


def test_the_best_rank_is_at_the_top() -> None:
    line = ranks.rank_line_of(ranks=days_of([4, 1]))
    assert [tick.value for tick in line.values] == [1, 2, 3, 4]
    assert [point.y for point in line.points] == [line.bottom, series.TOP]


def test_a_day_without_a_rank_breaks_the_line_and_a_lonely_one_is_a_dot() -> None:
    line = ranks.rank_line_of(ranks=days_of([2, 3, None, 5, None]))
    assert line.line.count("M") == 2
    assert [point.is_alone for point in line.points] == [False, False, False, True, False]
    assert [point.y is None for point in line.points] == [False, False, True, False, True]


def test_nobody_ranked_is_an_empty_chart() -> None:
    line = ranks.rank_line_of(ranks=[])
    assert (line.line, line.points, line.days) == ("", (), ())


@given(st.lists(st.one_of(st.none(), st.integers(1, 2_000_000)), max_size=40))
def test_every_rank_lies_between_the_first_and_the_last_tick(values: list[int | None]) -> None:
    line = ranks.rank_line_of(ranks=days_of(values))
    ticks = [tick.value for tick in line.values]
    assert ticks == sorted(set(ticks))
    assert ticks[0] >= 1
    assert 2 <= len(ticks) <= 7
    for point in line.points:
        if point.rank is not None:
            assert ticks[0] <= point.rank <= ticks[-1]
            assert point.y is not None
            assert series.TOP <= point.y <= line.bottom
