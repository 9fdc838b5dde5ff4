"""The benchmark runs from end to end, on sites small enough to wait for."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.running import ROOT

pytestmark = pytest.mark.acceptance


def test_it_measures_both_sites_prints_a_verdict_and_leaves_no_database(tmp_path: Path) -> None:
    sizes = ["--small", "40", "--large", "80", "--rounds", "2", "--histories", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *sizes, "--folder", str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"CCGATHER_VAR": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "rank read apart, costs" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["latest.json"]
    results = json.loads((tmp_path / "latest.json").read_text())
    assert results["people"] == {"small": 40, "large": 80}
    assert set(results["rows"]) >= {"history_first", "history_again", "one_day", "page_last"}
    assert all(
        row["small"]["total"] > 0 < row["large"]["total"] for row in results["rows"].values()
    )
