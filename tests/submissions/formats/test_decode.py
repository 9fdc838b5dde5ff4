"""Bytes that are no JSON of ours answer with an error of ours."""

import json

import pytest

from submissions.errors import (
    EmptyReportError,
    InvalidJsonError,
    ReportInvalidError,
    UnknownFormatError,
)
from submissions.formats import read_report
from tests.submissions.formats.bodies import NOON, native, native_row, read, single_day


def body_with(raw: str) -> bytes:
    """A native report whose first input count is `raw`."""
    body = native()
    body["rows"] = [native_row(input=424242)]
    return json.dumps(body).replace("424242", raw).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"\xff\xfe\xfd",
        b'{"a": "\xff"}',
        b'"\xed\xa0\x80"',
        b"[1]x",
        b"NaN",
        b'{"rows": [Infinity]}',
        b"01",
        b"[" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"1" * 5_000,
        b'{"rows": [], "rows": []}',
        b'{"rows": [{"input": 1, "input": 2}]}',
        b"\x1f\x8b\x08\x00",
    ],
)
def test_what_is_not_json_is_named_so(body: bytes) -> None:
    with pytest.raises(InvalidJsonError):
        read_report(body=body, at=NOON)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("1e999", "rows[0].input: a number beyond what a double holds is not an integer"),
        ("1e5", "rows[0].input: 100000.0 is not an integer"),
        ("-0.0", "rows[0].input: -0.0 is not an integer"),
        ("9" * 30, f"rows[0].input: {'9' * 30} is more than 9007199254740991"),
        ("9" * 4_000, "rows[0].input: a number of more than 60 digits is more than"),
        ('"\\u0000"', 'rows[0].input: "\\u0000" is a string'),
        ('"\\ud800"', 'rows[0].input: "\\ud800" is a string'),
    ],
)
def test_numbers_out_of_range_are_a_reason(raw: str, reason: str) -> None:
    with pytest.raises(ReportInvalidError) as refusal:
        read_report(body=body_with(raw), at=NOON)
    assert refusal.value.details[0].startswith(reason)
    "".join(refusal.value.details).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_fault(encoding: str) -> None:
    body = json.dumps(single_day()).encode(encoding)
    assert read_report(body=body, at=NOON).total_tokens == 100


def test_a_body_of_a_million_empty_arrays_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(ReportInvalidError):
        read_report(body=b'{"rows": [' + b"[]," * 1_000_000 + b"[]]}", at=NOON)


@pytest.mark.parametrize(
    "body",
    [
        None,
        5,
        "text",
        [{"date": "2026-11-19"}],
        {},
        {"weekly": [], "totals": {}},
        {"type": "monthly", "data": []},
        {"data": []},
        {"date": "2026-11-19"},
    ],
)
def test_another_shape_is_answered_with_the_five(body: object) -> None:
    with pytest.raises(UnknownFormatError) as refusal:
        read(body)
    assert len(refusal.value.details) == 5
    for name in ("native", "tokscale", "Token Tracker", "single day", "ccusage"):
        assert name in refusal.value.message


@pytest.mark.parametrize("body", [[], {"daily": [], "totals": None}, {"projects": {}}])
def test_a_ccusage_report_of_nothing_is_empty(body: object) -> None:
    with pytest.raises(EmptyReportError):
        read(body)


@pytest.mark.parametrize("client", ["", "Claude", "a b", "x" * 97, "\x00", "../etc"])
def test_a_client_in_the_query_is_checked(client: str) -> None:
    with pytest.raises(ReportInvalidError) as refusal:
        read(single_day(), client=client)
    assert refusal.value.details[0].startswith("?client=: ")
