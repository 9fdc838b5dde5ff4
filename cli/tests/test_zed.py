"""Zed's threads: which count, how they are unpacked, and on which day they stand."""

import json
import random
import sqlite3
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from backports.zstd import compress
from corpora import zed

from ccgather_cli.machine import Machine
from ccgather_cli.readers import zed as reader
from ccgather_cli.reading.facts import ESTIMATE, FLAGS
from corpus_runs import Sums, check_truth, scanned, sums

MODEL, DAY = "claude-sonnet-4-5", "2026-05-02"
USAGE = {
    "input_tokens": 100,
    "output_tokens": 50,
    "cache_creation_input_tokens": 70,
    "cache_read_input_tokens": 600,
}
ONE: Sums = {(DAY, MODEL): (100, 50, 600, 70, 0, 1)}
Counted = Callable[[], Sums]


def thread(**more: Any) -> dict[str, Any]:
    return {
        "model": {"provider": "zed.dev", "model": MODEL},
        "request_token_usage": {"m1": USAGE},
        **more,
    }


def write(path: Path, *documents: Any, kind: str = "zstd", created: bool = True) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as database:
        column = "created_at TEXT, " if created else ""
        database.execute(
            f"CREATE TABLE threads (id TEXT, {column}updated_at TEXT, data_type TEXT, data BLOB)"
        )
        for number, document in enumerate(documents):
            data = document if isinstance(document, bytes) else json.dumps(document).encode()
            if kind == "zstd" and not isinstance(document, bytes):
                data = compress(data)
            dates = ["2026-05-09T10:00:00Z", kind, data]
            if created:
                dates.insert(0, "2026-05-02T10:00:00Z")
            places = ", ".join("?" * (len(dates) + 1))
            database.execute(
                f"INSERT INTO threads VALUES ({places})",  # noqa: S608
                (f"t{number}", *dates),
            )
    database.close()
    return path


@pytest.fixture
def place(home: Path) -> Path:
    return home / zed.PATH


@pytest.fixture
def counted(machine: Machine) -> Counted:
    return lambda: sums(machine, "zed")


@pytest.mark.parametrize("kind", ["zstd", "json"])
def test_a_request_gives_its_four_classes(place: Path, counted: Counted, kind: str) -> None:
    write(place, thread(), kind=kind)
    assert counted() == ONE


def test_the_day_is_an_estimate(place: Path, machine: Machine) -> None:
    write(place, thread())
    rows = [row for _, _, _, row in scanned(machine, "zed").rows()]
    assert [row[FLAGS] & ESTIMATE for row in rows] == [ESTIMATE]


def test_requests_are_summed_and_their_sum_is_not_added(place: Path, counted: Counted) -> None:
    twice = {key: 2 * value for key, value in USAGE.items()}
    requests = {"m1": USAGE, "m2": USAGE}
    write(place, thread(request_token_usage=requests, cumulative_token_usage=twice))
    assert counted() == {(DAY, MODEL): (200, 100, 1200, 140, 0, 2)}


@pytest.mark.parametrize("requests", [{}, None, {"m1": {"input_tokens": 0}}])
def test_without_requests_the_sum_counts(place: Path, counted: Counted, requests: Any) -> None:
    write(place, thread(request_token_usage=requests, cumulative_token_usage=USAGE))
    assert counted() == ONE


def test_without_a_beginning_the_last_change_gives_the_day(place: Path, counted: Counted) -> None:
    write(place, thread(), created=False)
    assert counted() == {("2026-05-09", MODEL): ONE[DAY, MODEL]}


def test_other_providers_are_counted_where_they_are_paid(place: Path, machine: Machine) -> None:
    write(place, thread(model={"provider": "anthropic", "model": MODEL}))
    found = scanned(machine, "zed")
    assert found.tally.total().total == 0
    assert list(found.skipped) == [
        "a thread with a model that is not Zed's own: counted where it is paid"
    ]
    assert not found.tools[0].looks_changed


@pytest.mark.parametrize("more", [{"imported": True}, {"model": None}])
def test_what_was_not_spent_here_is_no_usage(place: Path, counted: Counted, more: Any) -> None:
    write(place, thread(**more))
    assert counted() == {}


@pytest.mark.parametrize(
    "data",
    [compress(json.dumps(thread()).encode())[:-9], compress(b"{"), b"\x28\xb5\x2f\xfdnonsense"],
    ids=["half", "half inside", "no frame"],
)
def test_a_damaged_thread_costs_that_thread(place: Path, machine: Machine, data: bytes) -> None:
    write(place, thread(), data)
    found = scanned(machine, "zed")
    assert found.tally.total().messages == 1
    assert found.skipped.total() == 1


def test_several_frames_are_one_document(place: Path, counted: Counted) -> None:
    content = json.dumps(thread()).encode()
    write(place, compress(content[:40]) + compress(content[40:]))
    assert counted() == ONE


def test_a_thread_that_unpacks_to_no_end_is_left(
    place: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_MOST_BYTES", 1 << 20)
    write(place, compress(b"[" * (1 << 26)), thread())
    found = scanned(machine, "zed")
    assert dict(found.skipped) == {"a damaged or too large thread": 1}
    assert found.tally.total().messages == 1


def test_without_zstandard_the_person_is_told_what_to_install(
    place: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> Any:
        if "zstd" in name:
            raise ImportError(name)
        return import_module(name)

    monkeypatch.setattr(reader, "import_module", missing)
    write(place, thread())
    found = scanned(machine, "zed")
    assert list(found.skipped) == ["compressed with Zstandard: install the package backports.zstd"]
    assert found.tools[0].looks_changed


@pytest.mark.parametrize(
    ("system", "environment", "where"),
    [
        ("linux", {"XDG_DATA_HOME": "{home}/x"}, "x/zed/threads"),
        ("macos", {}, "Library/Application Support/Zed/threads"),
        ("windows", {}, "AppData/Local/Zed/threads"),
        ("windows", {"LOCALAPPDATA": "{home}/l"}, "l/Zed/threads"),
    ],
)
def test_it_is_found_where_each_system_has_it(
    home: Path, system: Any, environment: dict[str, str], where: str
) -> None:
    write(home / where / "threads.db", thread())
    named = {key: value.format(home=home) for key, value in environment.items()}
    assert sums(Machine(home, named, system), "zed") == ONE


@pytest.mark.parametrize("tables", ["CREATE TABLE x (a)", "CREATE TABLE threads (id)"])
def test_a_database_of_another_layout_is_a_problem(
    place: Path, machine: Machine, tables: str
) -> None:
    place.parent.mkdir(parents=True)
    with sqlite3.connect(place) as database:
        database.execute(tables)
    database.close()
    assert "another layout" in scanned(machine, "zed").problems[0]


@pytest.mark.parametrize("trap", zed.TRAPS)
def test_a_corpus_with_one_trap_gives_its_truth(machine: Machine, trap: str) -> None:
    check_truth(machine, "zed", zed.generate, 5, (trap,))


@pytest.mark.parametrize("seed", range(6))
def test_a_corpus_with_every_trap_gives_its_truth(machine: Machine, seed: int) -> None:
    check_truth(machine, "zed", zed.generate, seed, zed.TRAPS)


def test_a_corpus_without_traps_gives_its_truth(machine: Machine) -> None:
    check_truth(machine, "zed", zed.generate, 1, ())


def test_a_database_that_changes_between_runs_gives_what_reading_anew_gives(
    machine: Machine, place: Path
) -> None:
    zed.generate(machine.home, random.Random(1), sessions=9)
    for number in range(4):
        sums(machine, "zed", use_cache=True)
        with sqlite3.connect(place) as database:
            database.execute("DELETE FROM threads WHERE rowid % 5 = ?", (number,))
        database.close()
        assert sums(machine, "zed", use_cache=True) == sums(machine, "zed")
