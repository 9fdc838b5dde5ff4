"""Where things are on each system, addresses, and the command as a process."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from ccgather_cli import __version__
from ccgather_cli.addresses import is_loopback, server_address
from ccgather_cli.commands import all_commands
from ccgather_cli.errors import UsageError
from ccgather_cli.machine import Machine, System, system_named
from ccgather_cli.readers import all_readers
from ccgather_cli.readers.claude import READER
from claude_logs import ClaudeLogs, assistant
from loopback_site import TOKEN, LoopbackSite

HOME = Path("/h")


def roots(system: System = "linux", **environment: str) -> list[str]:
    found = READER.find(Machine(HOME, environment, system))
    return [root.as_posix() for root in found.roots]


def test_claude_code_has_two_places_of_its_own() -> None:
    assert roots() == ["/h/.claude/projects", "/h/.config/claude/projects"]
    assert roots("windows")[0] == "/h/.claude/projects"
    assert roots(XDG_CONFIG_HOME="/x")[1] == "/x/claude/projects"


def test_claude_config_dir_replaces_both() -> None:
    assert roots(CLAUDE_CONFIG_DIR="/c") == ["/c/projects"]
    assert roots(CLAUDE_CONFIG_DIR="~/c") == ["/h/c/projects"]
    assert roots(CLAUDE_CONFIG_DIR="/c, /d,") == ["/c/projects", "/d/projects"]
    assert len(roots(CLAUDE_CONFIG_DIR=" ")) == 2


def test_a_folder_with_a_comma_in_its_name_is_one_folder(tmp_path: Path) -> None:
    odd = tmp_path / "a,b"
    odd.mkdir()
    assert roots(CLAUDE_CONFIG_DIR=str(odd)) == [(odd / "projects").as_posix()]


@pytest.mark.parametrize(
    ("system", "environment", "expected"),
    [
        ("linux", {}, "/h/.config/ccgather"),
        ("linux", {"XDG_CONFIG_HOME": "/x"}, "/x/ccgather"),
        ("macos", {}, "/h/.config/ccgather"),
        ("windows", {}, "/h/AppData/Roaming/ccgather"),
        ("windows", {"APPDATA": "/a"}, "/a/ccgather"),
        ("windows", {"APPDATA": "/a", "CCGATHER_CONFIG_DIR": "/mine"}, "/mine"),
    ],
)
def test_the_config_folder_follows_the_system(
    system: System, environment: dict[str, str], expected: str
) -> None:
    assert Machine(HOME, environment, system).config_dir.as_posix() == expected


def test_systems_are_told_from_their_platform() -> None:
    names = ("linux", "darwin", "win32", "freebsd14")
    assert [system_named(name) for name in names] == ["linux", "macos", "windows", "linux"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://Board.Example/", "https://board.example"),
        ("board.example", "https://board.example"),
        ("localhost:8000", "http://localhost:8000"),
        ("127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://host/below//", "https://host/below"),
    ],
)
def test_an_address_has_one_spelling(text: str, address: str) -> None:
    assert server_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ftp://x",
        "http://",
        "http://a:b@c",
        "http://x?y",
        "http://x#y",
        "http://x:port",
        "http://a b",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        server_address(text)


def test_loopback_is_told_without_looking_names_up() -> None:
    assert all(map(is_loopback, ("localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "::1")))
    assert not any(
        map(is_loopback, ("localhost.example", "10.0.0.1", "192.168.0.1", "", "128.0.0.1"))
    )


def test_every_command_and_every_reader_keeps_its_interface() -> None:
    assert {"login", "logout", "submit", "whoami"} <= set(all_commands())
    for command in all_commands().values():
        assert command.SUMMARY
        assert callable(command.run)
    clients = [reader.client for reader in all_readers()]
    assert len(clients) == len(set(clients))
    assert all(reader.parser_version >= 1 for reader in all_readers())


def process(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {"PATH": os.environ["PATH"], "HOME": str(home)}
    if "SYSTEMROOT" in os.environ:
        inherited["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "ccgather_cli", *words],
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )


def test_the_version_costs_less_than_80_ms_of_cpu(home: Path) -> None:
    spent = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert process(home, "--version").stdout == f"ccgather {__version__}\n"
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(spent) < 0.080


def test_help_names_every_command_and_loads_nothing_heavy(home: Path) -> None:
    shown = process(home, "--help").stdout
    for name in all_commands():
        assert f"    {name}" in shown
    code = (
        "import sys, ccgather_cli.__main__ as m\n"
        "try: m.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'rich', 'urllib3', 'msgspec'} & set(sys.modules)), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stderr == "[]\n"


def test_the_whole_command_works_as_a_process_in_ci(
    home: Path, logs: ClaudeLogs, site: LoopbackSite
) -> None:
    logs.session(assistant())
    variables = {"CCGATHER_URL": site.url, "CCGATHER_TOKEN": TOKEN}
    ran = process(home, "submit", "--yes", **variables)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "\x1b" not in ran.stdout
    assert "#12 in the world" in ran.stdout
    dry = process(home, "submit", "--dry-run", **variables)
    assert json.loads(dry.stdout)["totals"]["tokens"] == 763


def test_a_stream_that_cannot_show_a_letter_does_not_end_the_command(
    home: Path, logs: ClaudeLogs, site: LoopbackSite
) -> None:
    logs.session(assistant())
    variables = {"CCGATHER_URL": site.url, "CCGATHER_TOKEN": TOKEN}
    ran = process(home, "submit", "--yes", PYTHONIOENCODING="ascii", **variables)
    assert ran.returncode == 0


def test_no_command_is_a_usage_error_that_shows_the_help(home: Path) -> None:
    ran = process(home)
    assert ran.returncode == 2
    assert "commands:" in ran.stderr
    assert process(home, "sing").returncode == 2
