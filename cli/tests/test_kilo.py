"""Kilo CLI: OpenCode's rows in another place."""

import json
import sqlite3
from pathlib import Path

import pytest
from corpora import kilo

from ccgather_cli.machine import Machine
from corpus_runs import check_truth, scanned, sums

DATA = {
    "role": "assistant",
    "time": {"created": 1_777_716_000_000, "completed": 1_777_716_005_000},
    "modelID": "claude-sonnet-4-5",
    "providerID": "anthropic",
    "tokens": {"input": 100, "output": 50, "reasoning": 20, "cache": {"read": 600, "write": 70}},
}
ONE = {("2026-05-02", "claude-sonnet-4-5"): (100, 50, 600, 70, 20, 1)}


def database_at(path: Path, *rows: tuple[str, str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE message (id TEXT, session_id TEXT, data TEXT)")
        for key, session in rows:
            database.execute(
                "INSERT INTO message VALUES (?, ?, ?)", (key, session, json.dumps(DATA))
            )
    database.close()
    return path


@pytest.mark.parametrize("name", ["kilo.db", "kilo-dev.db"])
def test_the_databases_of_every_channel_are_read(machine: Machine, name: str) -> None:
    database_at(machine.home / ".local/share/kilo" / name, ("a", "s"))
    assert sums(machine, "kilo") == ONE


def test_a_fork_counts_once(machine: Machine) -> None:
    database_at(machine.home / ".local/share/kilo/kilo.db", ("a", "s"), ("b", "fork"))
    assert sums(machine, "kilo") == ONE


def test_xdg_data_home_moves_it_and_kilo_db_names_another(home: Path) -> None:
    path = database_at(home / "data/kilo/kilo.db", ("a", "s"))
    moved = {"XDG_DATA_HOME": str(home / "data")}
    assert sums(Machine(home, moved, "linux"), "kilo") == ONE
    assert sums(Machine(home, {"KILO_DB": str(path)}, "linux"), "kilo") == ONE


def test_it_does_not_read_what_opencode_wrote(machine: Machine) -> None:
    database_at(machine.home / ".local/share/opencode/opencode.db", ("a", "s"))
    assert scanned(machine, "kilo").files == 0


@pytest.mark.parametrize("trap", kilo.TRAPS)
def test_a_corpus_with_one_trap_gives_its_truth(machine: Machine, trap: str) -> None:
    check_truth(machine, "kilo", kilo.generate, 3, (trap,))


@pytest.mark.parametrize("seed", range(4))
def test_a_corpus_with_every_trap_gives_its_truth(machine: Machine, seed: int) -> None:
    check_truth(machine, "kilo", kilo.generate, seed, kilo.TRAPS)


def test_a_corpus_without_traps_gives_its_truth(machine: Machine) -> None:
    check_truth(machine, "kilo", kilo.generate, 1, ())
