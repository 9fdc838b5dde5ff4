"""OpenCode: a database a channel, before that a folder a session with a document a message.

An assistant's message is a response to one request. These rules turn stores into responses:

- **Where**: `opencode.db`, `opencode-<channel>.db` of development channels, what `OPENCODE_DB`
  names, and `storage/message/<session>/<message>.json` of before. All are read: a channel's
  database holds work of its own, and the folders stay behind when a newer version has moved
  their messages into the database.
- **Identity** is the message's id: the move copies it, also from table `message` into
  `session_message`. The copy with the greatest total counts (an older one may have been written
  while the response streamed).
- **Forks** copy messages under new ids into a new session and change nothing else: of messages
  with the same moments, model and figures in several sessions those of one session count.
- **Classes** are disjoint. Versions before 2026 left reasoning in `output`: `total` is then the
  sum without reasoning, and reasoning is subtracted. Without a `total` it cannot be told, and
  the figures are taken as they are.
- **Day** is that of `time.created`; the column `time_created` where the data does not say.
- A message without `cache` or `providerID` was paid for like any other. A person's message has
  no usage of its own, whatever stands in it.
- Sub-agents are sessions of their own, their messages count. The sums in table `session` repeat
  the messages.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from ccgather_cli.machine import Machine
from ccgather_cli.reading.facts import Facts, Row
from ccgather_cli.reading.interface import Found, LogFile, Progressed
from ccgather_cli.reading.opencode_rows import read_database, read_folder, settled
from ccgather_cli.reading.opencode_stores import stores_below

CLIENT = "opencode"


class OpenCodeReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "OpenCode"
    parser_version = 1
    appends = False

    def find(self, machine: Machine) -> Found:
        """Databases and sessions in OpenCode's data folder, the same place on every system."""
        own = machine.folder("XDG_DATA_HOME", ".local", "share") / "opencode"
        others = machine.variable("OPENCODE_DATA_DIR").split(",")  # another counter's variable
        folders = [own, *(machine.expand(part.strip()) for part in others if part.strip())]
        return stores_below(folders, named=_named(machine, own), tool=CLIENT)

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """Every response in a database, or in the folder of a session."""
        del start  # rows and documents change in place: always everything
        (read_database if log.companions else read_folder)(log, facts, progressed)
        return 0

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """Each message once, and what forks copied once."""
        return settled(logs)


READER = OpenCodeReader()


def _named(machine: Machine, own: Path) -> list[Path]:
    """What `OPENCODE_DB` names: a file anywhere, or one in the data folder."""
    named = machine.variable("OPENCODE_DB")
    return [own / machine.expand(named)] if named and named != ":memory:" else []
