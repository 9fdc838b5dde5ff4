"""The hook in Claude Code's settings: ours goes in and out, everything else stays as it is."""

import json
import os
import shlex
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccgather_cli.machine import Machine
from ccgather_cli.scheduling.json_text import (
    children,
    member,
    root_of,
    with_child,
    without_child,
)
from claude_logs import ClaudeLogs, assistant
from command import Command
from loopback_site import TOKEN, LoopbackSite

SETTINGS = """\
{
    "model":  "opus",
    "permissions": { "allow": ["Bash(npm run lint)", "Read(~/.zshrc)"], "deny": [] },
    "env": {"EMOJI": "\\u2764", "UMLAUT": "ü"},
    "hooks": {
        "Stop": [ {"hooks": [{"type": "command", "command": "say done"}]} ],
        "SessionEnd": [
            {
                "matcher": "clear",
                "hooks": [{"type": "command", "command": "~/tidy.sh"}]
            }
        ]
    },
    "big": 1e400, "exact": 1.10
}
"""


@pytest.fixture
def settings(home: Path) -> Path:
    path = home / ".claude" / "settings.json"
    path.parent.mkdir()
    return path


def ours(path: Path) -> list[str]:
    hooks = [each for entry in events(path) for each in entry["hooks"]]
    return [hook["command"] for hook in hooks if "ccgather" in hook["command"]]


def events(path: Path) -> list[dict[str, list[dict[str, str]]]]:
    found = json.loads(path.read_text())["hooks"]["SessionEnd"]
    assert isinstance(found, list)
    return found


def test_settings_that_were_not_there_are_made_and_gone_again(alice: Command, home: Path) -> None:
    path = home / ".claude" / "settings.json"
    ran = alice("autosubmit", "enable", "--hook")
    assert ran.code == 0
    assert str(path) in ran.out
    hook = events(path)[0]["hooks"][0]
    assert hook["type"] == "command"
    assert int(hook["timeout"]) > 2  # all hooks share 1.5 seconds unless one asks for more
    words = shlex.split(hook["command"])
    assert Path(words[0]).is_absolute()
    assert words[-3:] == ["autosubmit", "run", "--hook"]
    assert alice("autosubmit", "disable").code == 0
    assert not path.exists()


@pytest.mark.parametrize(
    "text",
    [
        SETTINGS,
        SETTINGS.replace("    ", "\t"),
        SETTINGS.replace("\n", "\r\n"),
        '{"model":"opus","hooks":{"SessionEnd":[]}}',
        '{"model": "opus"}',
        "{}\n",
        '{"hooks": {}}',
        '{\n  "hooks": {"SessionEnd": [{"matcher": "", "hooks": []}]}\n}',
    ],
)
def test_every_other_setting_keeps_its_spelling(alice: Command, settings: Path, text: str) -> None:
    settings.write_bytes(text.encode())
    assert alice("autosubmit", "enable", "--hook").code == 0
    assert len(ours(settings)) == 1
    once = settings.read_bytes()
    for line in text.encode().split(b"\n"):
        if b"model" in line and b"hooks" not in line:
            assert line.rstrip(b"\r\n}") in once
    assert "already on" in alice("autosubmit", "enable", "--hook").out
    assert settings.read_bytes() == once
    assert alice("autosubmit", "disable").code == 0
    left = settings.read_bytes()
    if "matcher" in text and "clear" in text:
        assert left == text.encode()
    assert "ccgather" not in left.decode()
    before, after = json.loads(text), json.loads(left)
    before.pop("hooks", None)
    after.pop("hooks", None)
    assert before == after


@pytest.mark.parametrize(
    "text",
    ["", "{", "{} // a comment", '{"hooks": []}', '{"hooks": {"SessionEnd": {}}}', "[]", "\xff"],
)
def test_settings_that_claude_code_could_not_read_are_left_alone(
    alice: Command, settings: Path, text: str
) -> None:
    settings.write_bytes(text.encode("latin-1"))
    ran = alice("autosubmit", "enable", "--hook")
    assert ran.code == 1
    assert str(settings) in ran.err
    assert "left as it is" in ran.err or "left as it was" in ran.err
    assert settings.read_bytes() == text.encode("latin-1")
    assert alice("autosubmit", "status").out.startswith("Autosubmit is off.")
    assert alice("autosubmit", "disable").code == 0


def test_a_link_to_settings_stays_a_link_and_keeps_its_mode(
    alice: Command, settings: Path, tmp_path: Path
) -> None:
    target = tmp_path / "dotfiles.json"
    target.write_text("{}")
    target.chmod(0o600)
    settings.symlink_to(target)
    assert alice("autosubmit", "enable", "--hook").code == 0
    assert settings.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o600
    assert len(ours(target)) == 1


def test_a_program_that_moved_replaces_the_old_hook(
    alice: Command, settings: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.write_text(SETTINGS)
    for name in ("old place", "new place"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "ccgather").write_text("#!/bin/sh\n")
        monkeypatch.setattr(sys, "executable", str(folder / "python"))
        assert alice("autosubmit", "enable", "--hook").code == 0
    assert [shlex.split(line)[0] for line in ours(settings)] == [
        str(tmp_path / "new place" / "ccgather")
    ]
    (tmp_path / "new place" / "ccgather").unlink()
    ran = alice("autosubmit", "status")
    assert ran.code == 1
    assert "does not exist any more" in ran.out


def test_on_windows_the_hook_is_spelled_for_the_bash_that_runs_it(
    home: Path, site: LoopbackSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/c/Program Files/Python/python.exe")
    command = Command(Machine(home, {}, "windows"))
    assert command("login", "--server", site.url, "--token", TOKEN).code == 0
    assert command("autosubmit", "enable", "--hook").code == 0
    line = ours(home / ".claude" / "settings.json")[0]
    assert line.startswith('"/c/Program Files/Python/python.exe" -m ccgather_cli autosubmit run')


def test_the_folder_of_claude_codes_settings_moves_with_it(alice: Command, tmp_path: Path) -> None:
    moved = alice.with_environment(CLAUDE_CONFIG_DIR=str(tmp_path / "claude"))
    assert moved("autosubmit", "enable", "--hook").code == 0
    assert len(ours(tmp_path / "claude" / "settings.json")) == 1
    (tmp_path / "claude" / "settings.json").unlink()
    ran = moved("autosubmit", "status")
    assert ran.code == 1
    assert "The hook is gone" in ran.out
    assert "enable --hook" in ran.out


def test_hook_and_interval_are_not_given_together(alice: Command) -> None:
    assert alice("autosubmit", "enable", "--hook", "--every", "1h").code == 2


def test_the_hook_returns_at_once_and_the_report_goes_out_behind_it(
    alice: Command, site: LoopbackSite, logs: ClaudeLogs, home: Path
) -> None:
    logs.session(assistant())
    here = alice.with_environment(HOME=str(home), PATH=os.environ["PATH"])
    assert here("autosubmit", "run", "--hook").code == 0
    for _ in range(200):
        if site.asked("/api/submit") and (here.machine.config_dir / "autosubmit.log").exists():
            break
        time.sleep(0.05)
    assert site.asked("/api/submit")[0].json["source"] == "hook"
    assert " hook Sent 763 tokens" in (here.machine.config_dir / "autosubmit.log").read_text()


def test_sessions_that_end_one_after_the_other_send_once_in_a_quarter_of_an_hour(
    alice: Command, site: LoopbackSite, logs: ClaudeLogs
) -> None:
    path = logs.session(assistant())
    run = ("autosubmit", "run", "--after-session")
    assert alice(*run).code == 0
    with path.open("ab") as file:
        file.write(json.dumps(assistant("msg_2", "req_2")).encode() + b"\n")
    for minutes in (1, 14):
        assert replace(alice, at=alice.at + timedelta(minutes=minutes))(*run).code == 0
    assert len(site.asked("/api/submit")) == 1
    assert replace(alice, at=alice.at + timedelta(minutes=16))(*run).code == 0
    sent = site.asked("/api/submit")
    assert [each.json["totals"]["tokens"] for each in sent] == [763, 2 * 763]


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(st.text(max_size=4), _values, max_size=4),
    st.sampled_from([None, 1, 2, 4, "\t"]),
    _values,
)
def test_json_that_gains_and_loses_a_member_says_what_it_said(
    content: dict[str, object], indent: int | str | None, value: object
) -> None:
    text = json.dumps(content, indent=indent)
    grown = with_child(text, root_of(text), value, key="a new key")
    assert json.loads(grown) == {**content, "a new key": value}
    found = member(grown, root_of(grown), "a new key")
    assert found is not None
    assert json.loads(without_child(grown, root_of(grown), found)) == content
    names = [node.key for node in children(text, root_of(text))]
    assert names == list(content)
