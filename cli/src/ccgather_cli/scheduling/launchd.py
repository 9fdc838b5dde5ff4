"""launchd: an agent of the person's own (macOS)."""

import os
import plistlib
import sys

from ccgather_cli.errors import CliError
from ccgather_cli.machine import Machine
from ccgather_cli.scheduling.files import remove, replace
from ccgather_cli.scheduling.interface import Schedule
from ccgather_cli.scheduling.tools import call, call_well

LABEL = "org.ccgather.autosubmit"


class Launchd:
    """Looks in every hour, when the machine wakes and at login."""

    name = "launchd agent"
    id = "launchd"

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._plist = machine.home / "Library" / "LaunchAgents" / f"{LABEL}.plist"

    def is_available(self) -> bool:
        """Every macOS has it."""
        return self._machine.system == "macos"

    def enable(self, schedule: Schedule) -> bool:
        """Write the agent and load it."""
        was_there = self.is_enabled()
        wrote = replace(self._plist, _agent_of(schedule))
        if not wrote and not self.trouble():
            return False
        self._unload()
        try:
            self._load()
        except CliError:
            if not was_there:
                remove(self._plist)
            raise
        return True

    def disable(self) -> bool:
        """Unload the agent and remove it."""
        if not self.is_enabled():
            return False
        self._unload()
        return remove(self._plist)

    def is_enabled(self) -> bool:
        """Whether the agent's file is there."""
        return self._plist.exists()

    def trouble(self) -> str:
        """An agent that is not loaded."""
        if any(self._launchctl("print", f"{domain}/{LABEL}") == 0 for domain in _domains()):
            return ""
        return "The agent is not loaded."

    def _load(self) -> None:
        """Into the session on the screen; without one (over SSH), into that of the person."""
        screen, person = _domains()
        if self._launchctl("bootstrap", screen, str(self._plist)) != 0:
            call_well(self._machine, "launchctl", "bootstrap", person, str(self._plist))

    def _unload(self) -> None:
        for domain in _domains():
            if self._launchctl("print", f"{domain}/{LABEL}") == 0:
                self._launchctl("bootout", f"{domain}/{LABEL}")

    def _launchctl(self, *words: str) -> int:
        return call(self._machine, "launchctl", *words).code


def _domains() -> tuple[str, str]:
    number = 0 if sys.platform == "win32" else os.getuid()
    return f"gui/{number}", f"user/{number}"


def _agent_of(schedule: Schedule) -> bytes:
    return plistlib.dumps(
        {
            "Label": LABEL,
            "ProgramArguments": list(schedule.command),
            "StartCalendarInterval": {"Minute": schedule.rhythm.minute_of_hour},
            "RunAtLoad": True,
            "ProcessType": "Background",
            "LowPriorityIO": True,
            "Nice": 10,
        },
        sort_keys=False,
    )
