"""Evidence sketches: the hashes as the contract has them, unions, and how good the estimate is."""

import json
import random
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.report import EvidenceSketch
from submissions.rules.evidence import (
    KEY_COUNT,
    SKETCH_SIZE,
    hash_of,
    keys_of,
    message_digest_of,
    overlap_of,
    salt_id_of,
    sketch_of,
)
from tests.submissions.formats.bodies import EXAMPLES

VECTORS = json.loads((EXAMPLES / "evidence-vectors.json").read_text(encoding="utf-8"))
DAY = date(2026, 11, 20)
HASH = st.integers(min_value=0, max_value=2**64 - 1)
HASHES = st.sets(HASH, max_size=200)


@pytest.mark.parametrize("vector", VECTORS["hashes"], ids=lambda v: f"{v['client']}-{v['id']}")
def test_a_hash_is_the_one_of_the_contract(vector: dict[str, str]) -> None:
    digest = message_digest_of(client=vector["client"], message_id=vector["id"])
    assert digest.hex() == vector["digest"]
    value = hash_of(digest=digest, salt=bytes.fromhex(vector["salt"]))
    assert f"{value:016x}" == vector["value"]


def test_the_id_of_a_salt_is_the_one_of_the_contract() -> None:
    found = {salt: salt_id_of(bytes.fromhex(salt)) for salt in VECTORS["saltIds"]}
    assert found == VECTORS["saltIds"]


def test_a_sketch_is_the_one_of_the_contract() -> None:
    stated = VECTORS["sketch"]
    sketch = sketch_of(
        hash_of(
            digest=message_digest_of(client=stated["client"], message_id=f"message-{number}"),
            salt=bytes.fromhex(stated["salt"]),
        )
        for number in range(stated["ids"])
    )
    assert sketch.messages == stated["messages"]
    assert [f"{value:016x}" for value in sketch.values()] == stated["hashes"]


def test_two_sites_cannot_compare() -> None:
    digest = message_digest_of(client="claude", message_id="msg_1")
    assert hash_of(digest=digest, salt=b"a" * 32) != hash_of(digest=digest, salt=b"b" * 32)


def test_one_id_of_two_tools_is_two_messages() -> None:
    assert message_digest_of(client="a", message_id="bc") != message_digest_of(
        client="ab", message_id="c"
    )


@given(HASHES, st.randoms(use_true_random=False))
def test_the_order_of_the_messages_and_repeats_do_not_matter(
    hashes: set[int], chance: random.Random
) -> None:
    shuffled = [*hashes, *hashes]
    chance.shuffle(shuffled)
    sketch = sketch_of(shuffled)
    assert sketch == sketch_of(hashes)
    assert sketch.messages == len(hashes)
    assert list(sketch.values()) == sorted(hashes)[:SKETCH_SIZE]


@given(HASHES, HASHES)
def test_the_sketch_of_two_logs_is_that_of_their_two_sketches(a: set[int], b: set[int]) -> None:
    together = sketch_of([*sketch_of(a).values(), *sketch_of(b).values()])
    assert together.hashes == sketch_of(a | b).hashes


@given(HASHES, HASHES)
def test_an_overlap_is_the_same_from_both_sides(a: set[int], b: set[int]) -> None:
    there = overlap_of(a=sketch_of(a), b=sketch_of(b))
    back = overlap_of(a=sketch_of(b), b=sketch_of(a))
    assert (there.same, there.compared, there.jaccard) == (back.same, back.compared, back.jaccard)
    assert (there.shared_messages, there.shared_error) == (back.shared_messages, back.shared_error)
    assert (there.of_a, there.of_b) == (back.of_b, back.of_a)
    assert 0 <= there.shared_messages <= min(len(a), len(b))


@given(st.sets(HASH, max_size=SKETCH_SIZE), st.sets(HASH, max_size=SKETCH_SIZE))
def test_small_days_are_compared_exactly(a: set[int], b: set[int]) -> None:
    found = overlap_of(a=sketch_of(a), b=sketch_of(b))
    assert found.exact
    assert found.shared_messages == pytest.approx(len(a & b))
    assert (found.jaccard_error, found.shared_error) == (0, 0)


def drawn(chance: random.Random, count: int) -> list[int]:
    return [chance.getrandbits(64) for _ in range(count)]


@pytest.mark.parametrize(
    ("only_a", "only_b", "shared"),
    [
        (0, 0, 1_000),  # a copied log
        (500, 500, 1_000),
        (900, 900, 100),
        (0, 2_000, 400),  # somebody's small day inside another's large one
        (50, 3_000, 50),
        (30, 1_000, 30),  # one sketch has all messages of its day
        (1_000, 1_000, 0),
        (40, 40, 40),
    ],
)
def test_the_estimate_is_within_its_standard_error(only_a: int, only_b: int, shared: int) -> None:
    chance = random.Random(f"{only_a} {only_b} {shared}")
    jaccard = shared / (only_a + only_b + shared)
    off: list[float] = []
    errors: list[float] = []
    within = 0
    runs = 400
    for _ in range(runs):
        both = drawn(chance, shared)
        found = overlap_of(
            a=sketch_of(both + drawn(chance, only_a)), b=sketch_of(both + drawn(chance, only_b))
        )
        off.append(found.jaccard - jaccard)
        errors.append(found.jaccard_error)
        within += abs(found.shared_messages - shared) <= 2 * found.shared_error + 1e-9
    spread = fmean(value**2 for value in off) ** 0.5
    assert abs(fmean(off)) < 3 * spread / runs**0.5 + 1e-9  # no bias
    assert spread <= 1.15 * fmean(errors) + 1e-9  # and as exact as it says
    assert within >= 0.9 * runs


def test_unrelated_days_share_nothing() -> None:
    chance = random.Random(7)
    sketches = [sketch_of(drawn(chance, 300)) for _ in range(60)]
    assert all(overlap_of(a=a, b=b).same == 0 for a, b in pairwise(sketches))


def test_a_copy_is_a_copy() -> None:
    log = sketch_of(drawn(random.Random(1), 5_000))
    found = overlap_of(a=log, b=log)
    assert (found.same, found.compared, found.jaccard) == (64, 64, 1)
    assert (found.shared_messages, found.of_a, found.of_b) == (5_000, 1, 1)
    assert 0 < found.jaccard_error < 0.02


def test_a_day_without_messages_overlaps_with_nothing() -> None:
    empty = EvidenceSketch(messages=0, hashes=b"")
    found = overlap_of(a=empty, b=sketch_of([1, 2]))
    assert (found.jaccard, found.shared_messages, found.of_a, found.of_b) == (0, 0, 0, 0)
    assert overlap_of(a=empty, b=empty).compared == 0


@given(HASHES, st.dates(min_value=date(2020, 1, 1), max_value=date(2109, 1, 1)))
def test_keys_fit_a_bigint_and_later_days_sort_later(hashes: set[int], day: date) -> None:
    sketch = sketch_of(hashes)
    keys = keys_of(day=day, sketch=sketch)
    assert len(keys) == min(KEY_COUNT, len(hashes))
    assert all(0 <= key < 2**63 for key in keys)
    later = keys_of(day=day + timedelta(days=1), sketch=sketch)
    assert not keys or max(keys) < min(later)


def test_a_copy_is_found_by_its_keys_and_a_part_of_a_log_nearly_always() -> None:
    chance = random.Random(3)
    found = 0
    for _ in range(200):
        both = drawn(chance, 250)  # a third of all
        a = sketch_of(both + drawn(chance, 250))
        b = sketch_of(both + drawn(chance, 250))
        found += bool(set(keys_of(day=DAY, sketch=a)) & set(keys_of(day=DAY, sketch=b)))
    assert found >= 180  # 1 - (2/3) ** 8 is 0.961
