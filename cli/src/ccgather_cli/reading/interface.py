"""What a reader of one tool's logs is.

A new tool is one module in `ccgather_cli.readers` with a `READER` that satisfies `Reader`.
Nothing else has to know about it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ccgather_cli.machine import Machine
from ccgather_cli.reading.tally import Tally


@dataclass(frozen=True)
class LogFile:
    """A log on the disk; `size` in bytes when it was found."""

    path: Path
    size: int


@dataclass(frozen=True)
class Found:
    """Where a tool's logs were looked for, and what was there.

    `files` are in the order of their paths, each file on the disk once. `problems` are sentences
    about folders that could not be listed.
    """

    roots: tuple[Path, ...]
    files: tuple[LogFile, ...]
    problems: tuple[str, ...] = ()


@dataclass
class Reading:
    """What was read: the sums, and what had to be left out.

    `skipped` counts lines by the reason in words; it is no error, logs have broken lines.
    `problems` are sentences about files that could not be read: then the scan is not complete.
    """

    tally: Tally
    skipped: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


class Reader(Protocol):
    """One tool's logs.

    `client` is the tool's id on the wire, `name` what a person calls it. `parser_version` goes
    up whenever the same logs would give other numbers: the site then lets it lower a day.
    """

    client: str
    name: str
    parser_version: int

    def find(self, machine: Machine) -> Found:
        """The tool's log files on this machine. Reads no file."""

    def read(self, files: Sequence[LogFile], *, progressed: Callable[[int], None]) -> Reading:
        """The usage in `files`, whatever order they are given in.

        `progressed` is told the bytes that were read since it was last told.
        """
