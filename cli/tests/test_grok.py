"""Grok Build: turns of sessions and the log of calls, one source a session."""

import random
from pathlib import Path
from typing import Any

import pytest
from corpora import grok, rough

from ccgather_cli.machine import Machine
from ccgather_cli.readers.grok import READER
from corpus_runs import check_appending, check_changes, check_resuming, check_truth, sums
from small_logs import SmallLogs

DAY, MODEL, OTHER = "2026-05-02", "grok-4.5-build", "grok-code-fast-2"
FOLDER = ".grok/sessions/%2Fp"
UPDATES = f"{FOLDER}/s1/updates.jsonl"
CALLS = ".grok/logs/unified.jsonl"
ONE = (600, 80, 400, 0, 20, 1)


def usage(times: int = 1) -> dict[str, Any]:
    numbers = {"inputTokens": 1000, "outputTokens": 100, "reasoningTokens": 20}
    numbers = {**numbers, "cachedReadTokens": 400, "totalTokens": 1100}
    return {name: value * times for name, value in numbers.items()}


def turn(event: Any = "e1", at: Any = 1777716000000, session: str = "s1", **told: Any) -> Any:
    told = told or {"modelUsage": {MODEL: usage()}}
    update = {"sessionUpdate": "turn_completed", "usage": {**usage(), **told}}
    meta = {"eventId": event, "agentTimestampMs": at}
    params = {"sessionId": session, "update": update, "_meta": meta}
    return {"method": "session/update", "params": params}


def call(session: str = "s1", place: int = 1, at: Any = f"{DAY}T10:00:00.000Z") -> Any:
    told = {"loop_index": place, "prompt_tokens": 1000, "cached_prompt_tokens": 400}
    told = {**told, "completion_tokens": 100, "reasoning_tokens": 20}
    return {"ts": at, "pid": 1, "sid": session, "msg": "shell.turn.inference_done", "ctx": told}


def times(count: int, model: str = MODEL) -> dict[tuple[str, str], tuple[int, ...]]:
    return {(DAY, model): tuple(count * value for value in ONE)}


@pytest.fixture
def logs(machine: Machine) -> SmallLogs:
    return SmallLogs(machine, "grok")


def test_a_turn_gives_its_classes(logs: SmallLogs) -> None:
    logs.lines(UPDATES, {"method": "session/update", "params": {"update": {}}}, turn())
    assert logs.sums() == times(1)


def test_a_turn_of_two_models_is_booked_on_both(logs: SmallLogs) -> None:
    logs.lines(UPDATES, turn(**usage(3), modelUsage={MODEL: usage(), OTHER: usage(2)}))
    assert logs.sums() == {
        **times(1),
        (DAY, OTHER): (1200, 160, 800, 0, 40, 1),
    }


def test_a_turn_without_models_has_the_sessions(logs: SmallLogs) -> None:
    logs.document(f"{FOLDER}/s1/summary.json", {"current_model_id": OTHER})
    logs.lines(UPDATES, turn(modelUsage={}))
    assert logs.sums() == times(1, OTHER)


def test_a_change_of_the_summary_alone_is_seen_through_the_cache(
    logs: SmallLogs, machine: Machine
) -> None:
    logs.lines(UPDATES, turn(modelUsage={}))
    assert sums(machine, "grok", use_cache=True) == times(1, "unknown")
    logs.document(f"{FOLDER}/s1/summary.json", {"current_model_id": OTHER})
    assert sums(machine, "grok", use_cache=True) == times(1, OTHER)


def test_a_line_again_is_one_turn_and_an_event_id_again_is_another(logs: SmallLogs) -> None:
    logs.lines(UPDATES, turn(), turn(), turn(at=1777716001000))
    assert logs.sums() == times(2)


def test_a_session_copied_under_another_id_counts_once(logs: SmallLogs) -> None:
    logs.lines(UPDATES, turn())
    logs.lines(UPDATES.replace("s1", "s2"), turn(session="s2"), turn("e2", session="s2"))
    assert logs.sums() == times(2)


def test_calls_count_only_where_no_turn_tells_of_their_session(logs: SmallLogs) -> None:
    logs.lines(UPDATES, turn())
    logs.document(f"{FOLDER}/s2/summary.json", {"current_model_id": OTHER})
    logs.lines(CALLS, call(), call("s2"), call("s2"), call("s2", 2), {"msg": "other"})
    assert logs.sums() == {**times(1), **times(2, OTHER)}


def test_sessions_with_nothing_but_a_total_are_named_and_not_counted(logs: SmallLogs) -> None:
    meta = {"totalTokens": 9000, "agentTimestampMs": 1777716000000}
    logs.lines(UPDATES, {"params": {"sessionId": "s1", "update": {}, "_meta": meta}})
    assert logs.sums() == {}
    assert "only have a total" in next(iter(logs.scan().skipped))


def test_parts_never_exceed_their_wholes(logs: SmallLogs) -> None:
    told = {**usage(), "cachedReadTokens": 9000, "reasoningTokens": 700}
    logs.lines(UPDATES, turn(modelUsage={MODEL: told}))
    assert logs.sums() == {(DAY, MODEL): (0, 0, 1000, 0, 100, 1)}


def test_a_turn_without_a_time_is_named(logs: SmallLogs) -> None:
    logs.lines(UPDATES, turn(at=None))
    assert logs.scan().skipped == {"without a usable time": 1}
    assert logs.scan().tools[0].looks_changed


def test_odd_bytes_and_numbers_in_quotes_cost_nothing(logs: SmallLogs) -> None:
    told = {**usage(), "inputTokens": "1000", "outputTokens": 100.0}
    broken = rough.dense({**turn(modelUsage={MODEL: told}), "x": "y"})
    logs.raw(UPDATES, b"\xef\xbb\xbf" + broken.replace(b'"y"', b'"\xff"') + b"\r\n" + broken[:-9])
    assert logs.sums() == times(1)


@pytest.mark.parametrize(
    ("environment", "folder"), [({}, ".grok"), ({"GROK_HOME": "~/other"}, "other")]
)
@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_where_sessions_are(
    home: Path, environment: dict[str, str], folder: str, system: Any
) -> None:
    machine = Machine(home=home, environment=environment, system=system)
    SmallLogs(machine, "grok").lines(UPDATES.replace(".grok", folder), turn())
    assert sums(machine, "grok") == times(1)


@pytest.mark.parametrize("seed", range(6))
def test_a_corpus_with_every_trap_gives_its_truth(machine: Machine, seed: int) -> None:
    check_truth(machine, "grok", grok.generate, seed, grok.TRAPS)


@pytest.mark.parametrize("trap", grok.TRAPS)
def test_a_corpus_with_one_trap_gives_its_truth(machine: Machine, trap: str) -> None:
    check_truth(machine, "grok", grok.generate, 77, (trap,))


@pytest.mark.parametrize("seed", range(3))
def test_files_that_come_go_and_grow_count_as_if_read_anew(machine: Machine, seed: int) -> None:
    check_changes(machine, "grok", grok.generate, seed, ".jsonl")


def test_reading_on_at_any_newline_gives_the_same_facts(machine: Machine) -> None:
    grok.generate(machine.home, random.Random(1), sessions=3, traps=("both", "repeats", "old"))
    for path in sorted(machine.home.rglob("*.jsonl")):
        check_resuming(READER, path)
        check_appending(machine, "grok", path)
