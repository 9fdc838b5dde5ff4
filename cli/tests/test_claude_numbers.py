"""Numbers, models and times as Claude Code's transcripts write them, broken ones included."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ccgather_cli.reading import lines
from ccgather_cli.reading.tally import Counts
from ccgather_cli.scan import Scan
from claude_logs import MORNING, OPUS, ClaudeLogs, assistant, dense, joined, progress, usage

Counted = Callable[[], dict[tuple[str, str], Counts]]
DAY = "2026-05-02"
ONE = Counts(input=3, output=90, cache_read=600, cache_write=70, cache_write_1h=20, messages=1)


def test_a_cache_write_that_its_split_does_not_explain_is_a_five_minute_write(
    logs: ClaudeLogs, counted: Counted
) -> None:
    none_of_it = usage()
    none_of_it["cache_creation"] = {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0}
    logs.session(assistant(tokens=none_of_it))
    counts = counted()[DAY, OPUS]
    assert (counts.cache_write, counts.cache_write_1h) == (70, 0)


def test_the_one_hour_part_never_exceeds_the_cache_write(
    logs: ClaudeLogs, counted: Counted
) -> None:
    tokens = usage(written=70)
    tokens["cache_creation"] = {"ephemeral_5m_input_tokens": 50, "ephemeral_1h_input_tokens": 900}
    logs.session(assistant(tokens=tokens))
    counts = counted()[DAY, OPUS]
    assert (counts.cache_write, counts.cache_write_1h) == (70, 70)


@pytest.mark.parametrize("missing", ["null", "absent"])
def test_without_a_total_the_split_is_the_cache_write(
    logs: ClaudeLogs, counted: Counted, missing: str
) -> None:
    tokens = usage()
    tokens["cache_creation_input_tokens"] = None
    if missing == "absent":
        del tokens["cache_creation_input_tokens"]
    logs.session(assistant(tokens=tokens))
    assert counted() == {(DAY, OPUS): ONE}


@pytest.mark.parametrize("nothing", [None, "", "many", [], {}, True, float("nan"), -5, 10**30])
def test_a_field_that_is_no_count_is_zero_and_costs_nothing_else(
    logs: ClaudeLogs, counted: Counted, nothing: Any
) -> None:
    logs.session(assistant(tokens=usage(read=nothing)))
    assert counted()[DAY, OPUS] == Counts(3, 90, 0, 70, 0, 20, messages=1)


@pytest.mark.parametrize("ninety", ["90", 90.0, "90.0", " 90 ", "9e1"])
def test_a_number_in_quotes_or_with_a_fraction_is_that_number(
    logs: ClaudeLogs, counted: Counted, ninety: Any
) -> None:
    logs.session(assistant(tokens=usage(out=ninety)))
    assert counted() == {(DAY, OPUS): ONE}


def test_more_than_200000_tokens_of_input_in_one_request_are_long_context(
    logs: ClaudeLogs, counted: Counted
) -> None:
    logs.session(
        assistant("m1", "r1", tokens=usage(fresh=10, out=5, read=199_920, written=70)),
        assistant("m2", "r2", tokens=usage(fresh=11, out=6, read=199_920, written=70)),
    )
    counts = counted()[DAY, OPUS]
    assert counts.input == 21
    assert (counts.long_input, counts.long_output) == (11, 6)
    assert (counts.long_cache_read, counts.long_cache_write) == (199_920, 70)


def test_output_does_not_make_a_request_long(logs: ClaudeLogs, counted: Counted) -> None:
    logs.session(assistant(tokens=usage(fresh=1000, out=250_000)))
    assert counted()[DAY, OPUS].long_output == 0


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        ("claude-sonnet-4-5", "anthropic"),
        ("us.anthropic.claude-sonnet-4-5-v1:0", "anthropic"),
        ("anthropic/claude-opus-4.5", "anthropic"),
        ("kimi-k2.6", "moonshotai"),
        ("glm-4.6", "zai"),
        ("deepseek-v4-flash", "deepseek"),
        ("gpt-5.2", "openai"),
        ("something-new-7b", ""),
    ],
)
def test_the_model_stays_as_logged_and_tells_its_provider(
    logs: ClaudeLogs, read: Callable[[], Scan], model: str, provider: str
) -> None:
    logs.session(assistant(model=model))
    assert [(slot.model, slot.provider) for slot, _ in read().tally] == [(model, provider)]


@pytest.mark.parametrize("name", ["odd\ud83d-model", " odd?-model\n", "odd?\x00-model"])
def test_a_models_name_can_always_be_sent(
    logs: ClaudeLogs, read: Callable[[], Scan], name: str
) -> None:
    logs.raw(json.dumps(assistant(model=name)).encode())
    assert [slot.model for slot, _ in read().tally] == ["odd?-model"]


def test_a_line_without_a_model_counts_as_unknown(logs: ClaudeLogs, counted: Counted) -> None:
    nulled = assistant("m2", "r2")
    nulled["message"]["model"] = None
    logs.session(assistant(model=None), nulled)
    assert counted()[DAY, "unknown"].messages == 2


@pytest.mark.parametrize(
    "moment",
    [
        "2026-05-02T10:00:01.000Z",
        "2026-05-02T10:00:01Z",
        "2026-05-02T10:00:01.123456Z",
        "2026-05-02T10:00:01.1Z",
        "2026-05-02 10:00:01.000",
        "2026-05-02 10:00:01+00:00",
        "2026-05-02T10:00:01",
        "2026-05-02T10:00Z",
        "2026-05-03T01:30:00+02:00",
        "2026-05-03T01:30:00.5+0200",
        "2026-05-01T22:30:00-03:30",
        "2026-05-02T23:59:60Z",
        1777716001,
        1777716001000,
        1777716001.25,
        1777716001000000,
        "1777716001",
        "1777716001000",
    ],
)
def test_every_shape_of_time_gives_its_utc_day(
    logs: ClaudeLogs, counted: Counted, moment: Any
) -> None:
    logs.session(assistant(at=moment))
    assert set(counted()) == {(DAY, OPUS)}


@pytest.mark.parametrize(
    "moment",
    [None, "", "yesterday", "2026-02-30T10:00:00Z", "11:00 AM", [], {}, True, 0, -1, 1e300],
)
def test_a_line_without_a_usable_time_is_left_out_and_named(
    logs: ClaudeLogs, read: Callable[[], Scan], moment: Any
) -> None:
    broken = assistant("m2", "r2")
    broken["timestamp"] = moment
    logs.session(assistant(), broken)
    found = read()
    assert found.tally.total() == ONE
    assert found.skipped == {"without a usable time": 1}


@pytest.mark.parametrize(
    "moment", ["2026-05-02T10:00:01.x00Z", "2026-05-02T10:61:01.000Z", "2026-05-02T10:00-01.000Z"]
)
def test_a_good_hour_before_does_not_make_a_broken_time_good(
    logs: ClaudeLogs, read: Callable[[], Scan], moment: str
) -> None:
    logs.session(assistant(), assistant("m2", "r2", at=moment))
    assert read().skipped == {"without a usable time": 1}


def test_a_half_written_last_line_costs_one_line(
    logs: ClaudeLogs, read: Callable[[], Scan]
) -> None:
    whole, half = dense(assistant()), dense(assistant("m2", "r2"))
    logs.raw(whole + b"\n" + half[:-40])
    found = read()
    assert found.tally.total() == ONE
    assert found.skipped == {"not readable as JSON": 1}


def test_a_last_line_without_a_newline_counts(logs: ClaudeLogs, counted: Counted) -> None:
    logs.raw(dense(assistant()))
    assert counted() == {(DAY, OPUS): ONE}


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + dense(assistant()) + b"\n",
        dense(assistant()) + b"\r\n\r\n" + b"\r\n",
        b"\n\n  \n" + dense(assistant()) + b"\n\n",
        dense(assistant()).replace(b"flux", b"fl\xff\xfex") + b"\n",
        dense(assistant()).replace(b"nightingale", b"night\xffingale") + b"\n",
        dense(assistant()).replace(b"flux", b"fl\\ud83dx") + b"\n",
        dense(assistant()).replace(b"flux", b"fl\x01x") + b"\n",
        b"\x00\x00\x00" + dense(assistant()) + b"\n",
        json.dumps(assistant(), indent=None).encode() + b"\n",
        json.dumps(assistant(), separators=(" , ", " : ")).encode() + b"\n",
        dense(assistant()).replace(b'"requestId":"req_1"', b'"requestId":"req_\xff"') + b"\n",
    ],
    ids=[
        "byte-order mark",
        "CRLF and blank lines",
        "leading blank lines",
        "invalid UTF-8 in the text",
        "invalid UTF-8 in a path",
        "half a surrogate pair",
        "a control character",
        "zero bytes of a crash",
        "spaces in JSON",
        "many spaces in JSON",
        "invalid UTF-8 in an id",
    ],
)
def test_odd_encodings_cost_nothing(logs: ClaudeLogs, counted: Counted, content: bytes) -> None:
    logs.raw(content)
    assert counted() == {(DAY, OPUS): ONE}


@pytest.mark.parametrize(
    "line",
    [
        b'[1,2,{"usage":{}}]',
        b'"usage"',
        b'{"usage":',
        b'{"type":"assistant","message":"usage","usage":1}',
        b'{"type":"assistant","message":{"usage":"usage"}}',
        b'{"type":"assistant","message":{"usage":[]}}',
        b'{"type":7,"message":{"usage":{}}}',
        b'{"type":"progress","data":[{"usage":1}]}',
        b'{"x":' + b"[" * 20_000 + b'"usage"',
        b'{"type":"assistant","timestamp":1777716001,"message":{"id":"m","usage":{"iterations":3}}}',
    ],
)
def test_a_line_of_any_other_shape_costs_one_line(
    logs: ClaudeLogs, counted: Counted, line: bytes
) -> None:
    logs.session(line, assistant(), line)
    assert counted() == {(DAY, OPUS): ONE}


def test_lenient_reading_sees_what_strict_reading_sees(logs: ClaudeLogs, counted: Counted) -> None:
    advisor = {"type": "advisor_message", "model": "claude-haiku-4-5", **usage(out=5)}
    lines = [
        assistant("m1", "r1", tokens=usage(iterations=[advisor])),
        assistant("m1", "r2", side=True),
        assistant("m2", None, at="2026-05-05T10:00:00Z"),
        progress(assistant("m3", "r3", at=None)),
        {**assistant("m4", "r4"), "type": "user"},
    ]
    path = logs.session(*lines)
    strict = counted()
    path.write_bytes(joined(lines).replace(b"flux", b"\\ud83d"))
    assert counted() == strict
    assert len(strict) == 3


@pytest.mark.parametrize("block", [1, 7, 100, 1000])
def test_lines_across_the_ends_of_blocks_are_whole(
    logs: ClaudeLogs, counted: Counted, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(lines, "BLOCK_BYTES", block)
    logs.session(*(assistant(f"m{n}", f"r{n}") for n in range(5)), {"type": "x"})
    assert counted()[DAY, OPUS].messages == 5


def test_a_file_that_may_not_be_read_is_named_and_the_scan_is_not_complete(
    logs: ClaudeLogs, read: Callable[[], Scan]
) -> None:
    logs.session(assistant())
    gone = logs.projects / "p" / "loop.jsonl"
    gone.parent.mkdir()
    gone.symlink_to(gone)  # unreadable for root as well
    found = read()
    assert found.tally.total() == ONE
    assert not found.complete
    assert "loop.jsonl" in found.problems[0]


def test_both_of_claude_codes_own_places_are_read(logs: ClaudeLogs, counted: Counted) -> None:
    logs.session(assistant("m1", "r1"))
    logs.session(assistant("m2", "r2"), root=logs.home / ".config" / "claude" / "projects")
    assert counted()[DAY, OPUS].messages == 2


def test_a_file_reached_by_two_paths_counts_once(logs: ClaudeLogs, counted: Counted) -> None:
    path = logs.session(assistant(None, None, at=MORNING))
    path.with_name("hard.jsonl").hardlink_to(path)
    other = logs.home / ".config" / "claude"
    other.parent.mkdir()
    other.symlink_to(logs.home / ".claude")
    assert counted()[DAY, OPUS].messages == 1


def test_a_linked_root_is_read_and_a_linked_project_is_not(
    logs: ClaudeLogs, counted: Counted, tmp_path: Path
) -> None:
    elsewhere, outside = tmp_path / "elsewhere", tmp_path / "outside"
    logs.session(assistant("m1", "r1"), root=elsewhere, name="p/a.jsonl")
    logs.session(assistant("m2", "r2"), root=outside, name="a.jsonl")
    (elsewhere / "linked").symlink_to(outside)
    logs.projects.parent.mkdir()
    logs.projects.symlink_to(elsewhere)
    assert counted()[DAY, OPUS].messages == 1
