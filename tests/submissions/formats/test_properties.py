"""Whatever a stranger sends: an answer of ours, never a crash, and sums that hold."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from submissions.errors import SubmissionError
from submissions.formats import read_report
from submissions.report import MAX_COUNT
from tests.submissions.formats.bodies import (
    EXAMPLES,
    NOON,
    Body,
    all_examples,
    class_sums,
    example,
    native_row,
    read,
)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-1, 3)
    | st.just(2**53)
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["2026-11-19", "2026-02-30", "claude", "gpt-5", "\x00", "\ud800", "1"])
)
WORDS = (
    "schema rows totals tokens collector device id name "
    "contributions clients sources client source modelId model data "
    "summary daily projects agents agent metadata modelBreakdowns modelName "
    "models modelsUsed date period day input output inputTokens "
    "outputTokens totalTokens cachedInputTokens reasoningOutputTokens count providers cost costUsd "
    "longContext scanScope parserVersions type"
)
KEYS = st.sampled_from(WORDS.split()) | st.text(max_size=3)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=8),
    max_leaves=30,
)

SMALL = st.lists(SCALARS, max_size=2) | st.dictionaries(KEYS, SCALARS, max_size=2)


def must_answer(body: bytes) -> None:
    """Anything but a report or an error of this app fails the test."""
    try:
        report = read_report(body=body, at=NOON)
    except SubmissionError as refusal:
        json.dumps([refusal.message, *refusal.shown_details()], ensure_ascii=False).encode()
        return
    assert 0 < report.total_tokens <= MAX_COUNT
    for row in report.rows:
        assert min(row.input_tokens, row.output_tokens, row.cache_read_tokens) >= 0
        assert min(row.cache_write_tokens, row.reasoning_tokens, row.messages) >= 0
        assert 0 < len(row.model) <= 200
        assert 0 < len(row.provider) <= 96
        assert "\x00" not in row.model + row.provider + row.client
        (row.model + row.provider).encode()


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_get_an_answer(body: bytes) -> None:
    must_answer(body)


@given(VALUES)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_json_gets_an_answer(value: Any) -> None:
    must_answer(json.dumps(value).encode())


@given(st.dictionaries(KEYS, VALUES, max_size=10))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_object_with_our_words_gets_an_answer(value: Any) -> None:
    must_answer(json.dumps(value).encode())


def places_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of everything inside a JSON value."""
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)  # type: ignore[assignment]
    else:
        return []
    paths = []
    for key, item in inside:
        paths += [(*path, key), *places_of(item, (*path, key))]
    return paths


def without(place: Any, key: Any, _value: Any) -> None:
    del place[key]


def replaced(place: Any, key: Any, value: Any) -> None:
    place[key] = value


def doubled(place: Any, key: Any, _value: Any) -> None:
    if isinstance(place, list):
        place.append(place[key])
    else:
        place[f"{key}2"] = place[key]


@pytest.mark.parametrize("name", all_examples())
@given(data=st.data())
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_a_sound_body_with_anything_changed_gets_an_answer(name: str, data: st.DataObject) -> None:
    body = example(name)
    changes: tuple[Callable[[Any, Any, Any], None], ...] = (without, replaced, doubled)
    for _ in range(data.draw(st.integers(1, 3))):
        places = places_of(body)
        if not places:
            break
        *way, key = data.draw(st.sampled_from(places))
        place: Any = body
        for step in way:
            place = place[step]
        data.draw(st.sampled_from(changes))(place, key, data.draw(SCALARS | SMALL))
    must_answer(json.dumps(body).encode())


@pytest.mark.parametrize("name", all_examples())
@given(data=st.data())
@settings(deadline=None, max_examples=25)
def test_a_body_cut_anywhere_is_no_json(name: str, data: st.DataObject) -> None:
    raw = (EXAMPLES / name).read_bytes().strip()
    must_answer(raw[: data.draw(st.integers(0, len(raw) - 1))])


COUNT = st.integers(0, 10**12)


@st.composite
def native_reports(draw: st.DrawFn) -> tuple[Body, dict[str, int]]:
    """A sound native report and its sums by class."""
    keys = draw(
        st.lists(
            st.tuples(
                st.dates(date(2024, 1, 1), date(2026, 11, 20)),
                st.sampled_from(["claude", "codex", "gemini-cli", "a/b"]),
                st.sampled_from(
                    ["claude-opus-4-5", "claude-opus-4.5", "claude-opus-4-5-20251101", "gpt-5"]
                ),
            ),
            min_size=1,
            max_size=30,
            unique=True,
        )
    )
    names = ("input", "output", "cacheRead", "cacheWrite", "reasoning")
    rows = []
    for day, client, model in keys:
        counts = {name: draw(COUNT) for name in names}
        rows.append(
            native_row(day=day.isoformat(), client=client, model=model, provider="", **counts)
        )
    rows[0]["output"] += 1
    sums = {name: sum(row[name] for row in rows) for name in names}
    body = {
        "schema": "ccgather-report/1",
        "collector": {"name": "ccgather", "version": "0.1.0"},
        "rows": rows,
        "totals": {"tokens": sum(sums.values()), **sums},
    }
    return body, sums


@given(native_reports())
@settings(deadline=None)
def test_the_sums_of_a_native_report_are_kept(report: tuple[Body, dict[str, int]]) -> None:
    body, sums = report
    assert class_sums(read(body)) == sums


@given(native_reports(), st.randoms())
@settings(deadline=None)
def test_the_order_of_rows_does_not_matter(
    report: tuple[Body, dict[str, int]], random: Any
) -> None:
    body, _ = report
    before = read(body)
    random.shuffle(body["rows"])
    assert read(body) == before
