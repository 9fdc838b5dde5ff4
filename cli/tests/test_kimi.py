"""Kimi's wire files: steps of the CLI, requests of Kimi Code, and what copies do."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from corpora import kimi, rough

from ccgather_cli.machine import Machine
from ccgather_cli.readers.kimi import READER
from corpus_runs import (
    Sums,
    check_appending,
    check_changes,
    check_resuming,
    check_truth,
    scanned,
    sums,
)

DAY, UNCONFIGURED = "2026-05-02", "kimi-for-coding"
AT = 1_777_716_000.5
ROW = (100, 50, 600, 70, 0, 1)
ONE: Sums = {(DAY, UNCONFIGURED): ROW}
USAGE = {"input_other": 100, "output": 50, "input_cache_read": 600, "input_cache_creation": 70}
CODE = {"inputOther": 100, "output": 50, "inputCacheRead": 600, "inputCacheCreation": 70}

TABLES = """default_model = "mine"
[models.other]
model = "no"
[models."mine"]
provider = "p"
model = "kimi-k2-turbo"
"""

Write = Callable[..., Path]
Counted = Callable[[], Sums]


def status(key: Any = "chatcmpl-1", at: Any = AT, usage: Any = USAGE) -> dict[str, Any]:
    payload = {"token_usage": usage, "message_id": key}
    return {"timestamp": at, "message": {"type": "StatusUpdate", "payload": payload}}


def wrapped(line: dict[str, Any]) -> dict[str, Any]:
    event = {"type": "SubagentEvent", "payload": {"agent_id": "a", "event": line["message"]}}
    return {"timestamp": AT + 1, "message": event}


def record(model: Any = "kimi-k2.6", **more: Any) -> dict[str, Any]:
    usage = {"type": "usage.record", "model": model, "usage": CODE, "usageScope": "turn"}
    return {**usage, "time": 1_777_716_000_500, **more}


@pytest.fixture
def write(home: Path) -> Write:
    def write_lines(*lines: Any, name: str = ".kimi/sessions/h/s1/wire.jsonl") -> Path:
        rough.write_lines(home / name, [*lines], random.Random(0))
        return home / name

    return write_lines


@pytest.fixture
def counted(machine: Machine) -> Counted:
    return lambda: sums(machine, "kimi")


def times(count: int, model: str = UNCONFIGURED) -> Sums:
    return {(DAY, model): tuple(count * value for value in ROW)}


def test_a_step_gives_its_four_classes(write: Write, counted: Counted) -> None:
    write({"type": "metadata", "protocol_version": "1.6"}, status(), status("c2", usage=None))
    assert counted() == ONE


def test_of_growing_lines_of_a_message_the_last_counts(write: Write, counted: Counted) -> None:
    write(status(usage={**USAGE, "output": 1}), status(usage={**USAGE, "output": 20}), status())
    assert counted() == ONE


def test_a_fork_copies_steps_that_count_once(write: Write, counted: Counted) -> None:
    write(status("a"), status("b"))
    write(status("a"), status("c"), name=".kimi/sessions/h/s2/wire.jsonl")
    assert counted() == times(3)


def test_steps_without_an_id_are_told_apart_by_moment_and_count_once_over_copies(
    write: Write, counted: Counted
) -> None:
    write(status(None), status(None, at=AT + 1))
    write(status(None), name=".kimi/sessions/h/s2/wire.jsonl")
    assert counted() == times(2)


def test_a_sub_agent_counts_by_its_own_file(write: Write, counted: Counted) -> None:
    write(status("a"), wrapped(status("b")), wrapped(status(None)))
    write(status("b"), name=".kimi/sessions/h/s1/subagents/a1/wire.jsonl")
    assert counted() == times(2)


def test_a_sub_agent_of_before_its_own_files_counts_by_what_the_parent_wraps(
    write: Write, counted: Counted
) -> None:
    write(status("a"), wrapped(status("b")), wrapped({"message": wrapped(status("c"))["message"]}))
    assert counted() == times(3)


@pytest.mark.parametrize(
    ("name", "content", "model"),
    [
        ("config.toml", 'default_model = "kimi-k2.6"\n', "kimi-k2.6"),
        ("config.toml", "# x\n  default_model='kimi-k2.6' # mine\n[models.x]\n", "kimi-k2.6"),
        (
            "config.toml",
            TABLES,
            "kimi-k2-turbo",
        ),
        ("config.toml", '[other]\ndefault_model = "x"\n', UNCONFIGURED),
        ("config.toml", "default_model = \xff", UNCONFIGURED),
        ("config.json", '{"model": "kimi-k2"}', "kimi-k2"),
        ("config.json", '{"model":', UNCONFIGURED),
    ],
)
def test_the_model_is_what_the_configuration_says(
    home: Path, write: Write, counted: Counted, name: str, content: str, model: str
) -> None:
    write(status())
    (home / ".kimi" / name).write_text(content, encoding="latin-1")
    assert counted() == {(DAY, model): ROW}


def test_a_changed_configuration_is_noticed(home: Path, write: Write, machine: Machine) -> None:
    write(status())
    assert sums(machine, "kimi", use_cache=True) == ONE
    (home / ".kimi/config.toml").write_text('default_model = "kimi-k2.6"')
    assert sums(machine, "kimi", use_cache=True) == {(DAY, "kimi-k2.6"): ROW}


CODE_NAME = ".kimi-code/sessions/w/s1/agents/main/wire.jsonl"


def test_a_record_of_kimi_code_gives_its_four_classes(write: Write, counted: Counted) -> None:
    write(record(), name=CODE_NAME)
    assert counted() == times(1, "kimi-k2.6")


def test_sums_of_sessions_and_steps_repeat_what_is_there(write: Write, counted: Counted) -> None:
    step = {"type": "step.end", "usage": CODE, "time": 1_777_716_000_500}
    write(record(), record(usageScope="session"), step, name=CODE_NAME)
    assert counted() == times(1, "kimi-k2.6")


def test_a_symbolic_model_is_that_of_the_request_before(write: Write, counted: Counted) -> None:
    request = {"type": "llm.request", "model": "kimi-k2.6"}
    write(request, record("__default__"), name=CODE_NAME)
    assert counted() == times(1, "kimi-k2.6")


def test_equal_records_of_one_file_are_two_and_those_of_its_copy_none(
    write: Write, counted: Counted
) -> None:
    write(record(), record(), name=CODE_NAME)
    write(record(), record(), name=".kimi-code/sessions/w/s2/agents/main/wire.jsonl")
    assert counted() == times(2, "kimi-k2.6")


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"KIMI_SHARE_DIR": "{home}/k"}, "k/sessions/h/s/wire.jsonl"),
        ({"KIMI_CODE_HOME": "{home}/c"}, "c/sessions/w/s/agents/main/wire.jsonl"),
        ({"KIMI_DATA_DIR": "{home}/x,{home}/y"}, "y/sessions/h/s/wire.jsonl"),
    ],
)
@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_the_environment_moves_the_folders(
    home: Path, write: Write, environment: dict[str, str], name: str, system: Any
) -> None:
    code = "KIMI_CODE_HOME" in environment
    write(record() if code else status(), name=name)
    named = {key: value.format(home=home) for key, value in environment.items()}
    found = sums(Machine(home, named, system), "kimi")
    assert found == (times(1, "kimi-k2.6") if code else ONE)


def test_sub_agents_belong_to_their_session(write: Write, machine: Machine) -> None:
    write(status("a"))
    write(status("b"), name=".kimi/sessions/h/s1/subagents/a1/wire.jsonl")
    write(record(), name=CODE_NAME)
    rows = scanned(machine, "kimi").rows()
    assert {list(facts.sessions)[row[5]] for _, _, facts, row in rows} == {"s1"}


@pytest.mark.parametrize("moment", [None, "soon", -1])
def test_a_step_without_a_time_is_named(write: Write, machine: Machine, moment: Any) -> None:
    write(status(at=moment))
    found = scanned(machine, "kimi")
    assert dict(found.skipped) == {"without a usable time": 1}
    assert found.tools[0].looks_changed


def test_odd_numbers_are_numbers(write: Write, counted: Counted) -> None:
    odd = {"input_other": "100", "output": 50.0, "input_cache_read": "600", "x": None}
    write(status(usage={**odd, "input_cache_creation": 70}))
    assert counted() == ONE


def test_a_line_that_is_half_costs_that_line(write: Write, machine: Machine) -> None:
    write(status("a"), rough.dense(status("b"))[:-9], status("c"))
    found = scanned(machine, "kimi")
    assert found.tally.total().messages == 2
    assert dict(found.skipped) == {"not readable as JSON": 1}


@pytest.mark.parametrize("trap", kimi.TRAPS)
@pytest.mark.parametrize("more", [(), ("code",)])
def test_a_corpus_with_one_trap_gives_its_truth(
    machine: Machine, trap: str, more: tuple[str, ...]
) -> None:
    check_truth(machine, "kimi", kimi.generate, 5, (trap, *more))


@pytest.mark.parametrize("seed", range(6))
def test_a_corpus_with_every_trap_gives_its_truth(machine: Machine, seed: int) -> None:
    traps = set(kimi.TRAPS) - {"code_only"}
    check_truth(machine, "kimi", kimi.generate, seed, sorted(traps))


@pytest.mark.parametrize("traps", [(), ("code",)])
def test_files_that_change_give_what_reading_anew_gives(
    machine: Machine, traps: tuple[str, ...]
) -> None:
    def generate(home: Path, chance: random.Random, **more: Any) -> Any:
        return kimi.generate(home, chance, **{**more, "traps": traps})

    check_changes(machine, "kimi", generate, 3, "wire.jsonl")


def test_a_wire_file_that_grows_is_read_on_from_where_it_ended(
    home: Path, write: Write, machine: Machine
) -> None:
    lines = [{"type": "llm.request", "model": "m"}, record("__x__"), record("__x__"), record()]
    path = write(*lines, name=CODE_NAME)
    check_resuming(READER, path)
    check_appending(machine, "kimi", path)
    check_appending(machine, "kimi", write(status("a"), status("a"), status(None)))
    assert home.is_dir()
