"""Reading every tool's logs on this machine."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ccgather_cli.machine import Machine
from ccgather_cli.readers import all_readers
from ccgather_cli.reading.tally import Tally


@dataclass
class Scan:
    """What is on the machine now.

    `parser_versions` maps every tool that has logs here to the version of its reader. `complete`
    says that no file and no folder refused to be read. `looked_in` are the tools' names and the
    folders where their logs would be.
    """

    tally: Tally = field(default_factory=Tally)
    parser_versions: dict[str, int] = field(default_factory=dict)
    files: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    looked_in: list[tuple[str, tuple[Path, ...]]] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether every log that was found was read."""
        return not self.problems


def scan(machine: Machine, *, started: Callable[[int], Callable[[int], None]]) -> Scan:
    """Read everything. `started` takes the bytes there are, gives who is told of progress."""
    found = [(reader, reader.find(machine)) for reader in all_readers()]
    progressed = started(sum(file.size for _, place in found for file in place.files))
    result = Scan()
    for reader, place in found:
        result.looked_in.append((reader.name, place.roots))
        result.problems.extend(place.problems)
        if not place.files:
            continue
        reading = reader.read(place.files, progressed=progressed)
        result.tally.merge(reading.tally)
        result.parser_versions[reader.client] = reader.parser_version
        result.files += len(place.files)
        result.skipped.update(reading.skipped)
        result.problems.extend(reading.problems)
    return result
