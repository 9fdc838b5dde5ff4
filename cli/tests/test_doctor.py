"""What is told about this machine, and that everything out of order is named."""

import json
import os
import sqlite3
from pathlib import Path

import pytest

from ccgather_cli import __version__
from ccgather_cli.readers import all_readers
from ccgather_cli.reading.cache import FILE_NAME
from ccgather_cli.scheduling.plan import Plan, keep_plan
from ccgather_cli.scheduling.rhythm import Rhythm
from claude_logs import SECRETS, ClaudeLogs, assistant, usage, user
from command import Command
from loopback_site import CONFIG, TOKEN, LoopbackSite, answers, hangs_up


def test_an_empty_machine_is_in_order(ccgather: Command) -> None:
    ran = ccgather("doctor")
    assert ran.code == 0
    assert "No logs of any tool that is read were found." in ran.out
    assert "Login       none (`ccgather login`)" in ran.out
    assert ran.out.endswith("Everything is in order.\n")
    for reader in all_readers():
        assert reader.name in ran.out


def test_where_missing_tools_would_be_is_said_when_asked(ccgather: Command) -> None:
    assert "~/.claude/projects" in ccgather("doctor", "--all").out
    assert "~/.claude/projects" not in ccgather("doctor").out


def test_what_was_found_is_told_with_its_sums(alice: Command, logs: ClaudeLogs) -> None:
    logs.session(assistant(), assistant("m2", "r2", at="2026-05-01T10:00:00Z"))
    ran = alice("doctor")
    assert ran.code == 0
    assert "Claude Code (claude): 1,526 tokens, 2 responses, 2026-05-01 to 2026-05-02\n" in ran.out
    assert "  ~/.claude/projects: 1 file\n" in ran.out
    assert "  ~/.config/claude/projects: not there\n" in ran.out
    assert "alice on http://127.0.0.1" in ran.out
    assert TOKEN not in ran.out


def test_files_that_did_not_change_are_not_read_again_until_the_cache_is_forgotten(
    ccgather: Command, logs: ClaudeLogs
) -> None:
    path = logs.session(assistant())
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert "unchanged" not in ccgather("doctor").out
    assert "1 of 1 file unchanged since the last time" in ccgather("doctor").out
    assert "unchanged" not in ccgather("doctor", "--forget-cache").out


def test_what_is_left_out_is_counted_with_the_reason(ccgather: Command, logs: ClaudeLogs) -> None:
    logs.session(assistant(), b'{"type":"assistant","message":{"usage":{"input_tokens":1')
    logs.session(assistant("m2", "r2", tokens=usage(fresh=-5)))
    ran = ccgather("doctor")
    assert ran.code == 0
    assert "left out: 1 record" in ran.out


def test_a_format_that_changed_is_out_of_order(ccgather: Command, logs: ClaudeLogs) -> None:
    logs.session(
        *(assistant(f"m{n}", f"r{n}", tokens={"input_tokens": "many"}) for n in range(3)),
    )
    ran = ccgather("doctor")
    assert ran.code == 1
    assert "Out of order:" in ran.out
    assert "Claude Code: 3 responses, and none in a form" in ran.out


@pytest.mark.skipif(os.geteuid() == 0, reason="everything is readable to root")
def test_a_file_that_cannot_be_read_is_named(ccgather: Command, logs: ClaudeLogs) -> None:
    path = logs.session(assistant())
    path.chmod(0)
    ran = ccgather("doctor")
    assert ran.code == 1
    assert f"Could not be read: {path}" in ran.out


def test_a_path_that_leads_nowhere_is_named(ccgather: Command, logs: ClaudeLogs) -> None:
    logs.session(assistant())
    loop = logs.projects / "loop.jsonl"
    loop.symlink_to(loop)
    ran = ccgather("doctor")
    assert ran.code == 1
    assert "loop.jsonl" in ran.out


def test_a_cache_that_does_not_work_is_named(ccgather: Command, logs: ClaudeLogs) -> None:
    logs.session(assistant())
    ccgather.machine.cache_dir.parent.mkdir(parents=True)
    ccgather.machine.cache_dir.write_text("a file where a folder should be")
    ran = ccgather("doctor")
    assert ran.code == 1
    assert "The cache does not work" in ran.out
    assert "763 tokens" in ran.out


def test_a_cache_that_another_run_holds_is_named_or_waited_for(
    ccgather: Command, logs: ClaudeLogs
) -> None:
    logs.session(assistant())
    assert ccgather("doctor").code == 0
    path = ccgather.machine.cache_dir / FILE_NAME
    path.write_bytes(b"not a database" * 100)
    assert "was damaged and is made anew" in ccgather("doctor").out
    assert ccgather("doctor").code == 0
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM log").fetchone() == (1,)
    database.close()


def test_a_report_that_did_not_arrive_is_named_until_it_has(
    alice: Command, logs: ClaudeLogs, site: LoopbackSite
) -> None:
    logs.session(assistant())
    play = site._plays["/api/submit"].copy()
    site.on("/api/submit", hangs_up)
    assert alice("submit", "--yes").code == 1
    ran = alice("doctor")
    assert ran.code == 1
    assert "The report of 2026-05-03 12:00 UTC did not arrive: The answer of" in ran.out
    assert "1 report waits to be sent: run `ccgather submit`." in ran.out
    site.on("/api/submit", *play)
    assert alice("submit", "--yes").code == 0
    ran = alice("doctor")
    assert ran.code == 0
    assert "Last report 2026-05-03 12:00 UTC to http://127.0.0.1" in ran.out


def test_a_damaged_login_is_named(alice: Command) -> None:
    (alice.machine.config_dir / "credentials.json").write_text("{")
    ran = alice("doctor")
    assert ran.code == 1
    assert "credentials.json is damaged" in ran.out


@pytest.mark.parametrize(
    ("versions", "words"),
    [
        ({"minCliVersion": "99.0"}, f"wants ccgather 99.0 or newer, this is {__version__}"),
        ({"latestCliVersion": "99.1"}, "There is a newer ccgather, 99.1."),
    ],
)
def test_a_version_that_the_site_said_is_old_is_named_without_asking_again(
    ccgather: Command, site: LoopbackSite, versions: dict[str, str], words: str
) -> None:
    site.on("/api/config", answers({**CONFIG, **versions}))
    assert ccgather("login", "--server", site.url, "--token", TOKEN).code == 0
    site.seen.clear()
    ran = ccgather("doctor")
    assert ran.code == 1
    assert words in ran.out
    assert "uv tool upgrade ccgather" in ran.out
    assert not site.seen


def test_autosubmit_is_told_and_its_troubles_are_out_of_order(alice: Command) -> None:
    assert "Autosubmit  off" in alice("doctor").out
    keep_plan(alice.machine, Plan(rhythm=Rhythm(24, 0), program="/gone/ccgather"))
    ran = alice("doctor")
    assert ran.code == 1
    assert "Autosubmit  does not run" in ran.out
    assert "/gone/ccgather is scheduled and does not exist any more." in ran.out


def test_the_variables_that_moved_logs_are_named(
    ccgather: Command, logs: ClaudeLogs, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    logs.session(assistant(), root=first / "projects")
    logs.session(assistant("m2", "r2"), root=second / "projects")
    moved = ccgather.with_environment(
        CLAUDE_CONFIG_DIR=f"{first},{second}", CCGATHER_CACHE_DIR=str(tmp_path / "cache")
    )
    ran = moved("doctor")
    assert ran.code == 0
    assert f"{first / 'projects'}: 1 file\n" in ran.out
    assert f"{second / 'projects'}: 1 file\n" in ran.out
    assert "moved there by CLAUDE_CONFIG_DIR\n" in ran.out
    assert f"Environment CCGATHER_CACHE_DIR={tmp_path / 'cache'}" in ran.out
    tools = json.loads(moved("doctor", "--json").out)["tools"]
    assert [tool["movedBy"] for tool in tools if tool["client"] == "claude"] == [
        ["CLAUDE_CONFIG_DIR"]
    ]


def test_a_tool_that_cannot_be_counted_says_why(ccgather: Command, home: Path) -> None:
    folder = home / "project" / ".crush"
    folder.mkdir(parents=True)
    listed = home / ".local" / "share" / "crush"
    listed.mkdir(parents=True)
    (listed / "projects.json").write_text(
        json.dumps({"projects": [{"path": str(folder.parent), "data_dir": str(folder)}]})
    )
    (folder / "crush.db").write_bytes(b"")
    ran = ccgather("doctor")
    assert "Crush" in ran.out


def test_json_has_it_all(alice: Command, logs: ClaudeLogs) -> None:
    logs.session(user(), assistant())
    document = json.loads(alice("doctor", "--json").out)
    assert document["version"] == __version__
    assert document["problems"] == []
    tools = {tool["client"]: tool for tool in document["tools"]}
    assert tools["claude"]["tokens"] == 763
    assert tools["claude"]["files"] == 1
    assert set(tools) == {reader.client for reader in all_readers()}


def test_it_reads_well_on_80_columns(
    alice: Command, logs: ClaudeLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    logs.session(user(), assistant(), assistant("m2", "r2", tokens={"input_tokens": "many"}))
    shown = alice("doctor", terminal=True).out
    assert max(map(len, shown.splitlines())) <= 80
    assert max(map(len, alice("doctor", "--all", terminal=True).out.splitlines())) <= 100
    assert not any(secret in shown for secret in SECRETS)


def test_nothing_is_asked_of_the_network(alice: Command, site: LoopbackSite) -> None:
    assert alice("doctor").code == 0
    assert not site.seen
