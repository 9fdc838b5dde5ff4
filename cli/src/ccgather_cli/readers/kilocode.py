"""Kilo Code: tasks of the VS Code extension `kilocode.kilo-code`, and of its first command line.

What counts, and why, stands in `ccgather_cli.reading.vscode_tasks`; `tokensIn` is read as in
Roo Code (`ccgather_cli.readers.roocode`), from which the extension derives. The first command
line ran the extension itself and kept its tasks below `~/.kilocode/cli/global`; today's keeps a
database and is another tool (`kilo`).
"""

from collections.abc import Iterable, Sequence

from ccgather_cli.machine import Machine
from ccgather_cli.reading.facts import Facts, Row
from ccgather_cli.reading.interface import Found, LogFile, Progressed
from ccgather_cli.reading.settling import greatest_of
from ccgather_cli.reading.vscode_places import find_tasks
from ccgather_cli.reading.vscode_tasks import extract_task

CLIENT = "kilocode"


class KiloCodeReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "Kilo Code"
    parser_version = 1
    appends = False

    def find(self, machine: Machine) -> Found:
        """Tasks in every editor and of the first command line."""
        return find_tasks(
            machine,
            "kilocode.kilo-code",
            setting="kilo-code.customStoragePath",
            others=[machine.home / ".kilocode" / "cli" / "global"],
        )

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """Every request of one task."""
        del start
        extract_task(log, facts, includes_cache=True, progressed=progressed)
        return 0

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """Each request once over all copies of its task."""
        return greatest_of(logs)


READER = KiloCodeReader()
