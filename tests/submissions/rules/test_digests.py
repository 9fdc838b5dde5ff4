"""Fingerprints: of values, never of bytes; what each one sees and what it does not."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.report import Evidence, EvidenceSketch, UsageReport, UsageRow
from submissions.rules.digests import (
    SLICE_DIGEST_BYTES,
    content_digest_of,
    report_digest_of,
    usage_digest_of,
)
from tests.submissions.reports import TODAY, report, row

LAPTOP, DESK = UUID(int=1), UUID(int=2)
ROW = row(
    input_tokens=10,
    output_tokens=20,
    cache_read_tokens=30,
    cache_write_tokens=40,
    reasoning_tokens=50,
    cache_write_1h_tokens=4,
    long_input_tokens=1,
    long_output_tokens=2,
    long_cache_read_tokens=3,
    long_cache_write_tokens=4,
    messages=7,
    reported_cost_microusd=99,
)
USAGE = {
    "model",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
}
KEY = {"day", "client"}
"""What says which slice it is; digests are compared between slices of one key only."""


def changed(name: str) -> UsageRow:
    value: Any = getattr(ROW, name)
    if isinstance(value, bool):
        value = not value
    elif isinstance(value, int):
        value += 1
    else:
        value = f"{value}x"
    return replace(ROW, **{name: value})


VALUES = sorted({field.name for field in fields(UsageRow)} - KEY)


@pytest.mark.parametrize("name", VALUES)
def test_the_usage_digest_sees_models_and_token_classes_alone(name: str) -> None:
    differs = usage_digest_of([changed(name)]) != usage_digest_of([ROW])
    assert differs is (name in USAGE)


@pytest.mark.parametrize("name", VALUES)
def test_the_content_digest_sees_everything_that_is_stored(name: str) -> None:
    assert content_digest_of([changed(name)]) != content_digest_of([ROW])


def test_a_cost_of_nothing_is_not_a_cost_that_nobody_reported() -> None:
    free, silent = (replace(ROW, reported_cost_microusd=cost) for cost in (0, None))
    assert content_digest_of([free]) != content_digest_of([silent])


def test_two_providers_of_one_model_are_one_usage() -> None:
    halves = [
        row(model="m", input_tokens=1, output_tokens=2),
        replace(row(model="m", input_tokens=10, output_tokens=20), provider="bedrock"),
    ]
    assert usage_digest_of(halves) == usage_digest_of(
        [row(model="m", input_tokens=11, output_tokens=22)]
    )


ROWS = st.lists(
    st.builds(
        lambda model, tokens, messages: row(
            model=model, input_tokens=tokens, output_tokens=0, messages=messages
        ),
        st.sampled_from(["a", "b", "c"]),
        st.integers(0, 20),
        st.integers(0, 3),
    ),
    max_size=6,
)


@given(rows=ROWS, data=st.data())
def test_the_order_of_rows_does_not_matter(rows: list[UsageRow], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rows))
    assert usage_digest_of(shuffled) == usage_digest_of(rows)
    assert content_digest_of(shuffled) == content_digest_of(rows)


@pytest.mark.parametrize("rows", [[], [ROW], [ROW, row(model="b")]])
def test_a_slice_digest_has_the_length_of_its_column(rows: Sequence[UsageRow]) -> None:
    assert len(usage_digest_of(rows)) == len(content_digest_of(rows)) == SLICE_DIGEST_BYTES


def test_figures_that_run_together_are_still_apart() -> None:
    one = row(input_tokens=1, output_tokens=23)
    other = row(input_tokens=12, output_tokens=3)
    assert usage_digest_of([one]) != usage_digest_of([other])


# --- Of a report -----------------------------------------------------------------------------


def digest(sent: UsageReport, *, device: UUID = LAPTOP, mode: str = "merge") -> bytes:
    return report_digest_of(report=sent, device_id=device, mode=mode)


PLAIN = report([ROW])


def test_the_same_report_has_the_same_digest() -> None:
    assert digest(PLAIN) == digest(report([replace(ROW)]))
    assert len(digest(PLAIN)) == 32


@pytest.mark.parametrize(
    "other",
    [
        report([ROW], day_basis="local"),
        report([ROW], full=True),
        report([ROW], parser=1),
        report([replace(ROW, client="codex")]),
        report([replace(ROW, day=TODAY.replace(day=1))]),
        report([ROW, row(model="b")]),
        report([]),
    ],
)
def test_whatever_decides_what_a_report_does_is_in_its_digest(other: UsageReport) -> None:
    assert digest(other) != digest(PLAIN)


@pytest.mark.parametrize("name", VALUES)
def test_every_value_of_a_row_is_in_its_digest(name: str) -> None:
    assert digest(report([changed(name)])) != digest(PLAIN)


def test_device_and_mode_are_in_its_digest() -> None:
    assert len({digest(PLAIN), digest(PLAIN, device=DESK), digest(PLAIN, mode="replace")}) == 3


def test_who_sent_it_by_which_program_is_not() -> None:
    by_another = replace(
        PLAIN, collector="tokscale", collector_version="9", source="hook", wire_format="tokscale"
    )
    assert digest(by_another) == digest(PLAIN)


def test_evidence_and_hours_are_in_a_reports_digest_where_it_has_them() -> None:
    plain = report([row()])
    key = ("claude", TODAY)
    sketch = EvidenceSketch(messages=1, hashes=b"12345678")
    reports = [
        plain,
        replace(plain, hours={key: (1, *[0] * 23)}),
        replace(plain, hours={key: (0, 1, *[0] * 22)}),
        replace(plain, evidence=Evidence(sketches={key: sketch}, salt_id="a")),
        replace(plain, evidence=Evidence(sketches={key: sketch}, salt_id="b")),
        replace(plain, evidence=Evidence(sketches={key: replace(sketch, messages=2)}, salt_id="a")),
        replace(
            plain, evidence=Evidence(sketches={key: replace(sketch, hashes=b"1" * 8)}, salt_id="a")
        ),
    ]
    digests = {report_digest_of(report=r, device_id=UUID(int=1), mode="merge") for r in reports}
    assert len(digests) == len(reports)
