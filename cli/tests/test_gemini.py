"""Gemini CLI's chats, old and new: which messages are a response, and what it burned."""

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from corpora import gemini

from ccgather_cli.machine import Machine
from ccgather_cli.readers.gemini import READER
from corpus_runs import check_appending, check_changes, check_resuming, check_truth, sums
from small_logs import SmallLogs

DAY, MODEL = "2026-05-02", "gemini-3-pro-preview"
CHAT = ".gemini/tmp/p/chats/session-2026-05-02T10-00-a.jsonl"
ONE = (405, 50, 600, 0, 30, 1)


def message(message_id: Any = "m1", at: Any = f"{DAY}T10:00:00.000Z", **tokens: Any) -> Any:
    numbers = {"input": 1000, "output": 50, "cached": 600, "thoughts": 30, "tool": 5}
    numbers = {**numbers, "total": 1085, **tokens}
    line = {"id": message_id, "timestamp": at, "type": "gemini", "model": MODEL}
    return {**line, "content": "done", "tokens": numbers}


@pytest.fixture
def logs(machine: Machine) -> SmallLogs:
    return SmallLogs(machine, "gemini")


def test_a_message_gives_its_classes(logs: SmallLogs) -> None:
    logs.lines(CHAT, {"sessionId": "s"}, {"type": "user", "content": "tokens"}, message())
    assert logs.sums() == {(DAY, MODEL): ONE}


@pytest.mark.parametrize("total", [1685, None])
def test_where_the_total_has_the_cache_beside_or_is_missing_input_is_uncached(
    logs: SmallLogs, total: Any
) -> None:
    logs.lines(CHAT, message(total=total))
    assert logs.sums() == {(DAY, MODEL): (1005, 50, 600, 0, 30, 1)}


def test_the_last_line_of_a_message_with_tokens_counts(logs: SmallLogs) -> None:
    growing = message(output=4000, total=5035)
    bare = {key: value for key, value in message().items() if key != "tokens"}
    logs.lines(CHAT, bare, growing, message(), bare)
    assert logs.sums() == {(DAY, MODEL): ONE}


def test_sets_repeat_messages_and_rewinds_keep_them(logs: SmallLogs) -> None:
    logs.lines(
        CHAT,
        message(),
        {"$set": {"messages": [message(), message("m2")]}},
        {"$set": {"lastUpdated": "x"}},
        {"$rewindTo": "m1"},
    )
    assert logs.sums() == {(DAY, MODEL): tuple(2 * value for value in ONE)}


def test_a_document_and_its_resumed_copy_count_once(logs: SmallLogs) -> None:
    logs.document(CHAT[:-1], {"sessionId": "s", "messages": [message(), message("m2")]})
    logs.lines(CHAT, message(), message("m2"), message("m3"))
    assert logs.sums() == {(DAY, MODEL): tuple(3 * value for value in ONE)}


def test_sub_agents_count(logs: SmallLogs) -> None:
    logs.lines(CHAT, message())
    logs.lines(".gemini/tmp/p/chats/s/a.jsonl", message("m2"))
    assert logs.sums() == {(DAY, MODEL): tuple(2 * value for value in ONE)}


def test_half_a_document_costs_its_last_message(logs: SmallLogs) -> None:
    whole = json.dumps({"sessionId": "s", "messages": [message(), message("m2")]}).encode()
    logs.raw(CHAT[:-1], whole[:-60])
    assert logs.sums() == {(DAY, MODEL): ONE}
    assert logs.scan().skipped


def test_a_message_of_a_document_without_a_time_takes_the_sessions_start(logs: SmallLogs) -> None:
    document = {"startTime": f"{DAY}T01:00:00Z", "messages": [message(at=None)]}
    logs.document(CHAT[:-1], document)
    assert logs.sums() == {(DAY, MODEL): ONE}


def test_a_line_without_a_time_is_named(logs: SmallLogs) -> None:
    logs.lines(CHAT, message(at=None))
    assert logs.scan().skipped == {"without a usable time": 1}
    assert logs.scan().tools[0].looks_changed


def test_saved_output_is_already_without_its_cache(logs: SmallLogs) -> None:
    tokens = {"prompt": 1000, "input": 400, "candidates": 50, "cached": 600, "thoughts": 30}
    stats = {"models": {MODEL: {"tokens": tokens, "api": {"totalRequests": 3}}}}
    path = logs.document(".gemini/tmp/run.json", {"response": "ok", "stats": stats})
    os.utime(path, (1_777_716_000, 1_777_716_000))
    assert logs.sums() == {(DAY, MODEL): (400, 50, 600, 0, 30, 3)}


def test_other_documents_are_no_usage(logs: SmallLogs) -> None:
    logs.document(".gemini/tmp/p/logs.json", {"messages": [message()]})
    logs.document(".gemini/tmp/p/checkpoint-a.json", [{"role": "user"}])
    logs.document(".gemini/tmp/p/chats/x.json", {"messages": [{**message(), "type": "user"}, 7]})
    assert logs.sums() == {}


@pytest.mark.parametrize("number", ["1000", 1000.0])
def test_numbers_in_other_shapes_count(logs: SmallLogs, number: Any) -> None:
    logs.lines(CHAT, message(input=number), message("m2", thoughts=None, total=1055))
    assert logs.sums() == {(DAY, MODEL): (810, 100, 1200, 0, 30, 2)}


def test_bytes_that_are_no_utf8_cost_nothing(logs: SmallLogs) -> None:
    broken = json.dumps(message()).encode().replace(b"done", b"d\xffne\xf0")
    logs.lines(CHAT, broken, b"\xff", b"")
    logs.raw(".gemini/tmp/p/chats/b.json", b'{"messages":[' + broken + b"]}")
    assert logs.sums() == {(DAY, MODEL): ONE}


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({}, ".gemini/tmp"),
        ({"GEMINI_CLI_HOME": "~/other"}, "other/.gemini/tmp"),
        ({"GEMINI_DATA_DIR": "~/extra"}, "extra"),
    ],
)
@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_where_chats_are(home: Path, environment: dict[str, str], folder: str, system: Any) -> None:
    machine = Machine(home=home, environment=environment, system=system)
    SmallLogs(machine, "gemini").lines(f"{folder}/p/chats/session-a.jsonl", message())
    assert sums(machine, "gemini") == {(DAY, MODEL): ONE}


@pytest.mark.parametrize("seed", range(6))
def test_a_corpus_with_every_trap_gives_its_truth(machine: Machine, seed: int) -> None:
    check_truth(machine, "gemini", gemini.generate, seed, gemini.TRAPS)


@pytest.mark.parametrize("trap", gemini.TRAPS)
def test_a_corpus_with_one_trap_gives_its_truth(machine: Machine, trap: str) -> None:
    check_truth(machine, "gemini", gemini.generate, 77, (trap,))


@pytest.mark.parametrize("seed", range(3))
def test_files_that_come_go_and_grow_count_as_if_read_anew(machine: Machine, seed: int) -> None:
    check_changes(machine, "gemini", gemini.generate, seed, ".jsonl")


def test_reading_on_at_any_newline_gives_the_same_facts(machine: Machine) -> None:
    gemini.generate(machine.home, random.Random(1), sessions=3, traps=("growing", "sets"))
    for path in sorted(machine.home.rglob("*.jsonl")):
        check_resuming(READER, path)
        check_appending(machine, "gemini", path)
