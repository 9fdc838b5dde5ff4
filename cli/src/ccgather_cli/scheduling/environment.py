"""Variables that move a tool's logs here: `doctor` names them, `autosubmit` keeps them."""

from collections.abc import Iterator, Mapping

from ccgather_cli.machine import Machine
from ccgather_cli.readers import all_readers
from ccgather_cli.reading.interface import Reader

_OF_THE_SYSTEM = frozenset(("APPDATA", "LOCALAPPDATA", "USERPROFILE", "HOME", "PATH"))
"""Set by the system itself for everything that runs, schedules included."""


class _Asked(Mapping[str, str]):
    """An environment that remembers what it was asked for and had."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.answered: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        value = self._environment[name]
        if value.strip() and name not in _OF_THE_SYSTEM:
            self.answered[name] = value
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._environment)

    def __len__(self) -> int:
        return len(self._environment)


def moved_by(reader: Reader, machine: Machine) -> dict[str, str]:
    """The variables that are set here and that say where a tool's logs are."""
    asked = _Asked(machine.environment)
    reader.find(Machine(machine.home, asked, machine.system))
    return asked.answered


def moving_variables(machine: Machine) -> dict[str, str]:
    """Those of all tools."""
    found: dict[str, str] = {}
    for reader in all_readers():
        found.update(moved_by(reader, machine))
    return found
