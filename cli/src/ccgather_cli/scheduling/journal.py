"""What runs did while nobody looked: a log of bounded size, and how the last run ended."""

import io
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ccgather_cli.errors import CliError
from ccgather_cli.kept_files import keep, read_kept
from ccgather_cli.machine import Machine
from ccgather_cli.terminal import clean

LOG_NAME = "autosubmit.log"
LAST_NAME = "autosubmit-last.json"
LOG_BYTES = 64 * 1024
"""From here on the log is put aside, in place of the one that was put aside before."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended: `settled` if nothing is left to try again before the next one is due."""

    at: str
    source: str
    code: int
    sentence: str
    settled: bool


class Journal(io.TextIOBase):
    """The log as a stream: what a run would say on a terminal goes here, a line a line."""

    def __init__(self, machine: Machine, *, at: datetime, source: str) -> None:
        self._path = machine.config_dir / LOG_NAME
        self._head = f"{at.isoformat(timespec='seconds').replace('+00:00', 'Z')} {source}"
        self._rest = ""

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str) -> int:
        """Log every line that is whole."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            if line.strip():
                self._append(f"{self._head} {clean(line).strip()}\n")
        return len(text)

    def _append(self, line: str) -> None:
        """Never a reason to fail: a full disk must not lose the report as well."""
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self._path.exists() and self._path.stat().st_size + len(line) > LOG_BYTES:
                self._path.replace(self._path.with_name(f"{LOG_NAME}.1"))
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(line)


def log_path(machine: Machine) -> Path:
    """Where the log is."""
    return machine.config_dir / LOG_NAME


def log_tail(machine: Machine, lines: int) -> list[str]:
    """The newest lines of the log, oldest first."""
    found: list[str] = []
    for path in (log_path(machine).with_name(f"{LOG_NAME}.1"), log_path(machine)):
        with suppress(OSError):
            found += path.read_text(encoding="utf-8", errors="replace").splitlines()
    return found[-lines:]


def note_outcome(machine: Machine, outcome: Outcome) -> None:
    """Write down how a run ended. Never a reason to fail."""
    content: dict[str, object] = {
        "at": outcome.at,
        "source": outcome.source,
        "code": outcome.code,
        "sentence": outcome.sentence,
        "settled": outcome.settled,
    }
    with suppress(CliError):
        keep(machine.config_dir / LAST_NAME, content)


def last_outcome(machine: Machine) -> Outcome | None:
    """How the last run ended; None if there was none."""
    try:
        content = read_kept(machine.config_dir / LAST_NAME)
    except CliError:
        return None
    if content is None:
        return None
    code = content.get("code")
    return Outcome(
        at=str(content.get("at", "")),
        source=str(content.get("source", "")),
        code=code if isinstance(code, int) else 1,
        sentence=str(content.get("sentence", "")),
        settled=content.get("settled") is True,
    )
