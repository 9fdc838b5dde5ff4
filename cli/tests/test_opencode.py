"""OpenCode's stores: which messages are a response, where they are, and what copies do."""

import json
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from corpora import opencode

from ccgather_cli.machine import Machine
from ccgather_cli.readers.opencode import READER
from corpus_runs import Sums, check_truth, scanned, sums

DAY, MODEL = "2026-05-02", "claude-sonnet-4-5"
CREATED = 1_777_716_000_000
ONE: Sums = {(DAY, MODEL): (100, 50, 600, 70, 20, 1)}
FOLDER = Path(".local/share/opencode")

Counted = Callable[[], Sums]
TOKENS = {
    "total": 840,
    "input": 100,
    "output": 50,
    "reasoning": 20,
    "cache": {"read": 600, "write": 70},
}


def answer(**more: Any) -> dict[str, Any]:
    return {
        "role": "assistant",
        "time": {"created": CREATED, "completed": CREATED + 5000},
        "modelID": MODEL,
        "providerID": "anthropic",
        "tokens": TOKENS,
        **more,
    }


def newer(**more: Any) -> dict[str, Any]:
    data = answer(model={"id": MODEL, "providerID": "anthropic"}, **more)
    return {key: data[key] for key in data if key not in ("role", "modelID", "providerID")}


class Store:
    """A database, and the folder beside it."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def put(
        self,
        key: str,
        data: Any,
        *,
        session: str = "ses_1",
        name: str = "opencode.db",
        table: str = "message",
        at: int = CREATED,
    ) -> Path:
        path = self.home / FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = data if isinstance(data, (str, bytes)) else json.dumps(data)
        with sqlite3.connect(path) as database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS message"
                " (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, data TEXT)"
            )
            database.execute(
                "CREATE TABLE IF NOT EXISTS session_message"
                " (id TEXT PRIMARY KEY, session_id TEXT, type TEXT,"
                " time_created INTEGER, data TEXT)"
            )
            row: dict[str, Any] = {
                "id": key,
                "session_id": session,
                "time_created": at,
                "data": text,
            }
            if table == "session_message":
                row["type"] = "assistant"
            names, places = ", ".join(row), ", ".join("?" * len(row))
            database.execute(
                f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({places})",  # noqa: S608
                tuple(row.values()),
            )
        database.close()
        return path

    def document(self, key: str, data: Any, *, session: str = "ses_1") -> Path:
        path = self.home / FOLDER / "storage/message" / session / f"{key}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(data, bytes):
            path.write_bytes(data)
        else:
            path.write_text(json.dumps({"id": key, "sessionID": session, **data}))
        return path


@pytest.fixture
def store(home: Path) -> Store:
    return Store(home)


@pytest.fixture
def counted(machine: Machine) -> Counted:
    return lambda: sums(machine, "opencode")


def times(count: int) -> Sums:
    return {(DAY, MODEL): tuple(count * value for value in ONE[DAY, MODEL])}


@pytest.mark.parametrize("table", ["message", "session_message"])
def test_an_assistants_row_gives_its_five_classes(
    store: Store, counted: Counted, table: str
) -> None:
    store.put("msg_1", newer() if table == "session_message" else answer(), table=table)
    assert counted() == ONE


def test_a_document_of_the_older_store_gives_the_same(store: Store, counted: Counted) -> None:
    store.document("msg_1", answer())
    assert counted() == ONE


def test_a_message_in_both_tables_and_in_the_older_store_counts_once(
    store: Store, counted: Counted
) -> None:
    store.put("msg_1", answer())
    store.put("msg_1", newer(), table="session_message")
    store.document("msg_1", answer())
    assert counted() == ONE


@pytest.mark.parametrize("whole_is_in", ["database", "folder"])
def test_of_a_copy_from_mid_response_the_complete_one_counts(
    store: Store, counted: Counted, whole_is_in: str
) -> None:
    partial = answer(tokens={"input": 1}, time={"created": CREATED})
    in_folder = whole_is_in == "folder"
    store.put("msg_1", partial if in_folder else answer())
    store.document("msg_1", answer() if in_folder else partial)
    assert counted() == ONE


def test_a_fork_under_new_ids_counts_once_over_all_stores(store: Store, counted: Counted) -> None:
    store.put("msg_1", answer())
    store.put("msg_2", answer(), session="ses_2")
    store.put("msg_3", answer(), session="ses_3", name="opencode-dev.db")
    store.document("msg_4", answer(), session="ses_4")
    assert counted() == ONE


def test_two_equal_answers_in_one_session_are_two_and_so_is_their_fork(
    store: Store, counted: Counted
) -> None:
    for key, session in (("a", "s"), ("b", "s"), ("c", "fork"), ("d", "fork")):
        store.put(key, answer(), session=session)
    assert counted() == times(2)


def test_answers_of_another_moment_or_model_are_others(store: Store, counted: Counted) -> None:
    store.put("a", answer())
    store.put("b", answer(time={"created": CREATED, "completed": CREATED + 6000}), session="s2")
    store.put("c", answer(modelID="gpt-5"), session="s3")
    assert counted() == {**times(2), (DAY, "gpt-5"): ONE[DAY, MODEL]}


def test_the_databases_of_all_channels_count(store: Store, counted: Counted) -> None:
    store.put("a", answer())
    store.put("b", answer(modelID="x"), name="opencode-dev.db")
    store.put("c", answer(modelID="y"), name="opencode-my.branch_2.db")
    store.put("d", answer(modelID="z"), name="opencode.db.bak")
    assert {model for _, model in counted()} == {MODEL, "x", "y"}


@pytest.mark.parametrize("named", ["elsewhere/mine.db", "absolute"])
def test_opencode_db_names_another_database(home: Path, store: Store, named: str) -> None:
    path = store.put("a", answer(), name="elsewhere/mine.db")
    store.put("b", answer(modelID="x"))
    value = str(path) if named == "absolute" else named
    machine = Machine(home=home, environment={"OPENCODE_DB": value}, system="linux")
    assert {model for _, model in sums(machine, "opencode")} == {MODEL, "x"}


@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_the_folder_is_the_same_on_every_system(home: Path, store: Store, system: Any) -> None:
    store.put("a", answer())
    assert sums(Machine(home=home, environment={}, system=system), "opencode") == ONE


def test_xdg_data_home_moves_the_folder_and_anothers_variable_adds_some(
    home: Path, store: Store
) -> None:
    store.put("a", answer())
    moved = home / "moved"
    (home / ".local/share").rename(moved)
    environment = {"XDG_DATA_HOME": str(moved)}
    assert sums(Machine(home, environment, "linux"), "opencode") == ONE
    environment = {"OPENCODE_DATA_DIR": f"{home / 'nowhere'}, {moved / 'opencode'}"}
    assert sums(Machine(home, environment, "linux"), "opencode") == ONE


def test_reasoning_that_the_total_finds_in_output_is_taken_out_of_it(
    store: Store, counted: Counted
) -> None:
    store.put("a", answer(tokens={**TOKENS, "total": 820}))
    assert counted() == {(DAY, MODEL): (100, 30, 600, 70, 20, 1)}


def test_without_a_total_the_figures_are_taken_as_they_are(store: Store, counted: Counted) -> None:
    store.put("a", answer(tokens={key: TOKENS[key] for key in TOKENS if key != "total"}))
    assert counted() == ONE


def test_no_cache_and_no_provider_are_no_reason_to_drop_a_message(
    store: Store, counted: Counted
) -> None:
    data = answer(tokens={"input": 100, "output": 50, "reasoning": 0})
    del data["providerID"]
    store.put("a", data)
    assert counted() == {(DAY, MODEL): (100, 50, 0, 0, 0, 1)}


def test_a_persons_message_is_no_response(store: Store, counted: Counted) -> None:
    store.put("a", answer(role="user"))
    store.document("b", answer(role="user"))
    assert counted() == {}


def test_a_message_without_a_time_is_dated_by_its_row(store: Store, counted: Counted) -> None:
    data = answer()
    del data["time"]
    store.put("a", data)
    assert counted() == ONE


def test_a_message_that_no_moment_belongs_to_is_named(store: Store, machine: Machine) -> None:
    store.document("a", answer(time={"created": "soon"}))
    found = scanned(machine, "opencode")
    assert found.tally.total().total == 0
    assert dict(found.skipped) == {"without a usable time": 1}
    assert found.tools[0].looks_changed


@pytest.mark.parametrize(
    "damage",
    [b"\xef\xbb\xbf%s", b"\r\n%s\r\n", b'{"path":"\xff\xc3(",%s'],
    ids=["byte-order mark", "CRLF", "bad UTF-8"],
)
def test_odd_bytes_in_a_document_change_nothing(
    store: Store, counted: Counted, damage: bytes
) -> None:
    content = json.dumps(answer()).encode()
    store.document("a", damage % (content[1:] if damage.startswith(b"{") else content))
    assert counted() == ONE


def test_numbers_in_quotes_fractions_and_nulls_are_numbers(store: Store, counted: Counted) -> None:
    tokens = {"total": None, "input": "100", "output": 50.0, "reasoning": "20"}
    cache = {"read": "600", "write": 70}
    time = {"created": str(CREATED), "completed": None}
    store.put("a", answer(tokens={**tokens, "cache": cache}, time=time))
    assert counted() == ONE


def test_negative_and_absurd_numbers_are_zero(store: Store, counted: Counted) -> None:
    store.put("a", answer(tokens={"input": -5, "output": 50, "reasoning": 1 << 60}))
    assert counted() == {(DAY, MODEL): (0, 50, 0, 0, 0, 1)}


def test_a_record_that_is_half_costs_that_record(store: Store, machine: Machine) -> None:
    store.put("a", answer())
    store.put("b", json.dumps(answer())[:-30])
    store.put("c", b'{"tokens": \xff')
    found = scanned(machine, "opencode")
    assert found.tally.total().messages == 1
    assert dict(found.skipped) == {"not readable as JSON": 2}
    assert found.complete


def test_rows_that_are_only_in_the_write_ahead_log_count_and_are_noticed(
    home: Path, machine: Machine
) -> None:
    path = home / FOLDER / "opencode.db"
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA wal_autocheckpoint = 0")
        database.execute("CREATE TABLE message (id TEXT, session_id TEXT, data TEXT)")
        for number in range(3):
            data = json.dumps(answer(time={"created": CREATED + number}))
            database.execute("INSERT INTO message VALUES (?, 's', ?)", (f"m{number}", data))
            database.commit()
            assert sums(machine, "opencode", use_cache=True) == times(number + 1)
    database.close()


@pytest.mark.parametrize("tables", ["CREATE TABLE other (a)", "CREATE TABLE message (id, text)"])
def test_a_database_of_another_layout_is_a_problem_and_no_silence(
    home: Path, machine: Machine, tables: str
) -> None:
    path = home / FOLDER / "opencode.db"
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as database:
        database.execute(tables)
    database.close()
    assert "another layout" in scanned(machine, "opencode").problems[0]


def test_an_empty_database_is_no_problem(home: Path, machine: Machine) -> None:
    (home / FOLDER).mkdir(parents=True)
    (home / FOLDER / "opencode.db").touch()
    assert scanned(machine, "opencode").problems == []


def test_documents_that_come_change_and_go_are_noticed(store: Store, machine: Machine) -> None:
    def checked() -> Sums:
        found = sums(machine, "opencode", use_cache=True)
        assert found == sums(machine, "opencode")
        return found

    first = store.document("a", answer(tokens={"input": 1, "output": 1}))
    checked()
    store.document("a", answer())
    assert checked() == ONE
    store.document("b", answer(time={"created": CREATED + 1}))
    assert checked() == times(2)
    first.unlink()
    assert checked() == ONE


def test_a_session_is_the_same_by_either_store(store: Store, machine: Machine) -> None:
    store.put("a", answer())
    store.document("b", answer(time={"created": CREATED + 1}))
    with_rows = scanned(machine, "opencode")
    names = {list(facts.sessions)[row[5]] for _, _, facts, row in with_rows.rows()}
    assert names == {"ses_1"}


def test_it_reads_a_database_and_a_folder_a_session(store: Store, machine: Machine) -> None:
    store.put("a", answer())
    for number in range(3):
        store.document(f"m{number}", answer(), session="ses_old")
    assert [Path(log.path).name for log in READER.find(machine).files] == ["opencode.db", "ses_old"]


@pytest.mark.parametrize("trap", opencode.TRAPS)
def test_a_corpus_with_one_trap_gives_its_truth(machine: Machine, trap: str) -> None:
    check_truth(machine, "opencode", opencode.generate, 7, (trap,))


@pytest.mark.parametrize("seed", range(6))
def test_a_corpus_with_every_trap_gives_its_truth(machine: Machine, seed: int) -> None:
    check_truth(machine, "opencode", opencode.generate, seed, opencode.TRAPS)


@pytest.mark.parametrize("seed", range(2))
def test_a_corpus_without_traps_gives_its_truth(machine: Machine, seed: int) -> None:
    check_truth(machine, "opencode", opencode.generate, seed, ())


@pytest.mark.parametrize("seed", range(3))
def test_stores_that_change_between_runs_give_what_reading_anew_gives(
    machine: Machine, seed: int
) -> None:
    chance = random.Random(seed)
    traps = ("old_store", "moved", "forks", "channel")
    opencode.generate(machine.home, chance, sessions=8, traps=traps)
    for _ in range(6):
        sums(machine, "opencode", use_cache=True)
        databases = sorted(machine.home.rglob("*.db"))
        with sqlite3.connect(chance.choice(databases)) as database:
            database.execute("DELETE FROM message WHERE rowid % 7 = ?", (chance.randrange(7),))
        database.close()
        documents = sorted(machine.home.rglob("*.json"))
        if documents:
            chance.choice(documents).unlink()
        assert sums(machine, "opencode", use_cache=True) == sums(machine, "opencode")
