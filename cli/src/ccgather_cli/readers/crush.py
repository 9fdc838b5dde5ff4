"""Crush: found and named, not counted.

A session's `prompt_tokens` and `completion_tokens` are overwritten with the figures of its last
request, and set back when it is summed up; only `cost` grows. Its messages carry no usage. So no
number of tokens that could be made of this database would be right, and none is.
"""

from collections.abc import Iterable, Sequence

from ccgather_cli.machine import Machine
from ccgather_cli.reading.facts import Facts, Row
from ccgather_cli.reading.interface import Found, LogFile, Progressed
from ccgather_cli.reading.settling import greatest_of

CLIENT = "crush"


class CrushReader:
    """Says where Crush is in use; see the module's docstring for why no more."""

    client = CLIENT
    name = "Crush"
    parser_version = 1
    appends = False

    def find(self, machine: Machine) -> Found:
        """No files; a note if Crush has a list of projects here."""
        if machine.variable("CRUSH_GLOBAL_DATA"):
            folder = machine.folder("CRUSH_GLOBAL_DATA")
        elif machine.system == "windows":
            folder = machine.folder("LOCALAPPDATA", "AppData", "Local") / "crush"
        else:
            folder = machine.folder("XDG_DATA_HOME", ".local", "share") / "crush"
        registry = folder / "projects.json"
        notes = []
        if registry.is_file():
            notes.append(
                f"Crush is in use ({registry}), but its databases keep only the last request of "
                "a session, not the tokens it spent: it cannot be counted."
            )
        return Found(roots=(registry,), files=(), notes=tuple(notes))

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """Nothing: there are no files."""
        del log, facts, start, progressed
        return 0

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """Nothing."""
        return greatest_of(logs)


READER = CrushReader()
