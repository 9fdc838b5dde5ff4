"""systemd: a timer and a service of the person's own (Linux)."""

from ccgather_cli.errors import CliError
from ccgather_cli.machine import Machine
from ccgather_cli.scheduling.files import read_bytes, remove, replace
from ccgather_cli.scheduling.interface import MADE_BY, MARK, Schedule
from ccgather_cli.scheduling.rhythm import Rhythm
from ccgather_cli.scheduling.tools import call, call_well, path_of

_TIMER = f"{MARK}.timer"
_SERVICE = f"{MARK}.service"


class Systemd:
    """Runs at the moments of the rhythm; one that the machine slept through comes at the start."""

    name = "systemd user timer"
    id = "systemd"

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._folder = machine.folder("XDG_CONFIG_HOME", ".config") / "systemd" / "user"

    def is_available(self) -> bool:
        """Whether there is a systemd that runs units of this person."""
        if self._machine.system != "linux" or path_of(self._machine, "systemctl") is None:
            return False
        return self._systemctl("show-environment") == 0

    def enable(self, schedule: Schedule) -> bool:
        """Write both units and start the timer."""
        for name in (_TIMER, _SERVICE):
            if not self._is_ours_or_missing(name):
                raise CliError(
                    f"{self._folder / name} is there already and is not made by ccgather. "
                    "Move it away and try again."
                )
        was_there = self.is_enabled()
        wrote = replace(self._folder / _SERVICE, _service_of(schedule.command).encode())
        wrote = replace(self._folder / _TIMER, _timer_of(schedule.rhythm).encode()) or wrote
        if not wrote and not self.trouble():
            return False
        try:
            call_well(self._machine, "systemctl", "--user", "daemon-reload")
            call_well(self._machine, "systemctl", "--user", "enable", "--now", _TIMER)
            if was_there:
                call_well(self._machine, "systemctl", "--user", "restart", _TIMER)
        except CliError:
            if not was_there:
                self.disable()
            raise
        return True

    def disable(self) -> bool:
        """Stop the timer and remove both units."""
        if not self.is_enabled():
            return False
        if path_of(self._machine, "systemctl") is not None:
            self._systemctl("disable", "--now", _TIMER)
            self._systemctl("stop", _SERVICE)  # one that waits to try again
        for name in (_TIMER, _SERVICE):
            if self._is_ours_or_missing(name):
                remove(self._folder / name)
        remove(self._folder / "timers.target.wants" / _TIMER)
        if path_of(self._machine, "systemctl") is not None:
            self._systemctl("daemon-reload")
        return True

    def is_enabled(self) -> bool:
        """Whether our timer is there."""
        return (self._folder / _TIMER).exists() and self._is_ours_or_missing(_TIMER)

    def trouble(self) -> str:
        """A timer that nobody started."""
        if path_of(self._machine, "systemctl") is None:
            return "systemd is not on this machine any more."
        if self._systemctl("is-active", _TIMER) == 0:
            return ""
        return "The timer does not run."

    def _systemctl(self, *words: str) -> int:
        return call(self._machine, "systemctl", "--user", *words).code

    def _is_ours_or_missing(self, name: str) -> bool:
        content = read_bytes(self._folder / name)
        return content is None or MADE_BY.encode() in content


def _service_of(command: tuple[str, ...]) -> str:
    return f"""\
# {MADE_BY}
[Unit]
Description=Send token counts to a CCGather board
Documentation=man:systemd.service(5)

[Service]
ExecStart={_line_of(command)}
Nice=10
IOSchedulingClass=idle
# Held for review is no failure, and without a login trying again is no use.
SuccessExitStatus=4
RestartPreventExitStatus=2 3
Restart=on-failure
RestartSec=30min
"""


def _timer_of(rhythm: Rhythm) -> str:
    hours = "*" if rhythm.hours == 1 else ",".join(f"{hour:02}" for hour in rhythm.hours_of_day)
    return f"""\
# {MADE_BY}
[Unit]
Description=Send token counts to a CCGather board, {rhythm}

[Timer]
OnCalendar=*-*-* {hours}:{rhythm.minute_of_hour:02}:00 UTC
AccuracySec=1min
# A run that was missed while the machine was off comes when it is on again.
Persistent=true

[Install]
WantedBy=timers.target
"""


def _line_of(command: tuple[str, ...]) -> str:
    """As systemd reads it. The program itself may have no quotes in its path: a shell starts it."""
    if set(command[0]) & set("\"'\\$"):
        command = ("/bin/sh", "-c", 'exec "$0" "$@"', *command)
    return " ".join(_quoted(word) for word in command)


def _quoted(word: str) -> str:
    """A word of ExecStart: systemd's own quoting, its specifiers and variables switched off."""
    word = word.replace("%", "%%").replace("$", "$$")
    if word and not set(word) & set(" \t\n\"'\\;"):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def lingering_note(machine: Machine) -> str:
    """What to say where units of a person end with their last session; "" where they do not."""
    user = machine.variable("USER") or machine.variable("LOGNAME")
    if not user or path_of(machine, "loginctl") is None:
        return ""
    ran = call(machine, "loginctl", "show-user", user, "--property=Linger")
    if ran.code == 0 and ran.out.strip() == b"Linger=no":
        return (
            "It runs while you are logged in to this machine; `loginctl enable-linger` makes it "
            "run always."
        )
    return ""
