"""OpenClaw's transcripts: which entries are a response, where they are, and what copies do."""

import json
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from corpora import openclaw, rough

from ccgather_cli.machine import Machine
from ccgather_cli.readers.openclaw import READER
from corpus_runs import (
    Sums,
    check_appending,
    check_changes,
    check_resuming,
    check_truth,
    scanned,
    sums,
)

DAY, MODEL = "2026-05-02", "claude-opus-4-5"
AT = 1_777_716_000_000
ROW = (10, 50, 600, 70, 0, 1)
ONE: Sums = {(DAY, MODEL): ROW}
SESSIONS = ".openclaw/agents/main/sessions"
CHANGE = {"type": "model_change", "provider": "openai", "modelId": "gpt-5.2"}

Write = Callable[..., Path]
Counted = Callable[[], Sums]


def usage(**more: Any) -> dict[str, Any]:
    return {"input": 10, "output": 50, "cacheRead": 600, "cacheWrite": 70, **more}


def answer(key: Any = "a1b2c3d4", **more: Any) -> dict[str, Any]:
    message = {
        "role": "assistant",
        "provider": "anthropic",
        "model": MODEL,
        "usage": usage(),
        "timestamp": AT,
        **more,
    }
    line = {"type": "message", "id": key, "timestamp": "2026-05-02T23:00:00.000Z"}
    return {**line, "message": {name: message[name] for name in message if message[name]}}


@pytest.fixture
def write(home: Path) -> Write:
    def write_lines(*lines: Any, name: str = f"{SESSIONS}/s1.jsonl") -> Path:
        rough.write_lines(home / name, [{"type": "session"}, *lines], random.Random(0))
        return home / name

    return write_lines


@pytest.fixture
def counted(machine: Machine) -> Counted:
    return lambda: sums(machine, "openclaw")


def times(count: int) -> Sums:
    return {(DAY, MODEL): tuple(count * value for value in ROW)}


def store(home: Path, *events: Any, session: str = "s1") -> Path:
    path = home / ".openclaw/agents/main/agent/openclaw-agent.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE TABLE IF NOT EXISTS transcript_events (session_id TEXT, seq INTEGER,"
            " event_json TEXT, created_at INTEGER, PRIMARY KEY (session_id, seq))"
        )
        for place, event in enumerate(events):
            text = event if isinstance(event, bytes) else json.dumps(event)
            database.execute(
                "INSERT INTO transcript_events VALUES (?, ?, ?, ?)", (session, place, text, AT)
            )
    database.close()
    return path


def test_an_assistants_message_gives_its_four_classes(write: Write, counted: Counted) -> None:
    write({"type": "message", "id": "u", "message": {"role": "user", "usage": usage()}}, answer())
    assert counted() == ONE


def test_reasoning_is_a_part_of_the_output(write: Write, counted: Counted) -> None:
    write(answer(usage=usage(reasoning=20)))
    assert counted() == {(DAY, MODEL): (10, 30, 600, 70, 20, 1)}


@pytest.mark.parametrize(
    "ending", [".jsonl", ".jsonl.reset.2026-05-02T10-00-00.000Z", ".jsonl.deleted.1777716000"]
)
def test_a_session_that_ended_was_still_paid_for(
    write: Write, counted: Counted, ending: str
) -> None:
    write(answer(), name=f"{SESSIONS}/s1{ending}")
    assert counted() == ONE


def test_locks_and_lists_beside_the_transcripts_are_none(write: Write, counted: Counted) -> None:
    write(answer(), name=f"{SESSIONS}/s1.jsonl.lock")
    write(answer(), name=f"{SESSIONS}/sessions.json")
    write(answer(), name=".openclaw/agents/main/agent/codex-home/sessions/rollout.jsonl")
    assert counted() == {}


def test_an_entry_in_the_file_and_in_the_database_counts_once(
    home: Path, write: Write, counted: Counted
) -> None:
    write(answer("a"), answer("b"))
    store(home, answer("b"), answer("c"))
    assert counted() == times(3)


def test_history_in_another_session_counts_once(write: Write, counted: Counted) -> None:
    write(answer("a"), answer("b"))
    write(answer("a"), name=f"{SESSIONS}/s2.jsonl")
    assert counted() == times(2)


def test_an_id_at_another_moment_is_another_answer(write: Write, counted: Counted) -> None:
    write(answer("a"), answer("a", timestamp=AT + 1))
    assert counted() == times(2)


def test_entries_without_ids_count_once_over_copies(write: Write, counted: Counted) -> None:
    write(answer(None), answer(None))
    write(answer(None), name=f"{SESSIONS}/s2.jsonl")
    assert counted() == times(2)


@pytest.mark.parametrize(
    "change",
    [
        CHANGE,
        {
            "type": "custom",
            "customType": "model-snapshot",
            "data": {"provider": "openai", "modelId": "gpt-5.2"},
        },
    ],
)
def test_a_missing_model_is_the_one_that_was_changed_to(
    home: Path, write: Write, counted: Counted, change: Any
) -> None:
    other = answer("b", model=None, provider=None)
    expected = {**ONE, (DAY, "gpt-5.2"): ROW}
    path = write(answer("a"), change, other)
    assert counted() == expected
    path.unlink()
    store(home, answer("a"), change, other)
    assert counted() == expected


def test_a_model_of_one_session_in_the_database_is_not_the_next_ones(
    home: Path, counted: Counted
) -> None:
    store(home, CHANGE, answer("a"), session="s1")
    store(home, answer("b", model=None), session="s2")
    assert counted() == {**ONE, (DAY, "unknown"): ROW}


def test_deliveries_custom_entries_and_tool_results_are_no_responses(
    write: Write, counted: Counted
) -> None:
    zeros = dict.fromkeys(usage(), 0)
    result = {"role": "toolResult", "usage": usage()}
    write(
        answer(),
        answer("d", model="delivery-mirror", usage=zeros),
        {"type": "custom", "customType": "x", "timestamp": AT, "usage": usage()},
        {"type": "message", "id": "t", "timestamp": AT, "message": result},
    )
    assert counted() == ONE


@pytest.mark.parametrize("kind", ["compaction", "branch_summary"])
def test_a_summary_with_numbers_is_a_request_of_the_model_in_use(
    write: Write, counted: Counted, kind: str
) -> None:
    write(answer(), CHANGE, {"type": kind, "id": "c", "timestamp": AT, "usage": usage()})
    write({"type": kind, "id": "c", "timestamp": AT}, name=f"{SESSIONS}/s2.jsonl")
    assert counted() == {**ONE, (DAY, "gpt-5.2"): ROW}


def test_without_a_time_of_the_message_the_lines_or_the_rows_counts(
    home: Path, write: Write, counted: Counted
) -> None:
    write(answer("a", timestamp=None))
    event = answer("b", timestamp=None)
    del event["timestamp"]
    store(home, event)
    assert counted() == times(2)


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({}, ".openclaw"),
        ({}, ".openclaw-work"),
        ({}, ".clawdbot"),
        ({}, ".moltbot"),
        ({}, ".moldbot"),
        ({"OPENCLAW_STATE_DIR": "{home}/state"}, "state"),
        ({"OPENCLAW_DIR": "{home}/a, {home}/b"}, "b"),
    ],
)
@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_it_is_found_under_every_name_and_profile(
    home: Path, write: Write, environment: dict[str, str], folder: str, system: Any
) -> None:
    write(answer(), name=f"{folder}/agents/ops/sessions/s.jsonl")
    named = {key: value.format(home=home) for key, value in environment.items()}
    assert sums(Machine(home, named, system), "openclaw") == ONE


def test_a_state_folder_that_is_named_replaces_the_others(home: Path, write: Write) -> None:
    write(answer())
    machine = Machine(home, {"OPENCLAW_STATE_DIR": str(home / "none")}, "linux")
    assert sums(machine, "openclaw") == {}


def test_an_entry_that_is_half_costs_that_entry(home: Path, write: Write, machine: Machine) -> None:
    write(answer("a"), rough.dense(answer("b"))[:-20])
    store(home, rough.dense(answer("c"))[:-20], answer("d"))
    found = scanned(machine, "openclaw")
    assert found.tally.total().messages == 2
    assert dict(found.skipped) == {"not readable as JSON": 2}


def test_odd_numbers_are_numbers(write: Write, counted: Counted) -> None:
    odd = {"input": "10", "output": 50.0, "cacheRead": "600", "cacheWrite": 70, "reasoning": None}
    write(answer(usage=odd))
    assert counted() == ONE


def test_an_entry_without_any_time_is_named(write: Write, machine: Machine) -> None:
    line = answer(timestamp="soon")
    write({**line, "timestamp": None})
    assert dict(scanned(machine, "openclaw").skipped) == {"without a usable time": 1}


def test_a_database_of_another_layout_is_a_problem(home: Path, machine: Machine) -> None:
    path = store(home)
    with sqlite3.connect(path) as database:
        database.execute("ALTER TABLE transcript_events RENAME TO events")
    database.close()
    assert "another layout" in scanned(machine, "openclaw").problems[0]


@pytest.mark.parametrize("trap", openclaw.TRAPS)
def test_a_corpus_with_one_trap_gives_its_truth(machine: Machine, trap: str) -> None:
    check_truth(machine, "openclaw", openclaw.generate, 5, (trap,))


@pytest.mark.parametrize("seed", range(6))
def test_a_corpus_with_every_trap_gives_its_truth(machine: Machine, seed: int) -> None:
    check_truth(machine, "openclaw", openclaw.generate, seed, openclaw.TRAPS)


@pytest.mark.parametrize("seed", range(3))
def test_files_that_change_give_what_reading_anew_gives(machine: Machine, seed: int) -> None:
    check_changes(machine, "openclaw", openclaw.generate, seed, ".jsonl")


def test_a_transcript_that_grows_is_read_on_from_where_it_ended(
    write: Write, machine: Machine
) -> None:
    lines = [CHANGE, answer("a", model=None), answer(None), answer(None), answer("a", model=None)]
    path = write(*lines)
    check_resuming(READER, path)
    check_appending(machine, "openclaw", path)


def test_a_database_that_changes_between_runs_gives_what_reading_anew_gives(
    home: Path, machine: Machine
) -> None:
    for number in range(4):
        store(home, answer(f"a{number}"), answer(f"b{number}"), session=f"s{number}")
        assert sums(machine, "openclaw", use_cache=True) == times(2 * (number + 1))
