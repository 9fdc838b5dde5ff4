"""`make bench-ranking` runs from end to end with few people: what it says of times is not asserted,
what it says of sums and ranks is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.running import ROOT

pytestmark = [pytest.mark.acceptance, pytest.mark.redis]


def test_it_measures_everything_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.ranking", "--people", "2000", "--folder", str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"CCGATHER_VAR": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr[-3000:]
    assert "Traceback" not in done.stderr
    right = [line for line in done.stdout.splitlines() if line.startswith("HELD")]
    for what in ("people whose rank by Redis is not that by SQL", "boards whose sums are wrong"):
        assert any(what in line for line in right), done.stdout[-2000:]
    assert len([line for line in done.stdout.splitlines() if "HELD  " in line]) == 9
    assert list(tmp_path.iterdir()) == []
