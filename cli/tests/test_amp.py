"""Amp's threads: a response is told by the ledger, by its message, or by both."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from corpora import amp

from ccgather_cli.machine import Machine
from ccgather_cli.readers.amp import READER
from ccgather_cli.reading.facts import ESTIMATE, FLAGS, Facts
from ccgather_cli.reading.interface import log_file
from corpus_runs import Sums, check_changes, check_truth, scanned, sums

DAY, MODEL = "2026-05-02", "claude-opus-4-5-20251101"
ONE: Sums = {(DAY, MODEL): (10, 50, 600, 70, 0, 1)}
CREATED = 1_777_716_000_000  # 2026-05-02T10:00:00Z
CACHE = {"cacheReadInputTokens": 600, "cacheCreationInputTokens": 70}

Write = Callable[..., Path]


def message(number: Any = 2, **more: Any) -> dict[str, Any]:
    usage = {"model": MODEL, "inputTokens": 10, "outputTokens": 50, **CACHE, **more}
    return {"role": "assistant", "messageId": number, "usage": usage}


def event(name: str = "ev", **more: Any) -> dict[str, Any]:
    at = "2026-05-02T10:00:05.000Z"
    tokens = {"input": 10, "output": 50}
    told = {"id": name, "timestamp": at, "model": MODEL, "tokens": tokens, "toMessageId": 2}
    return {**told, **more}


@pytest.fixture
def write(home: Path) -> Write:
    def write_thread(
        messages: Any = (), events: Any = None, name: str = "T-1", **more: Any
    ) -> Path:
        thread = {"id": "T-1", "created": CREATED, "messages": list(messages), **more}
        if events is not None:
            thread["usageLedger"] = {"events": list(events)}
        path = home / f".local/share/amp/threads/{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(thread))
        return path

    return write_thread


@pytest.fixture
def counted(machine: Machine) -> Callable[[], Sums]:
    return lambda: sums(machine, "amp")


Counted = Callable[[], Sums]


def test_an_event_and_its_message_are_one_response_with_the_messages_cache(
    write: Write, counted: Counted
) -> None:
    write([message()], [event()])
    assert counted() == ONE


def test_the_cache_may_be_in_the_event_alone(write: Write, counted: Counted) -> None:
    bare = message(cacheReadInputTokens=None, cacheCreationInputTokens=None)
    write([bare], [event(tokens={"input": 10, "output": 50, **CACHE})])
    assert counted() == ONE


def test_the_cache_in_both_counts_once(write: Write, counted: Counted) -> None:
    write([message()], [event(tokens={"input": 10, "output": 50, **CACHE})])
    assert counted() == ONE


def test_several_events_of_a_message_count_and_its_cache_once(
    write: Write, counted: Counted
) -> None:
    write([message()], [event("a", tokens={"input": 7, "output": 9}), event("b")])
    assert counted() == {(DAY, MODEL): (17, 59, 600, 70, 0, 2)}


@pytest.mark.parametrize("events", [None, []])
def test_messages_count_without_a_ledger_and_with_an_empty_one(
    write: Write, counted: Counted, events: Any
) -> None:
    write([message()], events)
    assert counted() == ONE


def test_messages_that_the_ledger_does_not_have_count(write: Write, counted: Counted) -> None:
    write([message(), message(4)], [event()])
    assert counted() == {(DAY, MODEL): (20, 100, 1200, 140, 0, 2)}


def test_an_event_that_names_no_message_belongs_to_the_one_with_its_numbers(
    write: Write, counted: Counted
) -> None:
    write([message()], [event(toMessageId=None)])
    assert counted() == ONE


def test_events_whose_message_is_gone_count(write: Write, counted: Counted) -> None:
    write([], [event(toMessageId=8)])
    assert counted() == {(DAY, MODEL): (10, 50, 0, 0, 0, 1)}


def test_an_event_without_tokens_gives_its_time_to_the_message(
    write: Write, counted: Counted
) -> None:
    write([message()], [event(tokens=None, timestamp="2026-05-09T00:00:00.000Z")])
    assert counted() == {("2026-05-09", MODEL): ONE[DAY, MODEL]}


def test_credits_alone_are_nothing(write: Write, counted: Counted) -> None:
    write([], [event(tokens=None, credits=3)])
    assert counted() == {}


def test_an_event_that_is_there_twice_is_one(write: Write, counted: Counted) -> None:
    write([message()], [event(), event()])
    assert counted() == ONE


def test_equal_event_ids_at_two_moments_are_two(write: Write, counted: Counted) -> None:
    write([], [event(), event(timestamp="2026-05-02T11:00:00.000Z")])
    assert counted() == {(DAY, MODEL): (20, 100, 0, 0, 0, 2)}


def flags_in(path: Path) -> list[int]:
    log, facts = log_file(path), Facts("amp")
    assert log is not None
    READER.extract(log, facts, start=0, progressed=lambda _: None)
    return [row[FLAGS] & ESTIMATE for row in facts.rows]


@pytest.mark.parametrize(
    ("timestamp", "created", "day", "flag"),
    [
        ("2026-05-07T00:00:00.000Z", CREATED, "2026-05-07", 0),
        (None, CREATED, DAY, ESTIMATE),
        (None, "2026-05-01T23:59:59Z", DAY, ESTIMATE),
        (None, None, "2026-01-01", ESTIMATE),
    ],
)
def test_a_messages_day_is_its_own_else_the_threads_else_the_files(
    write: Write, counted: Counted, timestamp: Any, created: Any, day: str, flag: int
) -> None:
    path = write([message(timestamp=timestamp)], created=created)
    os.utime(path, (1_767_225_600,) * 2)
    assert set(counted()) == {(day, MODEL)}
    assert flags_in(path) == [flag]


def test_an_event_without_a_time_takes_its_messages(write: Write, counted: Counted) -> None:
    write([message(timestamp="2026-05-07T00:00:00.000Z")], [event(timestamp=None)])
    assert set(counted()) == {("2026-05-07", MODEL)}


def test_a_copied_thread_counts_once(write: Write, counted: Counted) -> None:
    write([message()], [event()])
    write([message()], [event()], name="T-1 (1)")
    assert counted() == ONE


def test_an_older_copy_without_the_event_does_not_count_its_message_again(
    write: Write, counted: Counted
) -> None:
    write([message()], [event()])
    write([message()], [], name="T-0 copy")
    assert counted() == ONE


def test_the_same_message_number_in_another_thread_is_another_response(
    write: Write, counted: Counted
) -> None:
    write([message()])
    write([message()], name="T-2", id="T-2")
    assert counted() == {(DAY, MODEL): (20, 100, 1200, 140, 0, 2)}


def test_one_broken_record_costs_that_record(write: Write, machine: Machine) -> None:
    write([message(), {"role": 3, "usage": "none"}, None, message(4)], [event(), [1]])
    assert sums(machine, "amp") == {(DAY, MODEL): (20, 100, 1200, 140, 0, 2)}
    assert scanned(machine, "amp").skipped == {"a record in a shape that is not known": 3}


def test_a_thread_that_ends_in_the_middle_counts_up_to_there(
    write: Write, machine: Machine
) -> None:
    path = write([message(), message(4)])
    path.write_bytes(path.read_bytes()[:-30])
    assert sums(machine, "amp") == ONE
    assert scanned(machine, "amp").skipped == {"a file that is not whole": 1}


@pytest.mark.parametrize(
    ("environment", "system", "folder"),
    [
        ({"XDG_DATA_HOME": "data"}, "linux", "data/amp/threads"),
        ({"AMP_DATA_DIR": "other"}, "linux", "other/threads"),
        ({}, "macos", ".local/share/amp/threads"),
        ({}, "macos", "Library/Application Support/amp/threads"),
        ({}, "windows", ".local/share/amp/threads"),
        ({}, "windows", "AppData/Local/amp/threads"),
    ],
)
def test_threads_are_found_on_every_system(
    home: Path, environment: dict[str, str], system: Any, folder: str
) -> None:
    path = home / folder / "T-1.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"id": "T-1", "created": CREATED, "messages": [message()]}))
    named = {name: str(home / value) for name, value in environment.items()}
    assert sums(Machine(home, named, system), "amp") == ONE


@pytest.mark.parametrize("seed", range(12))
def test_a_corpus_with_every_trap_gives_its_truth(machine: Machine, seed: int) -> None:
    check_truth(machine, "amp", amp.generate, seed, amp.TRAPS)


@pytest.mark.parametrize("trap", amp.TRAPS)
def test_each_trap_alone_gives_the_truth(machine: Machine, trap: str) -> None:
    check_truth(machine, "amp", amp.generate, 1, [trap])


@pytest.mark.parametrize("seed", range(4))
def test_files_that_come_and_go_and_grow_count_as_if_read_anew(machine: Machine, seed: int) -> None:
    check_changes(machine, "amp", amp.generate, seed, ".json")
