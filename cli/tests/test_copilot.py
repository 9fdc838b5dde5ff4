"""GitHub Copilot CLI: events, telemetry and the app's database, each response once."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from corpora import copilot, rough

from ccgather_cli.machine import Machine
from corpus_runs import check_changes, check_truth, sums
from small_logs import SmallLogs

DAY, MODEL = "2026-05-02", "gpt-5.2"
EVENTS = ".copilot/session-state/s1/events.jsonl"
OTEL = ".copilot/otel/a.jsonl"
START = {"type": "session.start", "data": {"sessionId": "s1"}}
RESUME = {"type": "session.resume", "data": {}}
ONE = (330, 30, 600, 70, 20, 3)
REQUEST = (*ONE[:5], 1)


def shutdown(event_id: Any = "e1", at: Any = f"{DAY}T10:00:00.000Z", times: int = 1) -> Any:
    usage = {"inputTokens": 1000, "outputTokens": 50, "cacheReadTokens": 600}
    usage = {**usage, "cacheWriteTokens": 70, "reasoningTokens": 20}
    usage = {name: value * times for name, value in usage.items()}
    metrics = {MODEL: {"requests": {"count": 3 * times, "cost": 1}, "usage": usage}}
    data = {"currentModel": MODEL, "modelMetrics": metrics}
    return {"type": "session.shutdown", "id": event_id, "timestamp": at, "data": data}


def span(span_id: str = "a", trace: str = "t", kind: str = "chat", **more: Any) -> Any:
    attributes = {
        "gen_ai.operation.name": kind,
        "gen_ai.response.model": MODEL,
        "gen_ai.conversation.id": "s1",
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 50,
        "gen_ai.usage.cache_read.input_tokens": 600,
        "gen_ai.usage.cache_creation.input_tokens": 70,
        "gen_ai.usage.reasoning.output_tokens": 20,
    }
    return {
        "type": "span",
        "traceId": trace,
        "spanId": span_id,
        "name": f"{kind} {MODEL}",
        "startTime": [1777679990, 0],
        "endTime": [1777716005, 500_000_000],
        "attributes": {**attributes, **more},
    }


def times(count: int, row: Sequence[int] = ONE) -> dict[tuple[str, str], tuple[int, ...]]:
    return {(DAY, MODEL): tuple(count * value for value in row)}


@pytest.fixture
def logs(machine: Machine) -> SmallLogs:
    return SmallLogs(machine, "copilot")


def test_a_shutdown_gives_disjoint_classes(logs: SmallLogs) -> None:
    logs.lines(EVENTS, START, shutdown())
    assert logs.sums() == times(1)


def test_shutdowns_of_one_run_count_their_differences(logs: SmallLogs) -> None:
    logs.lines(EVENTS, START, shutdown("e1"), shutdown("e2", times=2), shutdown("e3", times=5))
    assert logs.sums() == times(5)


def test_a_resumed_session_is_a_new_run_that_adds(logs: SmallLogs) -> None:
    logs.lines(EVENTS, START, shutdown("e1", times=2), RESUME, shutdown("e2", times=3))
    assert logs.sums() == times(5)


def test_numbers_that_fall_are_a_new_run(logs: SmallLogs) -> None:
    logs.lines(EVENTS, START, shutdown("e1", times=4), shutdown("e2"))
    assert logs.sums() == times(5)


def test_an_event_counts_once_in_its_file_and_in_copies(logs: SmallLogs) -> None:
    logs.lines(EVENTS, START, shutdown(), shutdown(), RESUME, shutdown())
    logs.lines(EVENTS.replace("s1", "s2"), START, shutdown())
    assert logs.sums() == times(1)


def test_a_chat_span_is_a_request_on_the_day_of_its_end(logs: SmallLogs) -> None:
    logs.lines(OTEL, span(), span("b"), span())
    assert logs.sums() == times(2, REQUEST)


def test_a_span_in_two_files_counts_once(logs: SmallLogs) -> None:
    logs.lines(OTEL, span())
    logs.lines(OTEL.replace("a.", "b."), span(), span("b"))
    assert logs.sums() == times(2, REQUEST)


def test_within_a_trace_the_first_kind_counts(logs: SmallLogs) -> None:
    event = {"event.name": "gen_ai.client.inference.operation.details"}
    log = {**span("c", **event), "type": "log", "name": ""}
    logs.lines(OTEL, span("d", kind="invoke_agent"), log, span())
    logs.lines(OTEL.replace("a.", "b."), span("d", kind="invoke_agent"), log)
    assert logs.sums() == times(1, REQUEST)


def test_a_response_id_joins_a_log_without_a_trace_to_its_span(logs: SmallLogs) -> None:
    response = {"gen_ai.response.id": "r"}
    log = {**span(**response), "type": "log", "name": "", "body": "GenAI inference: gpt-5.2"}
    del log["traceId"], log["spanId"]
    logs.lines(OTEL, log, span(**response))
    assert logs.sums() == times(1, REQUEST)


def test_an_agents_span_counts_where_nothing_else_is_left(logs: SmallLogs) -> None:
    logs.lines(OTEL, span(kind="invoke_agent"))
    assert logs.sums() == times(1, REQUEST)


def test_the_other_names_of_attributes_are_read(logs: SmallLogs) -> None:
    other = span()
    names = other["attributes"]
    for old, new in (
        ("cache_read.input_tokens", "cache_read_input_tokens"),
        ("cache_creation.input_tokens", "cache_creation_input_tokens"),
        ("reasoning.output_tokens", "reasoning_tokens"),
    ):
        names[f"gen_ai.usage.{new}"] = names.pop(f"gen_ai.usage.{old}")
    logs.lines(OTEL, other)
    assert logs.sums() == times(1, REQUEST)


@pytest.mark.parametrize(
    "moment",
    [
        {"endTime": None, "startTime": None, "hrTime": [1777716005, 0]},
        {"endTime": None, "startTime": None, "timestamp": 1777716005000000000},
        {"endTime": None, "startTime": None, "timeUnixNano": "1777716005000000000"},
        {"endTime": "2026-05-02T10:00:05.500Z"},
    ],
)
def test_times_of_every_shape(logs: SmallLogs, moment: dict[str, Any]) -> None:
    logs.lines(OTEL, {**span(), **moment})
    assert logs.sums() == times(1, REQUEST)


def test_a_session_in_events_and_in_telemetry_counts_from_its_events(logs: SmallLogs) -> None:
    logs.lines(EVENTS, START, shutdown())
    logs.lines(OTEL, span(), span("b"), span("c", **{"gen_ai.conversation.id": "other"}))
    assert logs.sums() == times(1, tuple(a + b for a, b in zip(ONE, REQUEST, strict=True)))


def rows(machine: Machine, *told: tuple[Any, ...]) -> None:
    path = machine.home / ".copilot" / "data.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path)
    with database:
        database.execute(
            "CREATE TABLE sessions (id, model, total_input_tokens, total_output_tokens,"
            " total_cached_tokens, total_reasoning_tokens, created_at)"
        )
        database.executemany("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)", told)
    database.close()


def test_what_only_the_apps_row_tells_counts_on_its_first_day(
    logs: SmallLogs, machine: Machine
) -> None:
    logs.lines(EVENTS, START, shutdown())
    rows(
        machine,
        ("s1", MODEL, 1500, 60, 700, 20, "2026-05-01 09:00:00"),
        ("s2", MODEL, 9, 0, 0, 0, 1777500000),
    )
    assert logs.sums() == {
        **times(1),
        ("2026-05-01", MODEL): (400, 10, 100, 0, 0, 1),
        ("2026-04-29", MODEL): (9, 0, 0, 0, 0, 1),
    }


def test_a_database_that_is_none_is_named(logs: SmallLogs) -> None:
    logs.raw(".copilot/data.db", b"not a database at all, but long enough to be looked at" * 9)
    assert "data.db" in logs.scan().problems[0]


def test_a_shutdown_without_a_time_is_named(logs: SmallLogs) -> None:
    logs.lines(EVENTS, START, shutdown(at=None))
    assert logs.scan().skipped == {"without a usable time": 1}
    assert logs.scan().tools[0].looks_changed


def test_odd_bytes_cost_nothing(logs: SmallLogs) -> None:
    broken = rough.dense({**shutdown(), "note": "x"}).replace(b'"x"', b'"\xff"')
    logs.raw(
        EVENTS, b"\xef\xbb\xbf" + rough.dense(START) + b"\r\n" + broken + b"\r\n" + broken[:-9]
    )
    assert logs.sums() == times(1)


@pytest.mark.parametrize(
    ("environment", "path"),
    [
        ({}, OTEL),
        ({"COPILOT_HOME": "~/other"}, "other/otel/a.jsonl"),
        ({"COPILOT_OTEL_FILE_EXPORTER_PATH": "~/traces.jsonl"}, "traces.jsonl"),
        ({"COPILOT_OTEL_FILE_EXPORTER_PATH": "~/.copilot/otel/a.jsonl"}, OTEL),
    ],
)
@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_where_logs_are(home: Path, environment: dict[str, str], path: str, system: Any) -> None:
    machine = Machine(home=home, environment=environment, system=system)
    SmallLogs(machine, "copilot").lines(path, span())
    assert sums(machine, "copilot") == times(1, REQUEST)


def test_a_change_that_is_only_in_the_write_ahead_log_is_seen(machine: Machine) -> None:
    rows(machine, ("s1", MODEL, 10, 0, 0, 0, f"{DAY} 09:00:00"))
    assert sums(machine, "copilot", use_cache=True) == times(1, (10, 0, 0, 0, 0, 1))
    database = sqlite3.connect(machine.home / ".copilot" / "data.db")
    database.execute("PRAGMA journal_mode = WAL")
    with database:
        database.execute("UPDATE sessions SET total_input_tokens = 20")
    assert sums(machine, "copilot", use_cache=True) == times(1, (20, 0, 0, 0, 0, 1))
    database.close()


@pytest.mark.parametrize("seed", range(6))
def test_a_corpus_with_every_trap_gives_its_truth(machine: Machine, seed: int) -> None:
    check_truth(machine, "copilot", copilot.generate, seed, copilot.TRAPS)


@pytest.mark.parametrize("trap", copilot.TRAPS)
def test_a_corpus_with_one_trap_gives_its_truth(machine: Machine, trap: str) -> None:
    check_truth(machine, "copilot", copilot.generate, 77, (trap,))


@pytest.mark.parametrize("seed", range(3))
def test_files_that_come_go_and_grow_count_as_if_read_anew(machine: Machine, seed: int) -> None:
    check_changes(machine, "copilot", copilot.generate, seed, ".jsonl")
