"""SQLite databases that another program owns and may be writing to at this moment.

They are opened for reading only, with the write-ahead log that stands beside them: the newest
rows are only there while the tool runs, or after it was killed. Nothing is ever written to them.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from ccgather_cli.reading.interface import UnreadableLogError

WRITE_AHEAD = "-wal"
_BUSY_SECONDS = 3
_ROWS_AT_ONCE = 256


def companions_of(path: str) -> tuple[str, ...]:
    """What a database's content depends on beside its own file."""
    return (path + WRITE_AHEAD,)


class Database:
    """A database that is open for reading. Text comes as bytes: not all of it is UTF-8."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def tables(self) -> frozenset[str]:
        """The names of the tables and views."""
        found = self.rows("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        return frozenset(text(row[0]) for row in found)

    def columns(self, table: str) -> frozenset[str]:
        """The columns of a table; none where there is no such table."""
        found = self.rows("SELECT name FROM pragma_table_info(?)", (table,))
        return frozenset(text(row[0]) for row in found)

    def chosen(self, table: str, *columns: str) -> str:
        """A query for these columns of a table, NULL for each that it does not have."""
        there = self.columns(table)
        names = (f'"{name}"' if name in there else "NULL" for name in columns)
        return f'SELECT {", ".join(names)} FROM "{table}"'  # noqa: S608  (names of this program)

    def rows(self, query: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, a few of them in memory at a time."""
        cursor = self._connection.execute(query, values)
        cursor.arraysize = _ROWS_AT_ONCE
        while some := cursor.fetchmany():
            yield from some


@contextmanager
def opened(path: str) -> Iterator[Database]:
    """The database at `path`. Raises `OSError`, or `UnreadableLogError` while it cannot be read.

    SQLite wants to write beside a database with a write-ahead log, if only to share the log's
    index. Where that is forbidden a copy of both files is read.
    """
    with open(path, "rb"):  # an `OSError` in its own words for a file that is gone or forbidden
        pass
    with ExitStack() as closed_after:
        try:
            try:
                connection = _connected(path)
            except sqlite3.OperationalError as problem:
                if "unable to open" not in str(problem):
                    raise
                import tempfile  # noqa: PLC0415  (hardly ever needed, and not free)

                folder = closed_after.enter_context(tempfile.TemporaryDirectory(prefix="ccgather-"))
                connection = _connected(_copied(path, Path(folder)))
            closed_after.callback(connection.close)
            yield Database(connection)
        except sqlite3.Error as problem:
            raise UnreadableLogError(_in_words(problem)) from problem


def text(value: object) -> str:
    """A column that should be text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return "" if value is None else str(value)


def _connected(path: str) -> sqlite3.Connection:
    address = f"{Path(path).absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS)
    try:
        connection.text_factory = bytes
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _copied(path: str, folder: Path) -> str:
    import shutil  # noqa: PLC0415

    copy = folder / "copy.db"
    shutil.copyfile(path, copy)
    with suppress(FileNotFoundError):
        shutil.copyfile(path + WRITE_AHEAD, f"{copy}{WRITE_AHEAD}")
    return str(copy)


def _in_words(problem: sqlite3.Error) -> str:
    if "locked" in str(problem) or "busy" in str(problem):
        return "another program is writing to this database; the next run reads it"
    return f"this database cannot be read ({problem})"
