"""Crush is found and named, and not counted."""

from pathlib import Path
from typing import Any

import pytest

from ccgather_cli.machine import Machine
from ccgather_cli.readers.crush import READER
from corpus_runs import scanned


@pytest.mark.parametrize(
    ("system", "environment", "where"),
    [
        ("linux", {}, ".local/share/crush"),
        ("linux", {"XDG_DATA_HOME": "{home}/x"}, "x/crush"),
        ("macos", {"CRUSH_GLOBAL_DATA": "{home}/c"}, "c"),
        ("windows", {}, "AppData/Local/crush"),
    ],
)
def test_a_list_of_projects_is_noted_with_the_reason(
    home: Path, system: Any, environment: dict[str, str], where: str
) -> None:
    registry = home / where / "projects.json"
    registry.parent.mkdir(parents=True)
    registry.write_text('{"projects": [{"path": "/p", "data_dir": ".crush"}]}')
    named = {key: value.format(home=home) for key, value in environment.items()}
    found = READER.find(Machine(home, named, system))
    assert found.files == ()
    assert "keep only the last request" in found.notes[0]
    assert str(registry) in found.notes[0]


def test_without_crush_there_is_nothing_to_say(machine: Machine) -> None:
    assert READER.find(machine).notes == ()


def test_no_token_of_it_is_counted(machine: Machine) -> None:
    registry = machine.home / ".local/share/crush/projects.json"
    registry.parent.mkdir(parents=True)
    registry.write_text("{}")
    found = scanned(machine, "crush")
    assert (found.tally.total().total, found.problems) == (0, [])
