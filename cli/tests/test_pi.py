"""Pi's sessions: which lines are a response, where they are, and what copies do."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from corpora import pi, rough

from ccgather_cli.machine import Machine
from ccgather_cli.readers.pi import READER
from ccgather_cli.reading.facts import Facts
from ccgather_cli.reading.interface import log_file
from corpus_runs import (
    Sums,
    check_appending,
    check_changes,
    check_resuming,
    check_truth,
    scanned,
    sums,
)
from pi_lines import DAY, HEAD, MODEL, ONE, answer, usage

Write = Callable[..., Path]


@pytest.fixture
def write(home: Path) -> Write:
    def write_lines(*lines: Any, name: str = "--p--/t_s1.jsonl", head: Any = HEAD) -> Path:
        path = home / ".pi/agent/sessions" / name
        whole = [head, *lines] if head else [*lines]
        rough.write_lines(path, whole, random.Random(0))
        return path

    return write_lines


@pytest.fixture
def counted(machine: Machine) -> Callable[[], Sums]:
    return lambda: sums(machine, "pi")


def times(count: int) -> Sums:
    return {(DAY, MODEL): tuple(count * value for value in ONE[DAY, MODEL])}


def test_an_assistants_message_gives_its_four_classes(
    write: Write, counted: Callable[[], Sums]
) -> None:
    write({"type": "message", "id": "u", "message": {"role": "user"}}, answer())
    assert counted() == ONE


def test_a_fork_copies_answers_that_count_once(write: Write, counted: Callable[[], Sums]) -> None:
    write(answer("a"), answer("b"))
    write(answer("a"), answer("c"), name="--p--/t_s2.jsonl", head={**HEAD, "id": "s2"})
    assert counted() == times(3)


def test_two_equal_answers_of_one_millisecond_are_two(
    write: Write, counted: Callable[[], Sums]
) -> None:
    write(answer("a"), answer("b"))
    assert counted() == times(2)


def test_a_copy_with_new_entry_ids_is_known_by_the_providers_id(
    write: Write, counted: Callable[[], Sums]
) -> None:
    write(answer("a", responseId="msg_1"))
    write(answer("b", responseId="msg_1"), name="--q--/t_s2.jsonl")
    assert counted() == ONE


def test_one_provider_id_at_two_moments_is_two_answers(
    write: Write, counted: Callable[[], Sums]
) -> None:
    write(answer("a", responseId="x"), answer("b", responseId="x", timestamp=1_777_716_009_000))
    assert counted() == times(2)


def test_entries_of_the_first_version_have_no_ids_and_count_once_over_copies(
    write: Write, counted: Callable[[], Sums]
) -> None:
    write(answer(None), answer(None))
    write(answer(None), name="--q--/t_s2.jsonl")
    assert counted() == times(2)


def test_reasoning_is_a_part_of_the_output(write: Write, counted: Callable[[], Sums]) -> None:
    write(answer(usage=usage(reasoning=20)))
    assert counted() == {(DAY, MODEL): (10, 30, 600, 70, 20, 1)}


def test_reasoning_never_exceeds_the_output(write: Write, counted: Callable[[], Sums]) -> None:
    write(answer(usage=usage(reasoning=2000)))
    assert counted() == {(DAY, MODEL): (10, 0, 600, 70, 50, 1)}


@pytest.mark.parametrize("kind", ["compaction", "branch_summary"])
def test_a_summary_with_numbers_is_a_request_of_the_model_in_use(
    write: Write, counted: Callable[[], Sums], kind: str
) -> None:
    at = "2026-05-02T11:00:00.000Z"
    write(answer("a"), {"type": kind, "id": "c", "timestamp": at, "usage": usage()})
    assert counted() == times(2)


def test_a_summary_takes_the_model_that_was_changed_to(
    write: Write, counted: Callable[[], Sums]
) -> None:
    change = {"type": "model_change", "id": "m", "provider": "openai", "modelId": "gpt-5"}
    at = "2026-05-02T11:00:00.000Z"
    write(answer(), change, {"type": "compaction", "id": "c", "timestamp": at, "usage": usage()})
    assert counted() == {**ONE, (DAY, "gpt-5"): ONE[DAY, MODEL]}


def test_what_a_compaction_keeps_and_what_tools_report_are_copies(
    write: Write, counted: Callable[[], Sums]
) -> None:
    kept = {"type": "compaction", "id": "c", "retainedTail": [answer()["message"]]}
    tool = {"type": "message", "id": "t", "message": {"role": "toolResult", "usage": usage()}}
    custom = {"type": "custom", "id": "x", "usage": usage(), "timestamp": "2026-05-02T11:00:00Z"}
    write(answer(), kept, tool, custom)
    assert counted() == ONE


def test_the_lines_time_gives_the_day_and_the_messages_stands_in(
    write: Write, counted: Callable[[], Sums]
) -> None:
    write(answer("a", at="2026-05-03T00:00:00.000Z"), answer("b", at="soon"))
    assert set(counted()) == {("2026-05-03", MODEL), (DAY, MODEL)}


def test_a_session_without_its_first_line_counts(write: Write, counted: Callable[[], Sums]) -> None:
    write(answer(), head=None)
    assert counted() == ONE


def test_an_answer_without_any_time_is_told_of(write: Write, machine: Machine) -> None:
    write(answer(at=None, timestamp=None))
    found = scanned(machine, "pi")
    assert found.skipped == {"without a usable time": 1}
    assert found.tools[0].looks_changed


def test_a_total_without_parts_is_told_of(write: Write, machine: Machine) -> None:
    write(answer(usage={"totalTokens": 730}))
    assert scanned(machine, "pi").skipped == {"with a total and without its parts": 1}


@pytest.mark.parametrize("fifty", ["50", 50.0, " 50 "])
def test_numbers_in_other_spellings_count(
    write: Write, counted: Callable[[], Sums], fifty: Any
) -> None:
    write(answer(usage=usage(output=fifty)))
    assert counted() == ONE


@pytest.mark.parametrize("nothing", [None, [], {}, "many", -5, True])
def test_what_is_no_number_is_zero_and_costs_nothing_else(
    write: Write, counted: Callable[[], Sums], nothing: Any
) -> None:
    write(answer(usage=usage(cacheRead=nothing)))
    assert counted() == {(DAY, MODEL): (10, 50, 0, 70, 0, 1)}


def test_things_in_the_place_of_objects_cost_one_line(
    write: Write, counted: Callable[[], Sums]
) -> None:
    write(answer("a", usage=[1]), {**answer("b"), "message": "x usage"}, answer("c"))
    assert counted() == ONE


def test_the_session_is_the_heads_and_else_the_file_names(write: Write, machine: Machine) -> None:
    for head, name in ((HEAD, "s1"), (None, "s9")):
        log = log_file(write(answer(), name="--p--/time_s9.jsonl", head=head))
        assert log is not None
        facts = Facts("pi")
        READER.extract(log, facts, start=0, progressed=lambda _: None)
        assert list(facts.sessions) == [name]


def test_sub_agents_lie_beside_their_parent_and_artifacts_are_copies(
    write: Write, counted: Callable[[], Sums]
) -> None:
    write(answer("a"))
    write(answer("b"), name="--p--/t_s1/run-1/session.jsonl")
    write(answer("c"), name="--p--/subagent-artifacts/x.jsonl")
    assert counted() == times(2)


@pytest.mark.parametrize(
    ("variable", "folder"),
    [
        ("PI_CODING_AGENT_DIR", "moved/sessions"),
        ("PI_CODING_AGENT_SESSION_DIR", "moved"),
        ("PI_AGENT_DIR", "moved"),
    ],
)
def test_the_environment_moves_the_sessions(home: Path, variable: str, folder: str) -> None:
    rough.write_lines(home / folder / "t_s1.jsonl", [HEAD, answer()], random.Random(0))
    environment = {variable: str(home / "moved")}
    assert sums(Machine(home, environment, "linux"), "pi") == ONE


def test_pis_settings_move_the_sessions(home: Path, machine: Machine) -> None:
    settings = home / ".pi/agent/settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"sessionDir": "~/elsewhere"}')
    rough.write_lines(home / "elsewhere/t_s1.jsonl", [HEAD, answer()], random.Random(0))
    assert sums(machine, "pi") == ONE


def test_a_folder_of_oh_my_pi_is_not_pis(home: Path) -> None:
    sessions = home / ".omp/agent/sessions"
    rough.write_lines(sessions / "t_s1.jsonl", [HEAD, answer()], random.Random(0))
    machine = Machine(home, {"PI_CODING_AGENT_DIR": str(home / ".omp/agent")}, "linux")
    assert sums(machine, "pi") == {}
    assert sums(machine, "omp") == ONE


@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_sessions_are_below_the_home_folder_on_every_system(
    write: Write, home: Path, system: Any
) -> None:
    write(answer())
    assert sums(Machine(home, {}, system), "pi") == ONE


@pytest.mark.parametrize("seed", range(12))
def test_a_corpus_with_every_trap_gives_its_truth(machine: Machine, seed: int) -> None:
    check_truth(machine, "pi", pi.generate, seed, pi.TRAPS)


@pytest.mark.parametrize("trap", pi.TRAPS)
def test_each_trap_alone_gives_the_truth(machine: Machine, trap: str) -> None:
    check_truth(machine, "pi", pi.generate, 1, [trap])


@pytest.mark.parametrize("seed", range(4))
def test_files_that_come_and_go_and_grow_count_as_if_read_anew(machine: Machine, seed: int) -> None:
    check_changes(machine, "pi", pi.generate, seed, ".jsonl")


@pytest.mark.parametrize("trap", ["summaries", "first_version", "headless", "titles"])
def test_a_session_that_grows_counts_at_each_line_as_if_read_anew(
    machine: Machine, trap: str
) -> None:
    pi.generate(machine.home, random.Random(3), sessions=1, traps=[trap])
    check_appending(machine, "pi", next(machine.home.rglob("*.jsonl")))


@pytest.mark.parametrize("trap", ["summaries", "first_version", "equal_answers"])
def test_reading_goes_on_after_any_line(machine: Machine, trap: str) -> None:
    pi.generate(machine.home, random.Random(4), sessions=1, traps=[trap])
    check_resuming(READER, next(machine.home.rglob("*.jsonl")))
