"""Geometry, tested as numbers."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccgather.ui.charts import calendar, parts, scale, series

MONDAY = date(2026, 11, 16)


def test_a_week_is_one_column_from_monday_to_sunday() -> None:
    graph = calendar.calendar_of(heat={}, start=MONDAY, end=MONDAY + timedelta(days=6))
    assert {cell.x for cell in graph.cells} == {calendar.LEFT}
    assert [cell.y for cell in graph.cells] == [18, 32, 46, 60, 74, 88, 102]
    assert (graph.width, graph.height) == (calendar.LEFT + calendar.CELL, 113)


def test_the_day_after_sunday_begins_the_next_column() -> None:
    graph = calendar.calendar_of(heat={}, start=MONDAY, end=MONDAY + timedelta(days=7))
    assert (graph.cells[-1].x, graph.cells[-1].y) == (calendar.LEFT + 14, calendar.TOP)


def test_a_year_that_begins_on_thursday_leaves_the_days_before_it_out() -> None:
    graph = calendar.calendar_of(heat={}, start=date(2026, 1, 1), end=date(2026, 12, 31))
    assert len(graph.cells) == 365
    assert graph.cells[0].y == calendar.TOP + 3 * calendar.STEP
    assert graph.width == calendar.LEFT + 53 * calendar.STEP - calendar.GAP


def test_a_leap_year_has_its_day() -> None:
    graph = calendar.calendar_of(heat={}, start=date(2028, 1, 1), end=date(2028, 12, 31))
    assert len(graph.cells) == 366
    assert date(2028, 2, 29) in {cell.day for cell in graph.cells}


def test_heat_is_taken_as_given_and_kept_between_nought_and_four() -> None:
    heat = {MONDAY: 3, MONDAY + timedelta(days=1): 9, MONDAY + timedelta(days=2): -1}
    graph = calendar.calendar_of(heat=heat, start=MONDAY, end=MONDAY + timedelta(days=3))
    assert [cell.heat for cell in graph.cells] == [3, 4, 0, 0]


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2060, 1, 1)))
def test_the_last_twelve_months_are_fifty_three_columns(today: date) -> None:
    start, end = calendar.last_year_of(today=today)
    graph = calendar.calendar_of(heat={}, start=start, end=end)
    assert start.weekday() == 0
    assert end == today
    assert len({cell.x for cell in graph.cells}) == 53


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2060, 1, 1)))
def test_labels_of_months_never_touch_and_stay_inside(today: date) -> None:
    start, end = calendar.last_year_of(today=today)
    graph = calendar.calendar_of(heat={}, start=start, end=end)
    places = [label.x for label in graph.months]
    assert all(after - before >= 3 * calendar.STEP for before, after in pairwise(places))
    assert max(places) + 2 * calendar.STEP <= graph.width
    assert 11 <= len(places) <= 13


@pytest.mark.parametrize(
    ("top", "ticks"),
    [
        (0, (0, 1)),
        (1, (0, 1)),
        (3, (0, 1, 2, 3)),
        (100, (0, 25, 50, 75, 100)),
        (7_300_000, (0, 2_000_000, 4_000_000, 6_000_000, 8_000_000)),
    ],
)
def test_an_axis_has_round_numbers(top: int, ticks: tuple[int, ...]) -> None:
    assert scale.ticks_of(top=top) == ticks


@given(st.integers(min_value=1, max_value=2**60))
def test_an_axis_begins_at_nought_and_holds_the_largest(top: int) -> None:
    ticks = scale.ticks_of(top=top)
    assert ticks[0] == 0
    assert ticks[-2] < top <= ticks[-1]
    assert len(ticks) <= 6


def test_a_series_draws_nought_on_the_ground_and_the_top_tick_at_the_top() -> None:
    chart = series.series_of(values=[(MONDAY, 0), (MONDAY + timedelta(days=1), 100)])
    assert [point.y for point in chart.points] == [chart.bottom, series.TOP]
    step = (series.WIDTH - series.LEFT - series.RIGHT) / 2
    assert [point.x for point in chart.points] == [
        series.LEFT + step / 2,
        series.LEFT + step * 1.5,
    ]
    assert chart.line == "M280 212L728 10"
    assert chart.area == "M280 212L728 10L728 212L280 212Z"


def test_the_columns_of_a_series_cover_its_width_without_gaps() -> None:
    values = [(MONDAY + timedelta(days=offset), offset) for offset in range(90)]
    points = series.series_of(values=values).points
    assert points[0].left == series.LEFT
    assert points[-1].left + points[-1].width == pytest.approx(
        series.WIDTH - series.RIGHT, abs=0.02
    )


def test_a_series_names_its_first_and_last_day() -> None:
    values = [(MONDAY + timedelta(days=offset), 1) for offset in range(30)]
    days = series.series_of(values=values).days
    assert [tick.day for tick in days][:: len(days) - 1] == [values[0][0], values[-1][0]]
    assert [tick.anchor for tick in days] == ["start", "middle", "middle", "middle", "end"]


def test_a_series_of_nothing_is_empty() -> None:
    chart = series.series_of(values=[])
    assert (chart.line, chart.area, chart.points, chart.days) == ("", "", (), ())


def test_days_without_usage_are_nought() -> None:
    day_after = MONDAY + timedelta(days=2)
    assert series.days_between({day_after: 5}, first=MONDAY, last=day_after) == [
        (MONDAY, 0),
        (MONDAY + timedelta(days=1), 0),
        (day_after, 5),
    ]


def test_weeks_are_named_by_their_mondays_and_lose_nothing() -> None:
    values = [(MONDAY + timedelta(days=offset), 1) for offset in range(-3, 9)]
    assert series.sums_by_week(values) == [
        (MONDAY - timedelta(days=7), 3),
        (MONDAY, 7),
        (MONDAY + timedelta(days=7), 2),
    ]


def test_a_sparkline_reaches_from_edge_to_edge() -> None:
    assert series.sparkline_of(values=[0, 5, 10]) == "M0 27L60 14L120 1"
    assert series.sparkline_of(values=[]) == ""
    assert series.sparkline_of(values=[0]) == "M0 27"


def test_parts_stand_by_size_and_fill_the_bar() -> None:
    found = parts.parts_of(values=[("small", 1), ("none", 0), ("large", 3)])
    assert [(part.name, part.x, part.width, part.heat) for part in found] == [
        ("large", 0, 750, 4),
        ("small", 750, 250, 3),
    ]


def test_parts_beyond_the_limit_are_summed_up() -> None:
    found = parts.parts_of(values=[(str(size), size) for size in range(1, 21)], limit=4)
    assert [(part.name, part.value) for part in found] == [
        ("20", 20),
        ("19", 19),
        ("18", 18),
        ("Other", 153),
    ]


def test_a_whole_of_nothing_has_no_parts() -> None:
    assert parts.parts_of(values=[("none", 0)]) == ()


@given(st.lists(st.integers(min_value=1, max_value=2**53), min_size=1, max_size=40))
def test_parts_lose_nothing(sizes: list[int]) -> None:
    found = parts.parts_of(values=[(str(place), size) for place, size in enumerate(sizes)])
    assert sum(part.value for part in found) == sum(sizes)
    assert found[-1].x + found[-1].width == pytest.approx(parts.WIDTH, abs=0.02)


def test_something_beside_something_huge_is_still_seen() -> None:
    assert parts.width_of(value=1, largest=10**15) == 4
    assert parts.width_of(value=0, largest=10) == 0
    assert parts.width_of(value=5, largest=10) == 500
    assert parts.width_of(value=5, largest=0) == 0
