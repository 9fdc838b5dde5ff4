"""One log inside another, by their sketches; and what that means for one person's devices."""

from random import Random

import pytest

from submissions.rules.evidence import is_contained, sketch_of
from submissions.rules.merge import DaySlice, NotCountedReason, not_counted_of

DRAWN = Random(3)
MESSAGES = [DRAWN.getrandbits(64) for _ in range(3_000)]
OTHERS = [DRAWN.getrandbits(64) for _ in range(3_000)]


@pytest.mark.parametrize(
    ("smaller", "larger", "expected"),
    [
        (MESSAGES[:1_000], MESSAGES, True),
        (MESSAGES[:1_000], MESSAGES[:1_000], True),
        (MESSAGES[:990] + OTHERS[:10], MESSAGES, True),
        (MESSAGES[:500] + OTHERS[:500], MESSAGES, False),
        (MESSAGES[:800] + OTHERS[:200], MESSAGES, False),
        (OTHERS[:1_000], MESSAGES, False),
        (MESSAGES[:5], MESSAGES[:40], True),
        (MESSAGES[:5] + OTHERS[:1], MESSAGES[:40], False),
        # Fifty of three thousand: the sketches do not say.
        (MESSAGES[:50], MESSAGES, False),
        ([], MESSAGES, False),
        (MESSAGES[:50], [], False),
    ],
)
def test_a_log_is_inside_another(smaller: list[int], larger: list[int], expected: bool) -> None:
    found = is_contained(smaller=sketch_of(smaller), larger=sketch_of(larger))
    assert found is expected


def test_drawn_logs_that_are_half_the_same_are_never_taken_for_one_inside_the_other() -> None:
    drawn = Random(5)
    wrong = 0
    for _ in range(300):
        size = drawn.randint(65, 2_000)
        both = [drawn.getrandbits(64) for _ in range(size)]
        one = both + [drawn.getrandbits(64) for _ in range(size)]
        other = both + [drawn.getrandbits(64) for _ in range(size)]
        wrong += is_contained(smaller=sketch_of(one), larger=sketch_of(other))
    assert wrong == 0


def day_slice(
    order: int, *, tokens: int, device: str, log: list[int], **kinds: bool | str
) -> DaySlice:
    """A slice of one day with a sketch."""
    fields = {"client": "claude", "salt_id": "s"} | kinds
    return DaySlice(
        order=order,
        device=device,
        total_tokens=tokens,
        digest=bytes([order]),
        sketch=sketch_of(log),
        **fields,  # type: ignore[arg-type]
    )


SMALL = day_slice(1, tokens=100, device="a", log=MESSAGES[:900])
LARGE = day_slice(2, tokens=110, device="b", log=MESSAGES[:1_000])
SAME = NotCountedReason.SAME_ON_OTHER_DEVICE


def test_the_larger_reading_of_one_log_counts() -> None:
    assert not_counted_of([SMALL, LARGE]) == not_counted_of([LARGE, SMALL]) == {1: SAME}


@pytest.mark.parametrize(
    "other",
    [
        day_slice(2, tokens=110, device="a", log=MESSAGES[:1_000]),
        day_slice(2, tokens=110, device="b", log=MESSAGES[:1_000], client="codex"),
        day_slice(2, tokens=110, device="b", log=MESSAGES[:1_000], salt_id="another"),
        day_slice(2, tokens=110, device="b", log=OTHERS[:1_000]),
    ],
    ids=["one device", "another tool", "another salt", "another log"],
)
def test_what_is_not_the_same_log_counts_too(other: DaySlice) -> None:
    assert not_counted_of([SMALL, other]) == {}


def test_what_a_bad_release_read_covers_nothing() -> None:
    bad = day_slice(2, tokens=110, device="b", log=MESSAGES[:1_000], quarantined=True)
    assert not_counted_of([SMALL, bad]) == {2: NotCountedReason.QUARANTINED}


def test_three_readings_of_one_log_count_once() -> None:
    third = day_slice(3, tokens=105, device="c", log=MESSAGES[:950])
    assert not_counted_of([SMALL, LARGE, third]) == {1: SAME, 3: SAME}
