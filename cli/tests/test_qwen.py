"""Qwen Code's chats: which lines are a response, and what it burned."""

import random
from pathlib import Path
from typing import Any

import pytest
from corpora import qwen, rough

from ccgather_cli.machine import Machine
from ccgather_cli.readers.qwen import READER
from corpus_runs import check_appending, check_changes, check_resuming, check_truth, sums
from small_logs import SmallLogs

DAY, MODEL = "2026-05-02", "qwen3-coder-plus"
CHAT = ".qwen/projects/-p/chats/s.jsonl"
ONE = (400, 30, 600, 0, 20, 1)


def answer(uuid: Any = "u1", at: Any = f"{DAY}T10:00:00.000Z", **numbers: Any) -> Any:
    usage = {"promptTokenCount": 1000, "candidatesTokenCount": 50, "thoughtsTokenCount": 20}
    usage = {**usage, "cachedContentTokenCount": 600, "totalTokenCount": 1050, **numbers}
    line = {"uuid": uuid, "sessionId": "s", "timestamp": at, "type": "assistant"}
    return {**line, "model": MODEL, "message": {"text": "done"}, "usageMetadata": usage}


def times(count: int, row: tuple[int, ...] = ONE) -> dict[tuple[str, str], tuple[int, ...]]:
    return {(DAY, MODEL): tuple(count * value for value in row)}


@pytest.fixture
def logs(machine: Machine) -> SmallLogs:
    return SmallLogs(machine, "qwen")


def test_the_prompt_includes_the_cache_and_the_candidates_the_thoughts(logs: SmallLogs) -> None:
    logs.lines(CHAT, {"type": "user"}, answer())
    assert logs.sums() == times(1)


@pytest.mark.parametrize("total", [1070, 1077])
def test_where_the_total_has_them_on_top_thoughts_are_beside(logs: SmallLogs, total: int) -> None:
    tool = total - 1070
    logs.lines(CHAT, answer(totalTokenCount=total, toolUsePromptTokenCount=tool))
    assert logs.sums() == times(1, (400 + tool, 50, 600, 0, 20, 1))


def test_more_thoughts_than_candidates_without_a_total_are_beside(logs: SmallLogs) -> None:
    logs.lines(CHAT, answer(thoughtsTokenCount=70, totalTokenCount=None))
    assert logs.sums() == times(1, (400, 50, 600, 0, 70, 1))


def test_parts_never_exceed_their_wholes(logs: SmallLogs) -> None:
    logs.lines(CHAT, answer(cachedContentTokenCount=5000, thoughtsTokenCount=70))
    assert logs.sums() == times(1, (0, 0, 1000, 0, 50, 1))


def test_a_line_counts_once_wherever_it_is_written_again(logs: SmallLogs) -> None:
    logs.lines(CHAT, answer(), answer())
    logs.lines(".qwen/projects/-q/chats/t.jsonl", {**answer(), "sessionId": "t"}, answer("u2"))
    assert logs.sums() == times(2)


def test_equal_answers_of_one_moment_with_two_uuids_are_two(logs: SmallLogs) -> None:
    logs.lines(CHAT, answer("u1"), answer("u2"))
    assert logs.sums() == times(2)


def test_lines_without_a_uuid_are_told_apart_by_what_they_say(logs: SmallLogs) -> None:
    logs.lines(CHAT, answer(None), answer(None), answer(None, at=f"{DAY}T10:00:01.000Z"))
    assert logs.sums() == times(2)


def test_telemetry_and_other_lines_are_no_usage(logs: SmallLogs) -> None:
    system = {**answer("u2"), "type": "system", "subtype": "ui_telemetry"}
    logs.lines(
        CHAT,
        answer(),
        system,
        {**answer("u3"), "type": "user"},
        answer("u4") | {"usageMetadata": 3},
    )
    assert logs.sums() == times(1)


def test_a_line_without_a_time_is_named(logs: SmallLogs) -> None:
    logs.lines(CHAT, answer(at=None))
    assert logs.scan().skipped == {"without a usable time": 1}
    assert logs.scan().tools[0].looks_changed


@pytest.mark.parametrize("number", ["1000", 1000.0])
def test_numbers_in_other_shapes_count(logs: SmallLogs, number: Any) -> None:
    logs.lines(CHAT, answer(promptTokenCount=number))
    assert logs.sums() == times(1)


def test_odd_bytes_cost_nothing(logs: SmallLogs) -> None:
    broken = rough.dense(answer()).replace(b"done", b"d\xffne")
    logs.raw(CHAT, b"\xef\xbb\xbf" + broken + b"\r\n\r\n" + rough.dense(answer("u2"))[:-9])
    assert logs.sums() == times(1)


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({}, ".qwen"),
        ({"QWEN_RUNTIME_DIR": "~/runtime"}, "runtime"),
        ({"QWEN_DATA_DIR": "~/extra"}, "extra"),
    ],
)
@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_where_chats_are(home: Path, environment: dict[str, str], folder: str, system: Any) -> None:
    machine = Machine(home=home, environment=environment, system=system)
    SmallLogs(machine, "qwen").lines(f"{folder}/projects/-p/chats/s.jsonl", answer())
    assert sums(machine, "qwen") == times(1)


@pytest.mark.parametrize("seed", range(6))
def test_a_corpus_with_every_trap_gives_its_truth(machine: Machine, seed: int) -> None:
    check_truth(machine, "qwen", qwen.generate, seed, qwen.TRAPS)


@pytest.mark.parametrize("trap", qwen.TRAPS)
def test_a_corpus_with_one_trap_gives_its_truth(machine: Machine, trap: str) -> None:
    check_truth(machine, "qwen", qwen.generate, 77, (trap,))


@pytest.mark.parametrize("seed", range(3))
def test_files_that_come_go_and_grow_count_as_if_read_anew(machine: Machine, seed: int) -> None:
    check_changes(machine, "qwen", qwen.generate, seed, ".jsonl")


def test_reading_on_at_any_newline_gives_the_same_facts(machine: Machine) -> None:
    qwen.generate(machine.home, random.Random(1), sessions=3, traps=("repeats", "thoughts"))
    for path in sorted(machine.home.rglob("*.jsonl")):
        check_resuming(READER, path)
        check_appending(machine, "qwen", path)
