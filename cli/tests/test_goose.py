"""Goose's database: requests of the ledger, what sessions spent beside it, classes and days."""

import json
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from corpora import goose

from ccgather_cli.machine import Machine
from ccgather_cli.reading.facts import ESTIMATE, FLAGS
from corpus_runs import Sums, check_truth, scanned, sums

DAY, MODEL = "2026-05-02", "claude-sonnet-4-5"
SECOND = 1_777_716_000
FOLDER = Path(".local/share/goose/sessions")
Counted = Callable[[], Sums]
_LEDGER = (
    "CREATE TABLE usage_ledger (id INTEGER PRIMARY KEY, session_id TEXT, created_timestamp INTEGER,"
    " model TEXT, input_tokens INTEGER, output_tokens INTEGER, total_tokens INTEGER,"
    " cache_read_tokens INTEGER, cache_write_tokens INTEGER, cost_source TEXT,"
    " is_compaction INTEGER)"
)


def session(key: str = "20260502_1", **more: Any) -> dict[str, Any]:
    return {
        "id": key,
        "created_at": "2026-05-02 10:00:00",
        "model_config_json": json.dumps({"model_name": MODEL}),
        "provider_name": "anthropic",
        "accumulated_input_tokens": 700,
        "accumulated_output_tokens": 50,
        "accumulated_total_tokens": 770,
        "input_tokens": 1,
        "output_tokens": 1,
        "total_tokens": 2,
        **more,
    }


def request(**more: Any) -> dict[str, Any]:
    return {
        "session_id": "20260502_1",
        "created_timestamp": SECOND + 86_400,
        "model": MODEL,
        "input_tokens": 700,
        "output_tokens": 50,
        "total_tokens": 770,
        "cache_read_tokens": 600,
        "cache_write_tokens": 70,
        **more,
    }


def write(path: Path, *sessions: dict[str, Any], ledger: Any = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        names = dict.fromkeys(name for row in sessions for name in row)
        database.execute(f"CREATE TABLE sessions ({', '.join(names)})")
        if ledger is not None:
            database.execute(_LEDGER)
        for table, rows in (("sessions", sessions), ("usage_ledger", ledger or ())):
            for row in rows:
                places = ", ".join("?" * len(row))
                database.execute(
                    f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})",  # noqa: S608
                    tuple(row.values()),
                )
    database.close()
    return path


@pytest.fixture
def place(home: Path) -> Path:
    return home / FOLDER / "sessions.db"


@pytest.fixture
def counted(machine: Machine) -> Counted:
    return lambda: sums(machine, "goose")


def test_a_sessions_sum_stands_on_its_first_day_as_an_estimate(
    place: Path, machine: Machine, counted: Counted
) -> None:
    write(place, session())
    assert counted() == {(DAY, MODEL): (700, 50, 0, 0, 20, 1)}
    rows = [row for _, _, _, row in scanned(machine, "goose").rows()]
    assert [row[FLAGS] & ESTIMATE for row in rows] == [ESTIMATE]


def test_a_request_of_the_ledger_stands_on_its_own_day_with_its_cache(
    place: Path, counted: Counted
) -> None:
    write(place, session(), ledger=[request()])
    assert counted() == {("2026-05-03", MODEL): (30, 50, 600, 70, 20, 1)}


def test_what_was_spent_before_the_ledger_stands_on_the_first_day(
    place: Path, counted: Counted
) -> None:
    whole = session(
        accumulated_input_tokens=1000,
        accumulated_output_tokens=150,
        accumulated_total_tokens=1170,
        accumulated_cache_read_tokens=600,
        accumulated_cache_write_tokens=70,
    )
    write(place, whole, ledger=[request()])
    assert counted() == {
        ("2026-05-03", MODEL): (30, 50, 600, 70, 20, 1),
        (DAY, MODEL): (300, 100, 0, 0, 0, 1),
    }


def test_the_rest_that_goose_carried_forward_stays_on_the_first_day(
    place: Path, counted: Counted
) -> None:
    carried = request(
        model=None,
        input_tokens=300,
        output_tokens=100,
        total_tokens=400,
        cache_read_tokens=0,
        cache_write_tokens=0,
        cost_source="carried_forward",
    )
    whole = session(
        accumulated_input_tokens=1000, accumulated_output_tokens=150, accumulated_total_tokens=1170
    )
    write(place, whole, ledger=[carried, request()])
    assert counted() == {
        ("2026-05-03", MODEL): (30, 50, 600, 70, 20, 1),
        (DAY, MODEL): (300, 100, 0, 0, 0, 1),
    }


def test_compactions_and_rows_without_a_model_are_requests_too(
    place: Path, counted: Counted
) -> None:
    rows = [request(), request(is_compaction=1), request(model=None)]
    write(place, session(), ledger=rows)
    assert counted() == {("2026-05-03", MODEL): (90, 150, 1800, 210, 60, 3)}


def test_nulls_are_zero_and_a_missing_total_is_no_reasoning(place: Path, counted: Counted) -> None:
    row = request(total_tokens=None, cache_read_tokens=None, cache_write_tokens=None)
    write(place, session(accumulated_total_tokens=750), ledger=[row])
    assert counted() == {("2026-05-03", MODEL): (700, 50, 0, 0, 0, 1)}


def test_columns_of_the_cache_are_parts_of_the_input_and_never_more(
    place: Path, counted: Counted
) -> None:
    write(
        place,
        session("a", accumulated_cache_read_tokens=600, accumulated_cache_write_tokens=70),
        session("b", accumulated_cache_read_tokens=9000, accumulated_cache_write_tokens=70),
    )
    assert counted() == {(DAY, MODEL): (30, 100, 1300, 70, 40, 2)}


def test_without_a_sum_the_last_request_counts(place: Path, counted: Counted) -> None:
    sums_of_none = {f"accumulated_{kind}_tokens": None for kind in ("input", "output", "total")}
    write(place, session(**sums_of_none, input_tokens=7, output_tokens=5, total_tokens=12))
    assert counted() == {(DAY, MODEL): (7, 5, 0, 0, 0, 1)}


def test_a_copy_left_by_an_older_installation_counts_once(home: Path, counted: Counted) -> None:
    write(home / FOLDER / "sessions.db", session(), ledger=[request()])
    older = home / ".local/share/Block/goose/sessions/sessions.db"
    write(older, session(), ledger=[request()])
    assert counted() == {("2026-05-03", MODEL): (30, 50, 600, 70, 20, 1)}


def test_of_two_states_of_a_rest_the_later_one_counts(home: Path, counted: Counted) -> None:
    write(
        home / FOLDER / "sessions.db",
        session(accumulated_output_tokens=60, accumulated_total_tokens=780),
    )
    write(home / ".local/share/Block/goose/sessions/sessions.db", session())
    assert counted() == {(DAY, MODEL): (700, 60, 0, 0, 20, 1)}


def test_the_same_number_on_another_machine_is_another_session(
    home: Path, counted: Counted
) -> None:
    write(home / FOLDER / "sessions.db", session())
    other = session(created_at="2026-05-02 11:00:00")
    write(home / ".local/share/Block/goose/sessions/sessions.db", other)
    assert counted() == {(DAY, MODEL): (1400, 100, 0, 0, 40, 2)}


@pytest.mark.parametrize(
    ("system", "environment", "where"),
    [
        ("linux", {"XDG_DATA_HOME": "{home}/x"}, "x/goose/sessions"),
        ("linux", {"GOOSE_PATH_ROOT": "{home}/g"}, "g/data/sessions"),
        ("macos", {}, ".local/share/goose/sessions"),
        ("macos", {}, "Library/Application Support/goose/sessions"),
        ("macos", {}, "Library/Application Support/Block/goose/sessions"),
        ("windows", {}, "AppData/Roaming/Block/goose/data/sessions"),
        ("windows", {"APPDATA": "{home}/r"}, "r/Block/goose/data/sessions"),
    ],
)
def test_it_is_found_where_each_system_has_it(
    home: Path, system: Any, environment: dict[str, str], where: str
) -> None:
    write(home / where / "sessions.db", session())
    named = {key: value.format(home=home) for key, value in environment.items()}
    assert sums(Machine(home, named, system), "goose") == {(DAY, MODEL): (700, 50, 0, 0, 20, 1)}


def test_a_broken_configuration_leaves_the_model_unknown(place: Path, counted: Counted) -> None:
    write(place, session(model_config_json="{"))
    assert counted() == {(DAY, "unknown"): (700, 50, 0, 0, 20, 1)}


def test_a_session_without_a_day_is_named(place: Path, machine: Machine) -> None:
    write(place, session(created_at="once"))
    assert dict(scanned(machine, "goose").skipped) == {"without a usable time": 1}


@pytest.mark.parametrize("tables", ["CREATE TABLE x (a)", "CREATE TABLE sessions (id, created_at)"])
def test_a_database_of_another_layout_is_a_problem(
    place: Path, machine: Machine, tables: str
) -> None:
    place.parent.mkdir(parents=True)
    with sqlite3.connect(place) as database:
        database.execute(tables)
    database.close()
    assert "another layout" in scanned(machine, "goose").problems[0]


def test_a_day_never_falls_while_a_session_goes_on(place: Path, machine: Machine) -> None:
    before: Sums = {}
    for step in range(1, 5):
        figures = {
            f"accumulated_{kind}_tokens": step * value
            for kind, value in (("input", 700), ("output", 50), ("total", 770))
        }
        rows = [request() for _ in range(step - 1)]
        write(place, session(**figures), ledger=rows if step > 2 else None)
        now = sums(machine, "goose", use_cache=True)
        assert sum(sum(row[:5]) for row in now.values()) == step * 770
        before = now
    assert before


@pytest.mark.parametrize("trap", goose.TRAPS)
@pytest.mark.parametrize("ledger", [(), ("ledger",)])
def test_a_corpus_with_one_trap_gives_its_truth(
    machine: Machine, trap: str, ledger: tuple[str, ...]
) -> None:
    check_truth(machine, "goose", goose.generate, 5, (trap, *ledger))


@pytest.mark.parametrize("seed", range(6))
def test_a_corpus_with_every_trap_gives_its_truth(machine: Machine, seed: int) -> None:
    check_truth(machine, "goose", goose.generate, seed, goose.TRAPS)


def test_a_corpus_without_traps_gives_its_truth(machine: Machine) -> None:
    check_truth(machine, "goose", goose.generate, 1, ())


def test_a_database_that_changes_between_runs_gives_what_reading_anew_gives(
    machine: Machine, place: Path
) -> None:
    chance = random.Random(1)
    goose.generate(machine.home, chance, sessions=9, traps=("ledger", "older_part"))
    for number in range(5):
        sums(machine, "goose", use_cache=True)
        with sqlite3.connect(place) as database:
            database.execute("DELETE FROM usage_ledger WHERE id % 9 = ?", (number,))
        database.close()
        assert sums(machine, "goose", use_cache=True) == sums(machine, "goose")
