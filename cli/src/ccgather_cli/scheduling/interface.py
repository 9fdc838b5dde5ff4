"""What a scheduler is."""

from dataclasses import dataclass
from typing import Protocol

from ccgather_cli.scheduling.rhythm import Rhythm

MARK = "ccgather-autosubmit"
"""How what `enable` makes is called or marked, so that `disable` finds exactly that."""

MADE_BY = "Made by `ccgather autosubmit enable`; `ccgather autosubmit disable` takes it away."


@dataclass(frozen=True)
class Schedule:
    """What is to be run, as words without any quoting, and when."""

    command: tuple[str, ...]
    rhythm: Rhythm


class Scheduler(Protocol):
    """One way in which a system starts programs by itself, on one machine.

    One that cannot catch up a missed run or try a failed one again looks in every hour instead,
    and `autosubmit run --scheduled` decides whether a run is due.
    """

    name: str
    id: str

    def is_available(self) -> bool:
        """Whether this machine has it, and it works."""

    def enable(self, schedule: Schedule) -> bool:
        """Make it so; whether anything had to change. Raises `CliError`."""

    def disable(self) -> bool:
        """Take away what `enable` made and nothing else; whether there was anything."""

    def is_enabled(self) -> bool:
        """Whether what `enable` made is there."""

    def trouble(self) -> str:
        """Why what is there does not run, in a sentence; "" if it does."""
