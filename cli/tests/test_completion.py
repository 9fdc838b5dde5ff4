"""The Tab key, pressed in the shells themselves."""

import os
import pty
import re
import select
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from ccgather_cli.commands import all_commands
from ccgather_cli.commands.completion import SHELLS
from ccgather_cli.readers import all_readers
from command import Command

CLIENTS = {reader.client for reader in all_readers()}
KINDS = {"daily", "weekly", "monthly", "models", "clients", "sessions", "blocks"}
CASES = [
    ("ccgather re", {"report"}),
    ("ccgather ", set(all_commands())),
    ("ccgather report w", {"weekly"}),
    ("ccgather report ", KINDS),
    ("ccgather submit --cl", {"--client"}),
    ("ccgather submit --client ", CLIENTS),
    ("ccgather report weekly --client ", CLIENTS),
    ("ccgather autosubmit ", {"enable", "disable", "status", "run"}),
    ("ccgather autosubmit enable --every 1", {"1h", "12h", "1d"}),
    ("ccgather hourly o", {"on", "off"}),
    ("ccgather completion ", set(SHELLS)),
]


@pytest.fixture
def script(ccgather: Command, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    ran = ccgather("completion", request.param)
    assert (ran.code, ran.err) == (0, "")
    path = tmp_path / f"completion.{request.param}"
    path.write_text(ran.out)
    return path


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize("script", ["bash"], indirect=True)
@pytest.mark.parametrize(("line", "expected"), CASES)
def test_bash_completes(script: Path, line: str, expected: set[str]) -> None:
    words = line.split(" ")
    code = (
        f"source {script}\n"
        f"COMP_WORDS=({' '.join(repr(word) for word in words)}); COMP_CWORD={len(words) - 1}\n"
        '_ccgather; printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    ran = subprocess.run(
        ["bash", "--norc", "-u", "-c", code], capture_output=True, text=True, check=True
    )
    assert ran.stderr == ""
    assert set(ran.stdout.split()) == expected


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish here")
@pytest.mark.parametrize("script", ["fish"], indirect=True)
def test_fish_completes(script: Path, home: Path) -> None:
    asks = "".join(f"complete -C '{line}'; echo ---;" for line, _ in CASES)
    ran = subprocess.run(
        ["fish", "--no-config", "-c", f"source {script}; {asks}"],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
    )
    assert ran.stderr == ""
    answers = ran.stdout.split("---\n")
    for (line, expected), answer in zip(CASES, answers, strict=False):
        assert {each.split("\t")[0] for each in answer.splitlines()} == expected, line


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh here")
@pytest.mark.parametrize("script", ["zsh"], indirect=True)
def test_zsh_completes(script: Path, home: Path) -> None:
    (home / ".zshrc").write_text(
        "PS1='$ '; unsetopt beep; autoload -U compinit; compinit -u -D\n"
        f"zstyle ':completion:*' list-prompt ''; LISTMAX=9999\nsource {script}\necho ready\n"
    )
    process, terminal = pty.fork()
    if process == 0:
        environment = {"HOME": str(home), "PATH": os.environ["PATH"], "TERM": "dumb"}
        os.execvpe("zsh", ["zsh", "-i"], environment)  # noqa: S606
    try:
        _until(terminal, "ready")
        for line, expected in CASES:
            os.write(terminal, f"{line}\t\t".encode())
            shown = _until_quiet(terminal)
            for word in expected:
                assert re.search(rf"(^|[\s/]){re.escape(word)}\b", shown), (line, word, shown)
            os.write(terminal, b"\x15")  # a new, empty line
            _until_quiet(terminal)
    finally:
        os.close(terminal)
        os.waitpid(process, 0)


def _until(terminal: int, words: str) -> str:
    shown, ends = "", time.monotonic() + 20
    while words not in shown and time.monotonic() < ends:
        if select.select([terminal], [], [], 0.2)[0]:
            shown += os.read(terminal, 65536).decode(errors="replace")
    return shown


def _until_quiet(terminal: int) -> str:
    shown = ""
    while select.select([terminal], [], [], 0.3)[0]:
        shown += os.read(terminal, 65536).decode(errors="replace")
    return shown


@pytest.mark.parametrize("script", ["powershell"], indirect=True)
def test_powershell_is_given_the_same_words(script: Path) -> None:
    text = script.read_text()
    assert text.count("{") == text.count("}")
    assert "Register-ArgumentCompleter -Native -CommandName ccgather" in text
    for words in (*all_commands(), *CLIENTS, *KINDS, "--every", "12h"):
        assert f"'{words}'" in text


@pytest.mark.parametrize("script", SHELLS, indirect=True)
def test_what_is_hidden_from_help_is_hidden_from_the_tab_key(script: Path) -> None:
    assert "after-session" not in script.read_text()


def test_an_unknown_shell_is_a_usage_error(ccgather: Command) -> None:
    with pytest.raises(SystemExit) as ended:
        ccgather("completion", "tcsh")
    assert ended.value.code == 2
