"""Evidence and hours in native reports: each fault named where it is."""

from datetime import date
from typing import Any

import pytest

from submissions.report import EvidenceSketch
from tests.submissions.formats.bodies import Body, example, faults_of, native_row, read

DAY = "2026-11-19"
HASHES = [f"{number:016x}" for number in (1, 2, 3)]
KEY = ("claude", date(2026, 11, 19))


def sketch(**changes: object) -> Body:
    return {"day": DAY, "client": "claude", "messages": 3, "hashes": HASHES} | changes


def hours(**changes: object) -> Body:
    return {"day": DAY, "client": "claude", "counts": [1, 2, *[0] * 22]} | changes


def body(evidence: object = None, hourly: object = None, **changes: object) -> Body:
    found: Body = {
        "schema": "ccgather-report/1",
        "collector": {"name": "ccgather", "version": "0.1.0"},
        "rows": [native_row(input=5, messages=4), native_row(model="m", input=1, messages=96)],
        "totals": {"tokens": 6},
    }
    if evidence is not None:
        found["evidence"] = evidence
    if hourly is not None:
        found["hourly"] = hourly
    return found | changes


def with_sketches(*sketches: object, **changes: object) -> Body:
    return body({"version": 1, "k": 64, "sketches": list(sketches)} | changes)


def test_a_sketch_and_hours_are_taken_with_their_slice() -> None:
    report = read(with_sketches(sketch(), saltId="0123abcd") | {"hourly": [hours()]})
    assert report.evidence is not None
    assert report.evidence.salt_id == report.salt_id == "0123abcd"
    assert report.evidence.sketches == {
        KEY: EvidenceSketch(messages=3, hashes=bytes.fromhex("".join(HASHES)))
    }
    assert report.sketch_of(KEY) == report.evidence.sketches[KEY]
    assert report.hours == {KEY: (1, 2, *[0] * 22)}


def test_the_example_is_read_whole() -> None:
    report = read(example("native-evidence.json"))
    assert report.evidence is not None
    assert {key: s.messages for key, s in report.evidence.sketches.items()} == {
        ("claude", date(2026, 11, 18)): 100,
        ("codex", date(2026, 11, 18)): 5,
        ("claude", date(2026, 11, 19)): 3,
    }
    assert {key: sum(counts) for key, counts in report.hours.items()} == {
        ("claude", date(2026, 11, 18)): 102,
        ("codex", date(2026, 11, 18)): 5,
    }


@pytest.mark.parametrize("absent", [body(), body() | {"evidence": None, "hourly": None}])
def test_both_may_be_absent(absent: Body) -> None:
    report = read(absent)
    assert report.evidence is None
    assert report.hours == {}
    assert report.salt_id == ""


@pytest.mark.parametrize("version", [0, 2, 99])
def test_another_version_is_left_out_with_a_warning(version: int) -> None:
    report = read(body({"version": version, "sketches": "of a shape to come"}))
    assert report.evidence is None
    assert report.warnings == (
        f"Evidence of version {version} is not known here; it was left out.",
    )


def test_unknown_keys_are_ignored() -> None:
    assert read(with_sketches(sketch(note=1), note=2)).evidence is not None


def test_days_of_rows_without_tokens_are_left_out() -> None:
    found = with_sketches(sketch()) | {"hourly": [hours()]}
    found["rows"] = [native_row(messages=9), native_row(day="2026-11-18", input=6, messages=9)]
    report = read(found)
    assert report.evidence is None
    assert report.hours == {}


def test_a_sketch_of_more_messages_than_hashes_has_all_hashes() -> None:
    many = [f"{number:016x}" for number in range(64)]
    report = read(with_sketches(sketch(messages=100, hashes=many)))
    assert report.evidence is not None
    assert report.evidence.sketches[KEY].values() == tuple(range(64))


E = "evidence.sketches[0]"


@pytest.mark.parametrize(
    ("spoiled", "reason"),
    [
        (body([]), "evidence: an array is not an object"),
        (body({"k": 64, "sketches": []}), "evidence.version: missing"),
        (body({"version": "1"}), 'evidence.version: "1" is a string, not an integer'),
        (body({"version": True}), "evidence.version: true is not an integer"),
        (body({"version": 1, "sketches": []}), "evidence.k: missing"),
        (with_sketches(k=32), "evidence.k: 32 is not 64"),
        (with_sketches(saltId="xyz"), 'evidence.saltId: "xyz" is not a salt\'s id'),
        (with_sketches(saltId=5), "evidence.saltId: 5 is not a salt's id"),
        (body({"version": 1, "k": 64}), "evidence.sketches: missing"),
        (with_sketches(sketches={}), "evidence.sketches: an object is not an array"),
        (with_sketches(7), f"{E}: 7 is not an object"),
        (with_sketches(sketch(day="x")), f'{E}.day: "x" is not a date written'),
        (with_sketches(sketch(client="C")), f'{E}.client: "C" is not a client id'),
        (with_sketches(sketch(client="codex")), f"{E}: there is no row for {DAY}, codex"),
        (
            with_sketches(sketch(), sketch()),
            f"evidence.sketches[1]: a second entry for {DAY}, claude",
        ),
        (with_sketches(sketch(messages=None)), f"{E}.messages: null is not an integer"),
        (with_sketches(sketch(messages=0, hashes=[])), f"{E}.messages: 0; without message ids"),
        (with_sketches(sketch(messages=-1)), f"{E}.messages: -1 is negative"),
        (
            with_sketches(sketch(messages=101, hashes=[f"{n:016x}" for n in range(64)])),
            f"{E}.messages: 101 messages, but the rows of that day have 100",
        ),
        (with_sketches(sketch(messages=2)), f"{E}.hashes: 3 hashes of 2 messages, not 2"),
        (with_sketches(sketch(messages=99)), f"{E}.hashes: 3 hashes of 99 messages, not 64"),
        (with_sketches(sketch(hashes="ab")), f'{E}.hashes: "ab" is not an array'),
        (
            with_sketches(sketch(hashes=["g" * 16, *HASHES[1:]])),
            f'{E}.hashes[0]: "{"g" * 16}" is not 16 hex digits',
        ),
        (
            with_sketches(sketch(hashes=[*HASHES[:2], "A" * 16])),
            f'{E}.hashes[2]: "{"A" * 16}" is not 16 hex digits',
        ),
        (
            with_sketches(sketch(hashes=[HASHES[0], "1" * 15, "2" * 17])),
            f'{E}.hashes[1]: "{"1" * 15}" is not 16 hex digits',
        ),
        (with_sketches(sketch(hashes=[*HASHES[:2], 3])), f"{E}.hashes[2]: 3 is not 16 hex"),
        (
            with_sketches(sketch(hashes=[HASHES[0], HASHES[2], HASHES[1]])),
            f'{E}.hashes[2]: "{HASHES[1]}" is smaller than the one before',
        ),
        (
            with_sketches(sketch(hashes=[HASHES[0], HASHES[1], HASHES[1]])),
            f'{E}.hashes[2]: "{HASHES[1]}" is the same as the one before',
        ),
        (
            with_sketches(sketch(messages=70, hashes=[f"{n:016x}" for n in range(65)])),
            f"{E}.hashes: 65 hashes, at most 64",
        ),
        (
            with_sketches(*[sketch()] * 20_001),
            "evidence.sketches: 20,001 entries, at most 20,000",
        ),
        (with_sketches(sketch()) | {"dayBasis": "local"}, "evidence: only for UTC days"),
        (body(hourly={}), "hourly: an object is not an array"),
        (body(hourly=[[]]), "hourly[0]: an array is not an object"),
        (body(hourly=[hours(client="codex")]), f"hourly[0]: there is no row for {DAY}, codex"),
        (body(hourly=[hours(), hours()]), f"hourly[1]: a second entry for {DAY}, claude"),
        (body(hourly=[hours(counts=[1] * 23)]), "hourly[0].counts: 23 counts, not 24"),
        (body(hourly=[hours(counts=None)]), "hourly[0].counts: missing"),
        (body(hourly=[hours(counts=[*[0] * 23, "1"])]), 'hourly[0].counts[23]: "1" is a string'),
        (body(hourly=[hours(counts=[-1, *[0] * 23])]), "hourly[0].counts[0]: -1 is negative"),
        (
            body(hourly=[hours(counts=[2**31, *[0] * 23])]),
            "hourly[0].counts[0]: 2147483648 is more than 2147483647",
        ),
        (
            body(hourly=[hours(counts=[100, 1, *[0] * 22])]),
            "hourly[0].counts: 101 messages, but the rows of that day have 100",
        ),
        (body(hourly=[hours()]) | {"dayBasis": "local"}, "hourly: only for UTC days"),
    ],
)
def test_a_fault_is_named_where_it_is(spoiled: Body, reason: str) -> None:
    faults = faults_of(spoiled)
    assert any(fault.startswith(reason) for fault in faults), faults


def test_a_wrong_row_does_not_make_its_sketch_wrong_too() -> None:
    spoiled = with_sketches(sketch()) | {"hourly": [hours()]}
    spoiled["rows"][0]["day"] = spoiled["rows"][1]["day"] = "2026-11-31"
    assert len(faults_of(spoiled)) == 2


def test_every_fault_is_named() -> None:
    spoiled: dict[str, Any] = with_sketches(sketch(messages=5), sketch(client="codex"), k=3)
    spoiled["hourly"] = [hours(counts=[])]
    assert len(faults_of(spoiled)) == 4
