"""What earlier runs read, kept so that only what changed is read again.

One SQLite file below the cache folder. It holds counts, digests and paths of this machine, never
text of a log, and can be deleted at any moment: everything in it can be read again. Anything
doubtful (another inode, a file that shrank, was rewritten, or changed in the last two seconds
before it was read) is not answered from it.
"""

import os
import sqlite3
from array import array
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

import msgspec

from ccgather_cli.reading.interface import LogFile
from ccgather_cli.reading.sums import Sum

FILE_NAME = "logs.sqlite3"
LAYOUT = 2
"""Goes up with any change to what is stored; another number in a file starts it anew."""

EDGE_BYTES = 4096
_DOUBTFUL_NS = 2_000_000_000
"""Changes within the coarsest clock tick of a file system after a read do not show in its time."""

_BUSY_SECONDS = 5
_PAGE_BYTES = 32_768
"""A log's facts are some kilobytes: in small pages they take twice as long to write."""

_TABLES = {
    "log": (
        "(client TEXT, path TEXT, parser INTEGER, size INTEGER, stamp TEXT, end INTEGER,"
        " edges BLOB, head BLOB, PRIMARY KEY (client, path))"
    ),
    "body": "(client TEXT, path TEXT, facts BLOB, PRIMARY KEY (client, path))",
}
_Answer = TypeVar("_Answer")


class Head(msgspec.Struct, array_like=True):
    """What is needed of a log when nothing it shares links with changed.

    `sums` are those of the log alone; `links` packed unsigned 64-bit integers; `skipped` counts
    by the reason in words; `records` what looked like a response, `counted` the rows there are,
    `estimated` the responses whose day is an approximation. `problem` is why the log could
    not be read: it is then tried again each time.
    """

    sums: list[Sum]
    links: bytes
    skipped: dict[str, int]
    records: int
    counted: int
    estimated: int
    problem: str = ""

    def link_array(self) -> "array[int]":
        """The links, each once."""
        links = array("Q")
        links.frombytes(self.links)
        return links


@dataclass(frozen=True, slots=True)
class Kept:
    """A log as it was when it was read: `end` is where reading can go on, 0 if it cannot."""

    parser: int
    size: int
    stamp: str
    end: int
    edges: bytes
    head: bytes


@dataclass(frozen=True, slots=True)
class Extracted:
    """A log that was just read, as it goes into the cache."""

    client: str
    log: LogFile
    parser: int
    end: int
    edges: bytes
    head: bytes
    facts: bytes
    read_at: int


def stamp_of(log: LogFile) -> str:
    """Everything that changes when a log does, in one text."""
    return f"{log.identity}{log.size}:{log.changed}{log.companion_stamp}"


def edges_of(path: str, end: int) -> bytes:
    """A digest of the first and the last bytes before `end`: what a file that grew still has."""
    with open(path, "rb", buffering=0) as file:
        digest = blake2b(file.read(min(EDGE_BYTES, end)), digest_size=16)
        file.seek(max(0, end - EDGE_BYTES))
        digest.update(file.read(min(EDGE_BYTES, end)))
    return digest.digest()


def is_unchanged(kept: Kept, log: LogFile, parser: int) -> bool:
    """Whether a log is what it was when it was read."""
    return kept.parser == parser and kept.stamp == stamp_of(log)


def only_grew(kept: Kept, log: LogFile, parser: int) -> bool:
    """Whether a log is what it was and more behind it."""
    if not kept.end or kept.parser != parser or log.size <= kept.size:
        return False
    if not kept.stamp.startswith(f"{log.identity}{kept.size}:") or log.companions:
        return False
    with suppress(OSError):
        return edges_of(log.path, kept.end) == kept.edges
    return False


class Cache:
    """The store. Every method gives nothing rather than fail: logs can always be read again.

    `trouble` says in words why it does not work, "" while it does.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self.trouble = ""
        self._database: sqlite3.Connection | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._database = self._opened()
        except (OSError, sqlite3.Error) as problem:
            self.trouble = f"{self.path}: {problem}"

    def close(self) -> None:
        """Let go of the file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def all_kept(self) -> dict[tuple[str, str], Kept]:
        """What is known, by (client, path)."""

        def work(database: sqlite3.Connection) -> dict[tuple[str, str], Kept]:
            rows = database.execute(
                "SELECT client, path, parser, size, stamp, end, edges, head FROM log"
            )
            return {(row[0], row[1]): Kept(*row[2:]) for row in rows}

        return self._ask(work, otherwise={})

    def facts_of(self, client: str, path: str) -> bytes | None:
        """The packed facts of a log."""

        def work(database: sqlite3.Connection) -> bytes | None:
            row = database.execute(
                "SELECT facts FROM body WHERE client = ? AND path = ?", (client, path)
            ).fetchone()
            return None if row is None else bytes(row[0])

        return self._ask(work, otherwise=None)

    def keep(self, extracted: Sequence[Extracted], *, gone: Sequence[tuple[str, str]]) -> None:
        """Store logs that were read, forget those that are gone, in one transaction."""
        if not extracted and not gone:
            return

        def work(database: sqlite3.Connection) -> None:
            with database:
                database.executemany(
                    "INSERT OR REPLACE INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    map(_log_row, extracted),
                )
                database.executemany(
                    "INSERT OR REPLACE INTO body VALUES (?, ?, ?)",
                    ((each.client, each.log.path, each.facts) for each in extracted),
                )
                for table in ("log", "body"):
                    database.executemany(
                        f"DELETE FROM {table} WHERE client = ? AND path = ?",  # noqa: S608
                        gone,
                    )

        self._ask(work, otherwise=None)

    def forget(self) -> None:
        """Remove everything."""
        self.close()
        for ending in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                self.path.with_name(FILE_NAME + ending).unlink(missing_ok=True)

    def _ask(self, work: Callable[[sqlite3.Connection], _Answer], *, otherwise: _Answer) -> _Answer:
        if self._database is None:
            return otherwise
        try:
            return work(self._database)
        except sqlite3.OperationalError as problem:  # locked by another run, full, read-only
            self.trouble = f"{self.path}: {problem}"
        except sqlite3.DatabaseError as problem:
            self._throw_away(problem)
        return otherwise

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._connected()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as problem:
            self._throw_away(problem)
            return self._connected()

    def _throw_away(self, problem: sqlite3.Error) -> None:
        self.trouble = f"{self.path} was damaged and is made anew: {problem}"
        self.forget()

    def _connected(self) -> sqlite3.Connection:
        with suppress(OSError):
            os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
        database = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level="IMMEDIATE")
        try:
            # Losing the newest entries in a crash costs a read, so nothing waits for the disk.
            database.execute("PRAGMA synchronous = OFF")
            layout = database.execute("PRAGMA user_version").fetchone()[0]
            if layout != LAYOUT:
                database.execute(f"PRAGMA page_size = {_PAGE_BYTES}")  # of a new file
                database.execute("PRAGMA journal_mode = WAL")
                with database:
                    _lay_out(database)
        except BaseException:
            database.close()
            raise
        return database


def _lay_out(database: sqlite3.Connection) -> None:
    """Empty tables, whatever another version of this program left."""
    database.execute("BEGIN IMMEDIATE")
    if database.execute("PRAGMA user_version").fetchone()[0] == LAYOUT:
        return  # another run was first
    for table, columns in _TABLES.items():
        database.execute(f"DROP TABLE IF EXISTS {table}")
        database.execute(f"CREATE TABLE {table} {columns}")
    database.execute(f"PRAGMA user_version = {LAYOUT}")


def _log_row(each: Extracted) -> tuple[object, ...]:
    stamp = stamp_of(each.log)
    if each.read_at - each.log.changed < _DOUBTFUL_NS:
        stamp += " doubtful"  # never equal to what a later look at the file says
    log = each.log
    return (each.client, log.path, each.parser, log.size, stamp, each.end, each.edges, each.head)
