"""Kilo Code's tasks: Roo Code's, elsewhere."""

import json
from pathlib import Path

import pytest
from corpora import kilocode

from ccgather_cli.machine import Machine
from corpus_runs import Sums, check_changes, check_truth, sums
from tasks import DAY, MODEL, Tasks, request

ONE: Sums = {(DAY, MODEL): (100, 50, 600, 70, 0, 1)}


def test_a_whole_prompt_has_its_cache_subtracted(home: Path, machine: Machine) -> None:
    Tasks(home, "kilocode.kilo-code").write(request())
    assert sums(machine, "kilocode") == ONE
    assert sums(machine, "roocode") == {}


def test_the_first_command_line_kept_tasks_too(home: Path, machine: Machine) -> None:
    folder = home / ".kilocode/cli/global/tasks/t1"
    folder.mkdir(parents=True)
    (folder / "ui_messages.json").write_text(json.dumps([request()]))
    Tasks(home, "").history(folder, f"<model>{MODEL}</model>")
    assert sums(machine, "kilocode") == ONE


@pytest.mark.parametrize("seed", range(4))
def test_a_corpus_with_every_trap_gives_its_truth(machine: Machine, seed: int) -> None:
    check_truth(machine, "kilocode", kilocode.generate, seed, kilocode.TRAPS)


def test_files_that_come_and_go_and_grow_count_as_if_read_anew(machine: Machine) -> None:
    check_changes(machine, "kilocode", kilocode.generate, 1, ".json")
