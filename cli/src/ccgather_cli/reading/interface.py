"""What a reader of one tool's logs is.

A new tool is one module in `ccgather_cli.readers` with a `READER` that satisfies `Reader`.
Nothing else has to know about it. A reader does three things: `find` says which files there are,
`extract` turns one file into facts (in any process, in any order, kept in a cache), and `settle`
decides what counts where several files tell of the same responses.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ccgather_cli.machine import Machine
from ccgather_cli.reading.facts import Facts, Row

Progressed = Callable[[int], None]
"""Told the bytes that were read since it was last told."""


@dataclass(frozen=True, slots=True)
class LogFile:
    """A log on the disk as it was when it was found; `size` in bytes, `changed` in nanoseconds.

    `identity` is the device and the inode, the same for every path that leads to the file; (0, 0)
    where the file system has none. `companions` are other files that what is in this one depends
    on (a database's write-ahead log, the settings that name the model): their paths, and in
    `companion_stamp` how big and how old they were.
    """

    path: str
    size: int
    changed: int
    identity: tuple[int, int]
    companions: tuple[str, ...] = ()
    companion_stamp: tuple[tuple[int, int], ...] = ()


def log_file(path: str | Path, *, companions: Iterable[str | Path] = ()) -> LogFile | None:
    """The file at `path` as it is now; None if there is none. Raises `OSError` for other trouble.

    A companion that is missing is part of the stamp too: one that appears makes a difference. An
    empty one is as good as missing: SQLite leaves an empty write-ahead log behind every reader.
    """
    text = os.fspath(path)
    try:
        status = os.stat(text)
    except (FileNotFoundError, NotADirectoryError):
        return None
    names = tuple(os.fspath(companion) for companion in companions)
    return LogFile(
        path=text,
        size=status.st_size,
        changed=status.st_mtime_ns,
        identity=(status.st_dev, status.st_ino) if status.st_ino else (0, 0),
        companions=names,
        companion_stamp=tuple(_stamp(name) for name in names),
    )


def _stamp(path: str) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except OSError:
        return (-1, -1)
    return (status.st_size, status.st_mtime_ns) if status.st_size else (-1, -1)


@dataclass(frozen=True, slots=True)
class Found:
    """Where a tool's logs were looked for, and what was there.

    `files` are in the order of their paths, each file on the disk once. `problems` are sentences
    about folders that could not be listed: then a scan is not complete. `notes` are sentences for
    `doctor` about what is there and cannot be counted, and why.
    """

    roots: tuple[Path, ...]
    files: tuple[LogFile, ...]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Reader(Protocol):
    """One tool's logs.

    `client` is the tool's id on the wire, `name` what a person calls it. `parser_version` goes
    up whenever the same logs would give other numbers: cached facts of an older one are read
    again, and the site lets a newer one lower a day. `appends` says that the tool only ever adds
    lines to a log: a file that grew is then read from where it ended before.
    """

    client: str
    name: str
    parser_version: int
    appends: bool

    def find(self, machine: Machine) -> Found:
        """The tool's log files on this machine. Reads none of them."""

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """Put what `log` tells into `facts`; gives the offset up to which it is done with.

        `start` is 0, or, for a tool that `appends`, where an earlier call ended: `facts` then
        are those of that call. The answer is the end of the last whole line, or 0 where reading
        can never go on from an offset. Raises `OSError` when the file cannot be read,
        `UnreadableLogError` when it is not what it should be. Touches nothing but the file and
        its companions, and keeps nothing: it runs in several processes at once.
        """

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """The rows that count among files that share links, or of a single file.

        `logs` are in the order of their paths. Most readers' rule is `settling.greatest_of`.
        """


class UnreadableLogError(Exception):
    """A log is not in the shape that its reader knows. The message is for the person."""
