"""Pi: sessions of one JSON document a line.

What counts, and why, stands in `ccgather_cli.reading.pi_sessions`, which Pi shares with its
descendants. Of Pi alone: where its sessions are. `PI_CODING_AGENT_SESSION_DIR` names the folder
of the sessions, else `sessionDir` in the agent folder's `settings.json` does, else it is
`sessions` in the agent folder, which is `PI_CODING_AGENT_DIR` or `~/.pi/agent`. Oh My Pi obeys
the same variable and sets it for what it starts: a folder that belongs to Oh My Pi is not Pi's.
`PI_AGENT_DIR` is another counter's name for the sessions, read in addition.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from ccgather_cli.machine import Machine
from ccgather_cli.reading.facts import Facts, Row
from ccgather_cli.reading.interface import Found, LogFile, Progressed
from ccgather_cli.reading.lines import object_in
from ccgather_cli.reading.pi_sessions import extract_session, find_sessions
from ccgather_cli.reading.settling import greatest_of

CLIENT = "pi"


class PiReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "Pi"
    parser_version = 1
    appends = True

    def find(self, machine: Machine) -> Found:
        """Sessions below every folder that Pi may have been told to use."""
        return find_sessions(_roots(machine))

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """Every response in one session."""
        return extract_session(log, facts, start=start, progressed=progressed)

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """Each response once over all sessions."""
        return greatest_of(logs)


READER = PiReader()


def _roots(machine: Machine) -> list[Path]:
    agent = machine.folder("PI_CODING_AGENT_DIR", ".pi", "agent")
    if ".omp" in agent.parts:
        agent = machine.home / ".pi" / "agent"
    roots = [agent / "sessions"]
    if machine.variable("PI_CODING_AGENT_SESSION_DIR"):
        roots.append(machine.folder("PI_CODING_AGENT_SESSION_DIR"))
    chosen = _chosen_in(agent / "settings.json")
    if chosen:
        roots.append(agent / machine.expand(chosen))
    named = machine.variable("PI_AGENT_DIR")
    return roots + [machine.expand(part.strip()) for part in named.split(",") if part.strip()]


def _chosen_in(settings: Path) -> str:
    """`sessionDir` in Pi's settings, as it is written there."""
    try:
        document = object_in(settings.read_bytes())
    except OSError:
        return ""
    chosen = document.get("sessionDir") if document else None
    return chosen.strip() if isinstance(chosen, str) else ""
