"""Cline: tasks of the extension and sessions of the command line."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from corpora import cline

from ccgather_cli.machine import Machine
from ccgather_cli.readers.cline import READER
from ccgather_cli.reading.facts import ESTIMATE, FLAGS, Facts
from ccgather_cli.reading.interface import log_file
from corpus_runs import Sums, check_changes, check_truth, scanned, sums
from tasks import DAY, HOUR, MODEL, TS, Tasks, figures, request

FIGURES = (100, 50, 600, 70, 0, 1)
ONE: Sums = {(DAY, MODEL): FIGURES}
METRICS = {
    "inputTokens": 770,
    "outputTokens": 50,
    "cacheReadTokens": 600,
    "cacheWriteTokens": 70,
    "cost": 0.01,
}
WARNING = (
    "Warning: this is a legacy conversation, which means tool names may have changed."
    " Please use the most up-to-date tools you are aware of."
)

Write = Callable[..., Path]


def told(name: Any = "a1", **more: Any) -> dict[str, Any]:
    """An answer of the command line."""
    about = {"id": MODEL, "provider": "anthropic"}
    message = {"id": name, "role": "assistant", "ts": TS, "modelInfo": about, "metrics": METRICS}
    return {**message, **more}


@pytest.fixture
def tasks(home: Path) -> Tasks:
    return Tasks(home, "saoudrizwan.claude-dev")


@pytest.fixture
def write(home: Path) -> Write:
    def write_session(
        *messages: Any, name: str = "S", root: str = ".cline/data/sessions", folder: str = ""
    ) -> Path:
        path = home / root / (folder or name) / f"{name}.messages.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"sessionId": name, "messages": list(messages)}))
        return path

    return write_session


@pytest.fixture
def counted(machine: Machine) -> Callable[[], Sums]:
    return lambda: sums(machine, "cline")


Counted = Callable[[], Sums]


def times(count: int) -> Sums:
    return {(DAY, MODEL): tuple(count * value for value in FIGURES)}


def test_the_extensions_prompt_has_no_cache_in_it(tasks: Tasks, counted: Counted) -> None:
    tasks.write(request(text=figures(5000)))
    assert counted() == {(DAY, MODEL): (5000, *FIGURES[1:])}


def test_each_entry_names_its_model(tasks: Tasks, counted: Counted) -> None:
    about = {"providerId": "openai", "modelId": "gpt-5.2"}
    tasks.write(request(text=figures(100), modelInfo=about), request(TS + HOUR, figures(100)))
    assert counted() == {**ONE, (DAY, "gpt-5.2"): FIGURES}


@pytest.mark.parametrize("say", ["deleted_api_reqs", "subagent_usage"])
def test_sums_of_what_is_not_shown_count(tasks: Tasks, counted: Counted, say: str) -> None:
    tasks.write(request(text=figures(100)), request(TS + 1, figures(100), say))
    assert counted() == times(2)


def test_tasks_outside_of_editors_are_read(home: Path, counted: Counted) -> None:
    folder = home / ".cline/data/tasks/t1"
    folder.mkdir(parents=True)
    about = {"providerId": "anthropic", "modelId": MODEL}
    entry = request(text=figures(100), modelInfo=about)
    (folder / "ui_messages.json").write_text(json.dumps([entry]))
    assert counted() == ONE


def test_the_command_lines_prompt_has_its_cache_in_it(write: Write, counted: Counted) -> None:
    write({"role": "user", "content": "go", "ts": TS}, told())
    assert counted() == ONE


def test_a_prompt_smaller_than_its_cache_has_no_input(write: Write, counted: Counted) -> None:
    write(told(metrics={**METRICS, "inputTokens": 9}))
    assert counted() == {(DAY, MODEL): (0, *FIGURES[1:])}


def test_a_fork_copies_messages_that_count_once(write: Write, counted: Counted) -> None:
    write(told("a1"), told("a2", ts=TS + 1))
    write(told("a1"), told("a3", ts=TS + 2), name="F")
    assert counted() == times(3)


def test_ids_that_begin_anew_in_each_session_are_told_apart_by_their_time(
    write: Write, counted: Counted
) -> None:
    write(told("1"))
    write(told("1", ts=TS + 1), name="T")
    assert counted() == times(2)


def test_messages_without_ids_are_told_apart_by_their_place(write: Write, counted: Counted) -> None:
    write(told(None), told(None))
    write(told(None), name="T")
    assert counted() == times(3)


def test_sub_agents_have_files_beside_their_parents(write: Write, counted: Counted) -> None:
    write(told("a"))
    write(told("b"), name="agent_1", folder="S")
    assert counted() == times(2)


def test_the_model_is_the_messages_else_the_one_befores_else_the_manifests(
    write: Write, counted: Counted
) -> None:
    about = {"id": "gpt-5.2", "provider": "openai"}
    path = write(
        told("a", modelInfo=None),
        told("b", modelInfo=about),
        told("c", modelInfo=None),
    )
    path.with_name("S.json").write_text(json.dumps({"model": MODEL, "provider": "anthropic"}))
    two = tuple(2 * value for value in FIGURES)
    assert counted() == {**ONE, (DAY, "gpt-5.2"): two}


def test_a_manifest_that_changed_is_noticed(write: Write, machine: Machine) -> None:
    path = write(told(modelInfo=None))
    assert set(sums(machine, "cline", use_cache=True)) == {(DAY, "unknown")}
    path.with_name("S.json").write_text(json.dumps({"model": MODEL}))
    assert sums(machine, "cline", use_cache=True) == ONE


def test_a_message_without_a_time_takes_the_files(write: Write, counted: Counted) -> None:
    path = write(told(ts=None))
    os.utime(path, (1_767_225_600,) * 2)
    assert counted() == {("2026-01-01", MODEL): FIGURES}
    log, facts = log_file(path), Facts("cline")
    assert log is not None
    READER.extract(log, facts, start=0, progressed=lambda _: None)
    assert [row[FLAGS] for row in facts.rows] == [ESTIMATE]


@pytest.mark.parametrize("content", [WARNING, [{"type": "text", "text": WARNING}]])
def test_a_task_that_was_taken_over_counts_where_it_began(
    write: Write, counted: Counted, content: Any
) -> None:
    write(told("old"), {"role": "user", "content": content}, told("new"))
    assert counted() == ONE


def test_one_broken_message_costs_that_message(write: Write, machine: Machine) -> None:
    write(told("a"), 7, told("b", metrics=[1]), told("c", modelInfo="x"), told("d"))
    assert sums(machine, "cline") == times(3)
    assert scanned(machine, "cline").skipped == {"not readable as JSON": 1}


def test_a_session_that_ends_in_the_middle_counts_up_to_there(
    write: Write, counted: Counted
) -> None:
    path = write(told("a"), told("b"))
    path.write_bytes(path.read_bytes()[:-40])
    assert counted() == ONE


@pytest.mark.parametrize(
    ("environment", "root"),
    [
        ({"CLINE_SESSION_DATA_DIR": "x"}, "x"),
        ({"CLINE_DATA_DIR": "x"}, "x/sessions"),
        ({"CLINE_DIR": "x"}, "x/data/sessions"),
    ],
)
def test_the_environment_moves_the_sessions(
    write: Write, home: Path, environment: dict[str, str], root: str
) -> None:
    write(told(), root=root)
    named = {name: str(home / value) for name, value in environment.items()}
    assert sums(Machine(home, named, "linux"), "cline") == ONE


@pytest.mark.parametrize("seed", range(12))
def test_a_corpus_with_every_trap_gives_its_truth(machine: Machine, seed: int) -> None:
    check_truth(machine, "cline", cline.generate, seed, cline.TRAPS)


@pytest.mark.parametrize("trap", cline.TRAPS)
def test_each_trap_alone_gives_the_truth(machine: Machine, trap: str) -> None:
    check_truth(machine, "cline", cline.generate, 1, [trap])


@pytest.mark.parametrize("seed", range(3))
def test_files_that_come_and_go_and_grow_count_as_if_read_anew(machine: Machine, seed: int) -> None:
    check_changes(machine, "cline", cline.generate, seed, ".json")
