"""Roo Code's tasks, and what all extensions that derive from Cline share."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from corpora import roocode

from ccgather_cli.machine import Machine
from ccgather_cli.readers.roocode import READER
from ccgather_cli.reading.facts import ESTIMATE, FLAGS, LONG, Facts
from ccgather_cli.reading.interface import log_file
from corpus_runs import Sums, check_changes, check_truth, scanned, sums
from tasks import DAY, HOUR, MODEL, TS, Tasks, figures, request

ONE: Sums = {(DAY, MODEL): (100, 50, 600, 70, 0, 1)}
EXTENSION = "rooveterinaryinc.roo-cline"


@pytest.fixture
def tasks(home: Path) -> Tasks:
    return Tasks(home, EXTENSION)


@pytest.fixture
def counted(machine: Machine) -> Callable[[], Sums]:
    return lambda: sums(machine, "roocode")


Counted = Callable[[], Sums]


def times(count: int) -> Sums:
    return {(DAY, MODEL): tuple(count * value for value in ONE[DAY, MODEL])}


def test_a_request_is_in_the_text_of_an_entry(tasks: Tasks, counted: Counted) -> None:
    tasks.write(request())
    assert counted() == ONE


def test_a_prompt_without_its_cache_is_less_than_the_cache(tasks: Tasks, counted: Counted) -> None:
    tasks.write(request(text=figures(100)))
    assert counted() == ONE


def test_a_prompt_that_is_all_cache_has_no_input(tasks: Tasks, counted: Counted) -> None:
    tasks.write(request(text=figures(670)))
    assert counted() == {(DAY, MODEL): (0, 50, 600, 70, 0, 1)}


@pytest.mark.parametrize("text", ["", "null", "{}", '{"request":"do"}'])
def test_a_request_without_tokens_is_nothing(tasks: Tasks, counted: Counted, text: str) -> None:
    tasks.write(request(), request(TS + 1, text))
    assert counted() == ONE


def test_two_requests_of_one_millisecond_are_two(tasks: Tasks, counted: Counted) -> None:
    tasks.write(request(), request())
    assert counted() == times(2)


def test_a_task_in_two_editors_counts_once_with_its_later_state(
    tasks: Tasks, counted: Counted
) -> None:
    tasks.write(request(), request(TS + HOUR), request(TS + 2 * HOUR))
    tasks.write(request(), request(TS + HOUR, figures(680)), user=".config/Cursor/User")
    assert counted() == times(3)


def test_a_copy_whose_earlier_entries_were_removed_is_still_the_same_task(
    tasks: Tasks, counted: Counted
) -> None:
    tasks.write(request(), request(TS + HOUR))
    tasks.write(request(TS + HOUR), user=".config/VSCodium/User")
    assert counted() == times(2)


def test_another_task_with_the_same_moment_is_another_request(
    tasks: Tasks, counted: Counted
) -> None:
    tasks.write(request())
    tasks.write(request(), task="t2")
    assert counted() == times(2)


def facts_of(path: Path) -> Facts:
    log, facts = log_file(path), Facts("roocode")
    assert log is not None
    READER.extract(log, facts, start=0, progressed=lambda _: None)
    return facts


def test_requests_that_going_back_removed_count_on_an_estimated_day(
    tasks: Tasks, counted: Counted
) -> None:
    deleted = request(TS + 1, figures(770_000), "api_req_deleted")
    path = tasks.write(request(), deleted)
    assert counted() == {(DAY, MODEL): (769_430, 100, 1200, 140, 0, 2)}
    assert [row[FLAGS] for row in facts_of(path).rows] == [0, ESTIMATE]


def test_a_long_request_is_marked(tasks: Tasks) -> None:
    assert facts_of(tasks.write(request(text=figures(250_000)))).rows[0][FLAGS] == LONG


def test_very_old_tasks_have_their_numbers_in_another_entry(tasks: Tasks, counted: Counted) -> None:
    finished = request(TS + 5, None, "api_req_finished")
    tasks.write(request(text='{"request":"do"}'), finished, request(TS + 9))
    assert counted() == times(2)


def test_numbers_in_both_entries_are_one_request(tasks: Tasks, counted: Counted) -> None:
    tasks.write(request(), request(TS + 5, None, "api_req_finished"))
    assert counted() == ONE


def test_other_entries_are_no_requests(tasks: Tasks, counted: Counted) -> None:
    tasks.write(
        request(),
        request(TS + 1, None, "text"),
        {**request(TS + 2), "type": "ask", "ask": "api_req_failed"},
        {"ts": TS, "type": "say", "say": "condense_context", "contextCondense": {"cost": 1}},
    )
    assert counted() == ONE


def test_the_last_model_of_the_environment_is_the_whole_tasks(
    tasks: Tasks, counted: Counted
) -> None:
    path = tasks.write(request(), request(TS + HOUR))
    tasks.history(path.parent, "<model>first</model>", f"<model>{MODEL}</model>", "no model")
    assert counted() == times(2)


def test_what_a_person_writes_names_no_model(tasks: Tasks, counted: Counted) -> None:
    path = tasks.write(request())
    tasks.history(path.parent, f"<model>{MODEL}</model>", before="<model>other</model>")
    with (path.parent / "api_conversation_history.json").open("a") as file:
        file.write("<model>other</model> <environment_details> <model>other</model>")
    assert counted() == ONE


def test_a_model_far_from_the_end_of_a_long_history_is_found(
    tasks: Tasks, counted: Counted
) -> None:
    path = tasks.write(request())
    history = path.parent / "api_conversation_history.json"
    for size in (1 << 20, (1 << 20) - 30, 3_000_000):
        tail = "x" * size + "</environment_details>" + "y" * 99
        history.write_text(f"<environment_details><model>{MODEL}</model>{tail}")
        assert counted() == ONE


def test_without_a_history_the_model_is_unknown_or_what_was_noted(
    tasks: Tasks, counted: Counted
) -> None:
    path = tasks.write(request(), request(TS + HOUR), model="")
    assert set(counted()) == {(DAY, "unknown")}
    noted = [{"ts": TS + 1000, "model_id": "two"}, {"ts": 1, "model_id": "one"}]
    metadata = path.parent / "task_metadata.json"
    metadata.write_text(json.dumps({"model_usage": noted}))
    assert set(counted()) == {(DAY, "one"), (DAY, "two")}


def test_a_history_that_changed_is_noticed(tasks: Tasks, machine: Machine) -> None:
    path = tasks.write(request(), model="")
    assert set(sums(machine, "roocode", use_cache=True)) == {(DAY, "unknown")}
    tasks.history(path.parent, f"<model>{MODEL}</model>")
    assert sums(machine, "roocode", use_cache=True) == ONE


@pytest.mark.parametrize("ts", [str(TS), TS / 1000, "2026-05-02T10:00:00Z"])
def test_moments_in_other_spellings_count(tasks: Tasks, counted: Counted, ts: Any) -> None:
    tasks.write(request(ts))
    assert counted() == ONE


def test_a_request_without_a_usable_time_is_told_of(tasks: Tasks, machine: Machine) -> None:
    tasks.write(request("soon"), request())
    assert sums(machine, "roocode") == ONE
    assert scanned(machine, "roocode").skipped == {"without a usable time": 1}


def test_requests_in_other_words_show_as_a_changed_format(tasks: Tasks, machine: Machine) -> None:
    tasks.write(request(text={"promptTokens": 9}))
    assert scanned(machine, "roocode").tools[0].looks_changed


@pytest.mark.parametrize(
    "broken",
    [
        None,
        5,
        {"ts": TS, "type": "say", "say": "api_req_started", "text": '{"tokensIn":7'},
        {"ts": TS, "type": "say", "say": "api_req_started", "text": "[1]"},
        {"ts": TS, "type": "say", "say": "api_req_started", "modelInfo": [], "text": 5},
    ],
)
def test_a_broken_entry_costs_that_entry(tasks: Tasks, counted: Counted, broken: Any) -> None:
    tasks.write(request(), broken, request(TS + HOUR))
    assert counted() == times(2)


def test_a_text_that_is_an_object_counts(tasks: Tasks, counted: Counted) -> None:
    tasks.write({**request(), "text": figures()}, {**request(TS + 1), "modelInfo": "x"})
    assert counted() == times(2)


@pytest.mark.parametrize("lost", [1, 40, 150])
def test_a_file_that_ends_in_the_middle_counts_up_to_there(
    tasks: Tasks, counted: Counted, lost: int
) -> None:
    path = tasks.write(request(), request(TS + HOUR), {"text": "x" * 160, "ts": TS})
    path.write_bytes(path.read_bytes()[:-lost])
    assert counted() == times(2)


def test_bytes_that_are_no_text_cost_nothing(tasks: Tasks, counted: Counted) -> None:
    path = tasks.write(request(), request(TS + HOUR, '{"request":"X","tokensOut":50}'))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"X", b"\xff\xc3(") + b"\x00\r\n")
    assert counted() == {(DAY, MODEL): (100, 100, 600, 70, 0, 2)}


@pytest.mark.parametrize(
    ("system", "user"),
    [
        ("linux", ".config/Code/User"),
        ("linux", ".config/Code - Insiders/User"),
        ("linux", ".config/An Editor Of Tomorrow/User"),
        ("linux", ".vscode-server/data/User"),
        ("linux", ".vscode-server-insiders/data/User"),
        ("linux", ".cursor-server/data/User"),
        ("linux", ".vscode-remote/data/User"),
        ("linux", ".local/share/code-server/User"),
        ("linux", ".var/app/com.visualstudio.code/config/Code/User"),
        ("linux", ".config/Code/User/profiles/1a2b"),
        ("macos", "Library/Application Support/Windsurf/User"),
        ("windows", "AppData/Roaming/VSCodium/User"),
    ],
)
def test_tasks_are_found_in_every_editor_on_every_system(
    tasks: Tasks, home: Path, system: Any, user: str
) -> None:
    tasks.write(request(), user=user)
    assert sums(Machine(home, {}, system), "roocode") == ONE


@pytest.mark.parametrize(
    ("variable", "value", "user"),
    [
        ("XDG_CONFIG_HOME", "conf", "conf/Code/User"),
        ("VSCODE_PORTABLE", "usb", "usb/user-data/User"),
        ("VSCODE_AGENT_FOLDER", "agent", "agent/data/User"),
    ],
)
def test_the_environment_moves_the_editors(
    tasks: Tasks, home: Path, variable: str, value: str, user: str
) -> None:
    tasks.write(request(), user=user)
    assert sums(Machine(home, {variable: str(home / value)}, "linux"), "roocode") == ONE


def test_an_editors_setting_moves_the_tasks(tasks: Tasks, home: Path, counted: Counted) -> None:
    path = tasks.write(request())
    (home / "elsewhere").mkdir()
    path.parent.parent.rename(home / "elsewhere/tasks")
    settings = home / ".config/Code/User/settings.json"
    settings.write_text(
        '{\n  // mine\n  "roo-cline.customStoragePath": "~/elsewhere",\n  "a": 1,\n}'
    )
    assert counted() == ONE


def test_where_tasks_would_be_is_said_even_if_there_are_none(machine: Machine) -> None:
    roots = READER.find(machine).roots
    assert [root.parts[-4:] for root in roots] == [("User", "globalStorage", EXTENSION, "tasks")]


@pytest.mark.parametrize("seed", range(12))
def test_a_corpus_with_every_trap_gives_its_truth(machine: Machine, seed: int) -> None:
    check_truth(machine, "roocode", roocode.generate, seed, roocode.TRAPS)


@pytest.mark.parametrize("trap", roocode.TRAPS)
def test_each_trap_alone_gives_the_truth(machine: Machine, trap: str) -> None:
    check_truth(machine, "roocode", roocode.generate, 1, [trap])


@pytest.mark.parametrize("seed", range(3))
def test_files_that_come_and_go_and_grow_count_as_if_read_anew(machine: Machine, seed: int) -> None:
    check_changes(machine, "roocode", roocode.generate, seed, ".json")
