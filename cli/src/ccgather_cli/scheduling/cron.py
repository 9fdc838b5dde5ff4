"""cron: one marked line in the person's crontab, everything else in it byte for byte as it was."""

import shlex

from ccgather_cli.errors import CliError
from ccgather_cli.machine import Machine
from ccgather_cli.scheduling.interface import MARK, Schedule
from ccgather_cli.scheduling.tools import call, call_well, path_of

_END = f"# {MARK}".encode()
_NONE_YET = (b"no crontab", b"can't open", b"no such file")
"""What the crontab programs of Debian, BSD, macOS and BusyBox say where there is none."""


class Cron:
    """Looks in every hour: cron forgets a run that the machine slept through."""

    name = "cron"
    id = "cron"

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def is_available(self) -> bool:
        """Whether there is a crontab to write."""
        return self._machine.system != "windows" and path_of(self._machine, "crontab") is not None

    def enable(self, schedule: Schedule) -> bool:
        """Put the line at the top, where no `SHELL=` or `PATH=` of the person's applies to it."""
        before = self._crontab()
        after = _line_of(schedule) + b"\n" + _without_ours(before)
        if after == before:
            return False
        call_well(self._machine, "crontab", "-", given=after)
        return True

    def disable(self) -> bool:
        """Take the line away."""
        if not self.is_available():
            return False
        before = self._crontab()
        after = _without_ours(before)
        if after == before:
            return False
        if after:
            call_well(self._machine, "crontab", "-", given=after)
        else:
            call_well(self._machine, "crontab", "-r")
        return True

    def is_enabled(self) -> bool:
        """Whether the line is there."""
        if not self.is_available():
            return False
        return any(map(_is_ours, self._crontab().splitlines()))

    def trouble(self) -> str:
        """Nothing that a crontab tells."""
        return ""

    def _crontab(self) -> bytes:
        """What is in it. Raises `CliError` rather than take trouble for an empty one."""
        ran = call(self._machine, "crontab", "-l")
        if ran.code == 0:
            return ran.out
        said = ran.err.lower()
        if not ran.out and any(words in said for words in _NONE_YET):
            return b""
        raise CliError(f"`crontab -l` failed ({ran.code}): {ran.words or 'it did not say why'}")


def _line_of(schedule: Schedule) -> bytes:
    command = shlex.join(("nice", "-n", "10", *schedule.command))
    # cron ends the command at a bare %, also within quotes.
    command = command.replace("%", "\\%")
    minute = schedule.rhythm.minute_of_hour
    return f"{minute} * * * * {command} >/dev/null 2>&1 ".encode() + _END


def _without_ours(content: bytes) -> bytes:
    return b"".join(line for line in content.splitlines(keepends=True) if not _is_ours(line))


def _is_ours(line: bytes) -> bool:
    return line.rstrip().endswith(_END) and not line.lstrip().startswith(b"#")
