"""Keys that find the same usage elsewhere."""

from collections.abc import Callable, Sequence
from datetime import date
from random import Random

import pytest

from submissions.report import UsageRow
from submissions.rules.prints import exact_key_of, shape_key_of

DAY = date(2026, 11, 1)


def row(*classes: int, model: str = "claude-opus-4-5", day: date = DAY) -> UsageRow:
    return UsageRow(
        day=day,
        client="claude",
        model=model,
        provider="anthropic",
        input_tokens=classes[0],
        output_tokens=classes[1],
        cache_read_tokens=classes[2],
        cache_write_tokens=classes[3],
    )


FIRST = (12_345, 456_789, 98_765_432, 3_456_789)
SECOND = (2_345, 56_789, 8_765_432, 456_789)


def test_the_same_counts_have_one_key_whatever_model_and_day_they_are_told_of() -> None:
    key = exact_key_of([row(*FIRST), row(*SECOND, model="b")])
    assert key == exact_key_of([row(*SECOND, model="x"), row(*FIRST, model="y", day=date.min)])
    assert key != exact_key_of([row(*FIRST), row(2_346, *SECOND[1:])])


@pytest.mark.parametrize("key_of", [exact_key_of, shape_key_of])
def test_a_slice_too_small_to_tell_has_no_key(
    key_of: Callable[[Sequence[UsageRow]], int | None],
) -> None:
    assert key_of([row(10, 200, 3_000, 40)]) is None
    assert key_of([]) is None
    assert key_of([row(0, 0, 5_000_000, 0)]) is None


def test_keys_fit_a_bigint() -> None:
    for key in (exact_key_of([row(*FIRST)]), shape_key_of([row(*FIRST)])):
        assert key is not None
        assert 0 <= key < 2**63


def test_a_series_with_noise_keeps_the_shape_of_many_days() -> None:
    rng = Random(1)
    days = [
        [int(rng.lognormvariate(size, 1)) + 5_000 for size in (10, 12, 17, 14)] for _ in range(200)
    ]
    off = [[int(value * rng.uniform(0.96, 1.04)) for value in day] for day in days]
    pairs = zip(days, off, strict=True)
    same = sum(shape_key_of([row(*a)]) == shape_key_of([row(*b)]) for a, b in pairs)
    assert same > 60
    assert len({shape_key_of([row(*day)]) for day in days}) > 195


def test_ten_times_a_day_is_another_shape() -> None:
    assert shape_key_of([row(*FIRST)]) != shape_key_of([row(*(10 * value for value in FIRST))])
