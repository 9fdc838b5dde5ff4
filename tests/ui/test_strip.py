"""The strip of days: geometry as numbers."""

from datetime import date, timedelta

from ccgather.ui.charts.strip import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    StripDay,
    Usual,
    strip_of,
)

FIRST = date(2026, 3, 1)
FLOOR = HEIGHT - BOTTOM


def days(*counted: int) -> list[StripDay]:
    return [
        StripDay(day=FIRST + timedelta(days=place), counted=tokens)
        for place, tokens in enumerate(counted)
    ]


def test_ten_times_as_much_is_always_as_far_up() -> None:
    ys = [mark.counted_y for mark in strip_of(days=days(1_000, 10_000, 100_000)).marks]
    assert ys == [FLOOR, round((FLOOR + TOP) / 2, 2), TOP]


def test_a_day_without_usage_has_no_mark_but_its_place() -> None:
    first, second = strip_of(days=days(0, 5_000)).marks
    assert first.counted_y is None
    assert first.x < second.x
    assert second.left == first.left + first.width


def test_a_held_day_is_marked_where_it_would_stand() -> None:
    held = StripDay(day=FIRST, counted=1_000, proposed=100_000)
    (mark,) = strip_of(days=[held]).marks
    assert mark.counted_y == FLOOR
    assert mark.proposed_y == TOP


def test_a_hold_of_nothing_counted_has_one_mark() -> None:
    (mark,) = strip_of(days=[StripDay(day=FIRST, counted=0, proposed=70_000)]).marks
    assert mark.counted_y is None
    assert mark.proposed_y is not None


def test_the_band_lies_between_low_and_high_and_the_axis_holds_it() -> None:
    usual = Usual(low=1_000, centre=1_000_000, high=1_000_000_000)
    strip = strip_of(days=days(50_000), usual=usual, own=50_000)
    assert strip.band is not None
    assert (strip.band.y, strip.band.y + strip.band.height) == (TOP, FLOOR)
    assert strip.band.centre_y == round((TOP + FLOOR) / 2, 2)
    assert strip.own_y == strip.marks[0].counted_y


def test_a_band_below_one_token_ends_at_the_floor() -> None:
    strip = strip_of(days=days(500), usual=Usual(low=0.001, centre=0.5, high=400))
    assert strip.band is not None
    assert strip.band.y + strip.band.height == FLOOR


def test_ticks_are_powers_of_ten_and_few() -> None:
    strip = strip_of(days=days(3, 900_000_000_000))
    values = [tick.value for tick in strip.values]
    assert values == [10**power for power in range(0, 13, 2)]


def test_a_strip_of_nothing_is_drawn_all_the_same() -> None:
    strip = strip_of(days=[])
    assert strip.marks == ()
    assert strip.days == ()
    assert len(strip.values) >= 3


def test_columns_fill_the_width() -> None:
    marks = strip_of(days=days(1, 2, 3, 4)).marks
    assert marks[0].left == LEFT
    assert marks[-1].left + marks[-1].width == WIDTH - RIGHT
