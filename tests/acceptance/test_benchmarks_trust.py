"""`make bench-trust` runs from end to end with few people: whether its targets hold is said of the
large run and not asserted here, what it compares is."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.acceptance.running import ROOT

pytestmark = pytest.mark.acceptance

PEOPLE = 40


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("trust")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks.trust", "--people", str(PEOPLE)),
            *("--cheats", "1", "--profile", "tame", "--folder", str(folder)),
        ],
        cwd=ROOT,
        env=os.environ | {"CCGATHER_VAR": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr[-3000:]
    assert "Traceback" not in done.stderr, done.stderr[-3000:]
    assert [path.name for path in folder.iterdir()] == ["trust.json"]
    found: dict[str, Any] = json.loads((folder / "trust.json").read_text())
    return found | {"printed": done.stdout}


@pytest.mark.parametrize("world", ["logs", "other"])
def test_every_target_is_told_for_us_and_for_the_plain_rules(
    results: dict[str, Any], world: str
) -> None:
    told = results["printed"].split(f"{world}, through the endpoint")[1].split("\n\n")[0]
    lines = [line for line in told.splitlines() if line.startswith(("HELD ", "MISSED "))]
    assert len(lines) == 6
    ours, plain = results[world]["ours"], results[world]["plain"]
    assert ours["strategies"].keys() == plain["strategies"].keys()
    assert ours["honest_people"] == plain["honest_people"] >= PEOPLE - 2


@pytest.mark.parametrize("world", ["logs", "other"])
def test_the_copies_are_caught_and_honest_people_are_not_held(
    results: dict[str, Any], world: str
) -> None:
    ours = results[world]["ours"]
    assert ours["honest_people_held"] <= 1
    copies = [ours["strategies"][name] for name in ("copied", "copied_shifted")]
    assert sum(row["asking"] for row in copies) > 0
    for row in copies:
        assert row["caught"] == row["asking"]
        assert row["gain_max"] <= 3


def test_what_leaves_no_trace_is_named(results: dict[str, Any]) -> None:
    for world in ("logs", "other"):
        strategies = results[world]["ours"]["strategies"]
        untraced = {name for name, found in strategies.items() if not found["leaves_trace"]}
        assert untraced == {"constant_multiple", "slow_ramp"}
