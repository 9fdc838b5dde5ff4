"""What this machine is called."""

import json

import pytest

from claude_logs import ClaudeLogs, assistant
from command import Command


def test_the_id_is_shown_and_stays(ccgather: Command) -> None:
    first, second = ccgather("device"), ccgather("device")
    assert first.code == 0
    assert first.out == second.out
    assert "Id    cg_" in first.out
    assert "Name  none of its own" in first.out


def test_a_name_goes_out_with_the_next_report(ccgather: Command, logs: ClaudeLogs) -> None:
    logs.session(assistant())
    ran = ccgather("device", "name", " The   box ")
    assert ran.code == 0
    assert "The box" in ran.out
    assert "Name  The box" in ccgather("device").out
    device = json.loads(ccgather("submit", "--dry-run").out)["device"]
    assert device["name"] == "The box"
    assert device["id"] in ccgather("device").out


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "two\x1b[31mlines"])
def test_what_is_no_name_is_a_usage_error(ccgather: Command, name: str) -> None:
    ran = ccgather("device", "name", name)
    assert ran.code == 2
    assert "1 to 100 letters" in ran.err
    assert "Name  none" in ccgather("device").out


def test_a_name_alone_is_asked_for(ccgather: Command) -> None:
    with pytest.raises(SystemExit) as ended:
        ccgather("device", "name")
    assert ended.value.code == 2


def test_json_is_for_programs(ccgather: Command) -> None:
    document = json.loads(ccgather("device", "--json").out)
    assert document["name"] is None
    assert document["id"].startswith("cg_")
