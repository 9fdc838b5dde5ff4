"""Roo Code: tasks of the VS Code extension `rooveterinaryinc.roo-cline`.

What counts, and why, stands in `ccgather_cli.reading.vscode_tasks`. Of Roo Code alone:

- **Classes**: since November 2025 `tokensIn` is the whole prompt with both cache numbers in it,
  for every protocol; before, for OpenAI's protocol only. An entry does not say which it is, but
  a whole prompt is never less than its parts: then the parts are subtracted, else `tokensIn` was
  the uncached part already.
- **Condensing** the context is noted with its cost and without tokens: it cannot be counted.
- `roo-cline.customStoragePath` in an editor's settings moves the tasks.
"""

from collections.abc import Iterable, Sequence

from ccgather_cli.machine import Machine
from ccgather_cli.reading.facts import Facts, Row
from ccgather_cli.reading.interface import Found, LogFile, Progressed
from ccgather_cli.reading.settling import greatest_of
from ccgather_cli.reading.vscode_places import find_tasks
from ccgather_cli.reading.vscode_tasks import extract_task

CLIENT = "roocode"


class RooCodeReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "Roo Code"
    parser_version = 1
    appends = False

    def find(self, machine: Machine) -> Found:
        """Tasks in every editor."""
        return find_tasks(
            machine, "rooveterinaryinc.roo-cline", setting="roo-cline.customStoragePath"
        )

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """Every request of one task."""
        del start
        extract_task(log, facts, includes_cache=True, progressed=progressed)
        return 0

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """Each request once over all copies of its task."""
        return greatest_of(logs)


READER = RooCodeReader()
