"""Oh My Pi: Pi's format, in its own places and under its own id."""

import random
from pathlib import Path

import pytest
from corpora import omp, rough

from ccgather_cli.machine import Machine
from corpus_runs import Sums, check_changes, check_truth, sums
from pi_lines import HEAD, ONE, answer


def write(path: Path) -> None:
    title = {"type": "title", "title": "about usage"}
    rough.write_lines(path, [title, HEAD, answer()], random.Random(0))


@pytest.mark.parametrize(
    "folder",
    [
        ".omp/agent/sessions/-p",
        ".omp/agent/sessions/-p/t_s1",
        ".omp/profiles/work/agent/sessions/-p",
    ],
)
def test_sessions_sub_agents_and_profiles_are_read(
    home: Path, machine: Machine, folder: str
) -> None:
    write(home / folder / "t_s1.jsonl")
    assert sums(machine, "omp") == ONE
    assert sums(machine, "pi") == {}


@pytest.mark.parametrize(
    ("variable", "value", "folder"),
    [
        ("PI_CONFIG_DIR", ".other", ".other/agent/sessions"),
        ("OMP_CODING_AGENT_DIR", "moved", "moved/sessions"),
        ("XDG_DATA_HOME", "data", "data/omp/sessions"),
        ("XDG_DATA_HOME", "data", "data/omp/profiles/work/sessions"),
    ],
)
def test_the_environment_moves_the_sessions(
    home: Path, variable: str, value: str, folder: str
) -> None:
    write(home / folder / "t_s1.jsonl")
    named = value if variable == "PI_CONFIG_DIR" else str(home / value)
    assert sums(Machine(home, {variable: named}, "linux"), "omp") == ONE


def test_a_session_of_pi_that_oh_my_pi_took_over_counts_for_each(
    home: Path, machine: Machine
) -> None:
    write(home / ".omp/agent/sessions/-p/t_s1.jsonl")
    write(home / ".pi/agent/sessions/-p/t_s1.jsonl")
    found: list[Sums] = [sums(machine, client) for client in ("omp", "pi")]
    assert found == [ONE, ONE]


@pytest.mark.parametrize("seed", range(4))
def test_a_corpus_with_every_trap_gives_its_truth(machine: Machine, seed: int) -> None:
    check_truth(machine, "omp", omp.generate, seed, omp.TRAPS)


def test_files_that_come_and_go_and_grow_count_as_if_read_anew(machine: Machine) -> None:
    check_changes(machine, "omp", omp.generate, 2, ".jsonl")
