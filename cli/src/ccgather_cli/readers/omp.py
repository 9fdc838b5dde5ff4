"""Oh My Pi: sessions in Pi's format, sub-agents' in a folder beside their parent's.

What counts, and why, stands in `ccgather_cli.reading.pi_sessions`. It is a tool of its own with
an id of its own (`omp`), as other counters have it. Its sessions are below `~/.omp/agent`
(`PI_CONFIG_DIR` renames `.omp`), below `~/.omp/profiles/<name>/agent` for a named profile, and
below `$XDG_DATA_HOME/omp` once moved there. `PI_CODING_AGENT_DIR` is Pi's variable too: only a
folder inside `.omp` can be told to be Oh My Pi's, and is then read here and not there.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from ccgather_cli.machine import Machine
from ccgather_cli.reading.facts import Facts, Row
from ccgather_cli.reading.interface import Found, LogFile, Progressed
from ccgather_cli.reading.pi_sessions import extract_session, find_sessions
from ccgather_cli.reading.settling import greatest_of

CLIENT = "omp"


class OmpReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "Oh My Pi"
    parser_version = 1
    appends = True

    def find(self, machine: Machine) -> Found:
        """Sessions of every profile."""
        return find_sessions(_roots(machine))

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """Every response in one session."""
        return extract_session(log, facts, start=start, progressed=progressed)

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """Each response once over all sessions."""
        return greatest_of(logs)


READER = OmpReader()


def _roots(machine: Machine) -> list[Path]:
    base = machine.home / (machine.variable("PI_CONFIG_DIR") or ".omp")
    roots = [base / "agent" / "sessions"]
    roots += [profile / "agent" / "sessions" for profile in _profiles(base)]
    own = machine.variable("OMP_CODING_AGENT_DIR")
    if own:
        roots.append(machine.expand(own) / "sessions")
    shared = machine.folder("PI_CODING_AGENT_DIR", ".omp", "agent")
    if ".omp" in shared.parts:
        roots.append(shared / "sessions")
    if machine.variable("XDG_DATA_HOME") and machine.system != "windows":
        moved = machine.folder("XDG_DATA_HOME") / "omp"
        roots.append(moved / "sessions")
        roots += [profile / "sessions" for profile in _profiles(moved)]
    return roots


def _profiles(base: Path) -> list[Path]:
    folder = base / "profiles"
    try:
        return [folder / name for name in sorted(os.listdir(folder))]
    except OSError:
        return []
