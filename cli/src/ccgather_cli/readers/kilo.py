"""Kilo CLI: OpenCode's database under another name.

The payload and the tables are OpenCode's, so its rules hold (`ccgather_cli.readers.opencode`):
one response an id, forks once, disjoint classes, the day of `time.created`. The extension for
VS Code is another tool with other logs.
"""

from collections.abc import Iterable, Sequence

from ccgather_cli.machine import Machine
from ccgather_cli.reading.facts import Facts, Row
from ccgather_cli.reading.interface import Found, LogFile, Progressed
from ccgather_cli.reading.opencode_rows import read_database, read_folder, settled
from ccgather_cli.reading.opencode_stores import stores_below

CLIENT = "kilo"


class KiloReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "Kilo CLI"
    parser_version = 1
    appends = False

    def find(self, machine: Machine) -> Found:
        """`kilo.db`, and `kilo-<channel>.db` of development channels."""
        own = machine.folder("XDG_DATA_HOME", ".local", "share") / CLIENT
        named = machine.variable("KILO_DB")
        others = [own / machine.expand(named)] if named and named != ":memory:" else []
        return stores_below([own], named=others, tool=CLIENT)

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """Every response in a database."""
        del start  # rows change in place: always everything
        (read_database if log.companions else read_folder)(log, facts, progressed)
        return 0

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """Each message once, and what forks copied once."""
        return settled(logs)


READER = KiloReader()
