"""Switching autosubmit on and off: real files, and programs that play the schedulers."""

import json
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from ccgather_cli.machine import Machine, System
from ccgather_cli.scheduling.rhythm import hours_of
from command import Command
from fake_tools import FakeTools
from loopback_site import TOKEN, LoopbackSite

UNITS = ".config/systemd/user"
AGENT = "Library/LaunchAgents/org.ccgather.autosubmit.plist"
TOOLS: dict[System, tuple[str, ...]] = {
    "linux": ("systemctl", "crontab"),
    "macos": ("launchctl", "crontab"),
    "windows": ("schtasks",),
}


@pytest.fixture
def tools(tmp_path: Path, request: pytest.FixtureRequest) -> FakeTools:
    names = getattr(request, "param", TOOLS["linux"])
    return FakeTools.make(tmp_path / "tools", *names)


def on(tools: FakeTools, home: Path, site: LoopbackSite, system: System = "linux") -> Command:
    """Somebody who is logged in on a machine with these programs."""
    environment = {"PATH": tools.path, "HOME": str(home)}
    command = Command(Machine(home, environment, system))
    assert command("login", "--server", site.url, "--token", TOKEN).code == 0
    return command


def everything_below(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def program() -> str:
    script = Path(sys.executable).with_name("ccgather")
    return str(script) if script.is_file() else f"{sys.executable} -m ccgather_cli"


# systemd


def test_systemd_gets_a_timer_that_catches_up_and_a_service(
    tools: FakeTools, home: Path, site: LoopbackSite
) -> None:
    ran = on(tools, home, site)("autosubmit", "enable")
    assert ran.code == 0
    assert "Autosubmit is on: every day at" in ran.out
    assert "(systemd user timer)" in ran.out
    timer = (home / UNITS / "ccgather-autosubmit.timer").read_text()
    service = (home / UNITS / "ccgather-autosubmit.service").read_text()
    assert "Persistent=true" in timer
    assert "WantedBy=timers.target" in timer
    assert f"ExecStart={program()} autosubmit run --scheduled\n" in service
    assert tools.calls() == [
        ["systemctl", "--user", "daemon-reload"],
        ["systemctl", "--user", "enable", "--now", "ccgather-autosubmit.timer"],
    ]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("every", ["1h", "6h", "1d"])
def test_systemd_itself_takes_the_units_and_the_moments(
    tools: FakeTools, home: Path, site: LoopbackSite, every: str
) -> None:
    assert on(tools, home, site)("autosubmit", "enable", "--every", every).code == 0
    units = [str(home / UNITS / f"ccgather-autosubmit.{end}") for end in ("timer", "service")]
    ran = subprocess.run(
        ["systemd-analyze", "--user", "--recursive-errors=no", "verify", *units],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "XDG_RUNTIME_DIR": str(home)},
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    timer = Path(units[0]).read_text()
    calendar = next(line for line in timer.splitlines() if line.startswith("OnCalendar="))
    times = subprocess.run(
        ["systemd-analyze", "calendar", "--iterations=2", calendar.partition("=")[2]],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "TZ": "UTC"},
        check=True,
    ).stdout
    moments = [
        datetime.strptime(line.split(": ")[1].strip(), "%a %Y-%m-%d %H:%M:%S UTC")  # noqa: DTZ007
        for line in times.splitlines()
        if "Next elapse:" in line or "Iter. #2:" in line
    ]
    assert moments[1] - moments[0] == timedelta(hours=hours_of(every))


def test_enabling_twice_changes_nothing_and_another_interval_changes_cleanly(
    tools: FakeTools, home: Path, site: LoopbackSite
) -> None:
    ccgather = on(tools, home, site)
    assert ccgather("autosubmit", "enable").code == 0
    before = everything_below(home)
    tools.forget()
    ran = replace(ccgather, at=ccgather.at + timedelta(hours=1))("autosubmit", "enable")
    assert "already on" in ran.out
    assert tools.calls() == []
    assert everything_below(home) == before
    assert ccgather("autosubmit", "enable", "--every", "hourly").code == 0
    assert ["systemctl", "--user", "restart", "ccgather-autosubmit.timer"] in tools.calls()
    assert "OnCalendar=*-*-* *:" in (home / UNITS / "ccgather-autosubmit.timer").read_text()
    assert "every hour" in ccgather("autosubmit", "status").out


def test_disable_removes_what_enable_made_and_nothing_else(
    tools: FakeTools, home: Path, site: LoopbackSite
) -> None:
    ccgather = on(tools, home, site)
    mine = home / UNITS / "backup.timer"
    mine.parent.mkdir(parents=True)
    mine.write_text("[Timer]\n")
    ccgather("device")
    before = everything_below(home)
    assert ccgather("autosubmit", "enable").code == 0
    assert ccgather("autosubmit", "disable").out == "Autosubmit is off.\n"
    assert everything_below(home) == before
    assert not (tools.state / "active").exists()
    assert ccgather("autosubmit", "disable").out == "Autosubmit was not on.\n"


def test_a_unit_of_somebody_elses_is_not_overwritten(
    tools: FakeTools, home: Path, site: LoopbackSite
) -> None:
    theirs = home / UNITS / "ccgather-autosubmit.timer"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("[Timer]\nOnCalendar=daily\n")
    ccgather = on(tools, home, site)
    ran = ccgather("autosubmit", "enable")
    assert ran.code == 1
    assert "not made by ccgather" in ran.err
    ccgather("autosubmit", "disable")
    assert theirs.read_text() == "[Timer]\nOnCalendar=daily\n"


def test_a_systemd_that_refuses_leaves_nothing_behind(
    tools: FakeTools, home: Path, site: LoopbackSite
) -> None:
    script = tools.folder / "systemctl"
    refusing = 'case "$2" in enable) echo "Unit is masked." >&2; exit 1;; esac\n'
    script.write_text(script.read_text().replace("shift\n", f"{refusing}shift\n", 1))
    ran = on(tools, home, site)("autosubmit", "enable")
    assert ran.code == 1
    assert "Unit is masked." in ran.err
    assert not list((home / UNITS).glob("*"))


# cron


@pytest.fixture
def cron(tmp_path: Path) -> FakeTools:
    """A machine whose systemd runs nothing for this person, as in a container."""
    tools = FakeTools.make(tmp_path / "tools", "systemctl", "crontab")
    tools.break_down("systemctl", "Failed to connect to bus")
    return tools


def test_without_a_systemd_one_marked_line_goes_into_the_crontab(
    cron: FakeTools, home: Path, site: LoopbackSite
) -> None:
    theirs = b"SHELL=/usr/bin/fish\n# caf\xe9\n*/5 * * * * backup 100\\%\n\n"
    (cron.state / "crontab").write_bytes(theirs)
    ccgather = on(cron, home, site)
    assert "(cron)" in ccgather("autosubmit", "enable").out
    line, rest = (cron.state / "crontab").read_bytes().split(b"\n", 1)
    assert rest == theirs
    assert line.endswith(b"autosubmit run --scheduled >/dev/null 2>&1 # ccgather-autosubmit")
    minute, *others = line.split()[:5]
    assert 0 <= int(minute) < 60
    assert others == [b"*"] * 4
    cron.forget()
    assert "already on" in ccgather("autosubmit", "enable").out
    assert cron.calls() == []
    assert ccgather("autosubmit", "enable", "--every", "6h").code == 0
    assert (cron.state / "crontab").read_bytes().count(b"ccgather-autosubmit") == 1
    assert ccgather("autosubmit", "disable").code == 0
    assert (cron.state / "crontab").read_bytes() == theirs


def test_a_crontab_that_was_not_there_is_gone_again(
    cron: FakeTools, home: Path, site: LoopbackSite
) -> None:
    ccgather = on(cron, home, site)
    assert ccgather("autosubmit", "enable").code == 0
    assert ccgather("autosubmit", "disable").code == 0
    assert not (cron.state / "crontab").exists()


def test_a_crontab_that_cannot_be_read_is_not_taken_for_an_empty_one(
    cron: FakeTools, home: Path, site: LoopbackSite
) -> None:
    ccgather = on(cron, home, site)
    cron.break_down("crontab", "You (alice) are not allowed to use this program (crontab)")
    ran = ccgather("autosubmit", "enable")
    assert ran.code == 1
    assert "not allowed" in ran.err
    assert cron.calls() == []


def test_cron_gives_way_when_systemd_comes(cron: FakeTools, home: Path, site: LoopbackSite) -> None:
    ccgather = on(cron, home, site)
    assert ccgather("autosubmit", "enable").code == 0
    (cron.state / "broken-systemctl").unlink()
    assert "(systemd user timer)" in ccgather("autosubmit", "enable").out
    assert not (cron.state / "crontab").exists()


def test_the_line_survives_cron_and_the_shell(
    cron: FakeTools, home: Path, site: LoopbackSite, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = tmp_path / "said"
    odd = program_in(tmp_path / 'it\'s 100% "odd" $HOME', said)
    monkeypatch.setattr(sys, "executable", str(odd.with_name("python")))
    assert on(cron, home, site)("autosubmit", "enable").code == 0
    line = (cron.state / "crontab").read_text().splitlines()[0]
    # What cron hands to the shell: up to the first bare %, with the others unescaped.
    command = re.split(r"(?<!\\)%", line.split(None, 5)[5])[0].replace("\\%", "%")
    subprocess.run(["/bin/sh", "-c", command], check=True)
    assert said.read_text() == "autosubmit\nrun\n--scheduled\n"


def program_in(folder: Path, said: Path) -> Path:
    """A ccgather in a folder with an odd name, which writes down its arguments."""
    folder.mkdir()
    script = folder / "ccgather"
    script.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > '{said}'\n")
    script.chmod(0o755)
    return script


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_takes_a_path_with_spaces_and_specifiers(
    tools: FakeTools,
    home: Path,
    site: LoopbackSite,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    odd = program_in(tmp_path / 'it\'s 100% "odd"', tmp_path / "said")
    monkeypatch.setattr(sys, "executable", str(odd.with_name("python")))
    assert on(tools, home, site)("autosubmit", "enable").code == 0
    ran = subprocess.run(
        ["systemd-analyze", "--user", "verify", str(home / UNITS / "ccgather-autosubmit.service")],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "XDG_RUNTIME_DIR": str(home)},
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    odd.unlink()
    assert "does not exist any more" in on(tools, home, site)("autosubmit", "status").out


# macOS


@pytest.mark.parametrize("tools", [TOOLS["macos"]], indirect=True)
def test_launchd_gets_an_agent(tools: FakeTools, home: Path, site: LoopbackSite) -> None:
    ccgather = on(tools, home, site, "macos")
    before = everything_below(home)
    assert "(launchd agent)" in ccgather("autosubmit", "enable").out
    agent = plistlib.loads((home / AGENT).read_bytes())
    assert agent["ProgramArguments"][-3:] == ["autosubmit", "run", "--scheduled"]
    assert Path(agent["ProgramArguments"][0]).is_absolute()
    assert 0 <= agent["StartCalendarInterval"]["Minute"] < 60
    assert agent["RunAtLoad"] is True
    assert [words[1] for words in tools.calls()] == ["bootstrap"]
    tools.forget()
    assert "already on" in ccgather("autosubmit", "enable").out
    assert tools.calls() == []
    assert ccgather("autosubmit", "disable").code == 0
    assert [words[1] for words in tools.calls()] == ["bootout"]
    kept = {".config/ccgather/device.json"}  # made once, whoever asks first
    assert set(everything_below(home)) - kept == set(before)


@pytest.mark.parametrize("tools", [TOOLS["macos"]], indirect=True)
def test_a_mac_without_a_screen_uses_the_persons_own_session(
    tools: FakeTools, home: Path, site: LoopbackSite
) -> None:
    (tools.state / "no-gui").touch()
    ccgather = on(tools, home, site, "macos")
    assert ccgather("autosubmit", "enable").code == 0
    assert (tools.state / "loaded-user").exists()
    (tools.state / "loaded-user").unlink()
    ran = ccgather("autosubmit", "status")
    assert ran.code == 1
    assert "not loaded" in ran.out
    assert ccgather("autosubmit", "enable").code == 0
    assert ccgather("autosubmit", "status").code == 0


# Windows


@pytest.mark.parametrize("tools", [TOOLS["windows"]], indirect=True)
def test_task_scheduler_gets_a_task_that_starts_when_it_can(
    tools: FakeTools,
    home: Path,
    site: LoopbackSite,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    odd = program_in(tmp_path / "Program Files & more", tmp_path / "said")
    monkeypatch.setattr(sys, "executable", str(odd.with_name("pythonw.exe")))
    ccgather = on(tools, home, site, "windows")
    assert "(Task Scheduler)" in ccgather("autosubmit", "enable").out
    content = (tools.state / "task").read_bytes()
    assert content[:2] == b"\xff\xfe"
    task = ET.fromstring(content.decode("utf-16"))  # noqa: S314  (our own)
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert task.findtext(".//t:StartWhenAvailable", namespaces=space) == "true"
    assert task.findtext(".//t:Interval", namespaces=space) == "PT1H"
    assert task.findtext(".//t:Command", namespaces=space) == str(odd.with_name("pythonw.exe"))
    words = task.findtext(".//t:Arguments", namespaces=space)
    assert words == "-m ccgather_cli autosubmit run --scheduled"
    tools.forget()
    assert "already on" in ccgather("autosubmit", "enable").out
    assert tools.calls() == []
    assert ccgather("autosubmit", "disable").code == 0
    assert not (tools.state / "task").exists()
    assert not (ccgather.machine.config_dir / "autosubmit-task.xml").exists()


# What holds for all of them


@pytest.mark.parametrize(
    ("tools", "system"), [(TOOLS[name], name) for name in TOOLS], indirect=["tools"]
)
def test_no_token_and_no_variable_of_ours_reaches_a_scheduler(
    tools: FakeTools, home: Path, site: LoopbackSite, system: System
) -> None:
    ccgather = on(tools, home, site, system)
    busy = ccgather.with_environment(CCGATHER_TOKEN="tt_" + "beef" * 12, CCGATHER_URL=site.url)
    assert busy("autosubmit", "enable").code == 0
    assert busy("autosubmit", "enable", "--hook").code == 0
    written = [*everything_below(home).items(), *everything_below(tools.state).items()]
    for name, content in written:
        assert b"beef" not in content, name
        if not name.endswith("credentials.json"):
            assert TOKEN.encode() not in content, name
            assert b"CCGATHER_" not in content, name


@pytest.mark.parametrize("words", [(), ("--hook",)])
def test_a_login_in_the_environment_alone_is_refused_with_what_to_do(
    tools: FakeTools, home: Path, words: tuple[str, ...]
) -> None:
    ccgather = Command(Machine(home, {"PATH": tools.path}, "linux"))
    assert ccgather("autosubmit", "enable", *words).code == 3
    ran = ccgather.with_environment(CCGATHER_TOKEN=TOKEN)("autosubmit", "enable", *words)
    assert ran.code == 3
    assert "CCGATHER_TOKEN" in ran.err
    assert "ccgather login" in ran.err
    assert everything_below(home) == {}
    assert tools.calls() == []


@pytest.mark.parametrize("tools", [()], indirect=True)
def test_a_machine_without_any_scheduler_is_told_what_else_there_is(
    tools: FakeTools, home: Path, site: LoopbackSite
) -> None:
    command = on(tools, home, site)
    bare = Machine(home, {"PATH": str(tools.folder)}, "linux")
    ran = replace(command, machine=bare)("autosubmit", "enable")
    assert ran.code == 1
    assert "--hook" in ran.err


def test_a_login_that_the_environment_moved_is_found_by_the_schedule(
    cron: FakeTools, home: Path, site: LoopbackSite, tmp_path: Path
) -> None:
    environment = {
        "PATH": cron.path,
        "CCGATHER_CONFIG_DIR": str(tmp_path / "my login"),
        "CLAUDE_CONFIG_DIR": str(tmp_path / "elsewhere"),
    }
    ccgather = Command(Machine(home, environment, "linux"))
    assert ccgather("login", "--server", site.url, "--token", TOKEN).code == 0
    assert ccgather("autosubmit", "enable").code == 0
    line = (cron.state / "crontab").read_text()
    words = shlex.split(line.split(">")[0])
    assert words[-2:] == ["--config-dir", str(tmp_path / "my login")]
    plan = json.loads((tmp_path / "my login" / "autosubmit.json").read_text())
    assert plan["environment"]["CLAUDE_CONFIG_DIR"] == str(tmp_path / "elsewhere")
    assert "CCGATHER_CONFIG_DIR" not in plan["environment"]


def test_status_notices_a_schedule_that_is_gone(
    cron: FakeTools, home: Path, site: LoopbackSite
) -> None:
    ccgather = on(cron, home, site)
    assert ccgather("autosubmit", "status").out.startswith("Autosubmit is off.")
    assert ccgather("autosubmit", "enable").code == 0
    assert ccgather("autosubmit", "status").code == 0
    (cron.state / "crontab").unlink()
    ran = ccgather("autosubmit", "status")
    assert ran.code == 1
    assert "The schedule is gone from this machine." in ran.out
    document = json.loads(ccgather("autosubmit", "status", "--json").out)
    assert document["scheduler"] is None
    assert document["every"] == "1d"
    assert len(document["problems"]) == 1
