"""Databases of other programs: locked, damaged, in a folder where nothing may be written."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ccgather_cli.reading import databases
from ccgather_cli.reading.databases import companions_of, opened
from ccgather_cli.reading.interface import UnreadableLogError, log_file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "a folder with % and # and ?" / "some.db"
    place.parent.mkdir()
    with sqlite3.connect(place) as database:
        database.execute("CREATE TABLE things (name TEXT, count INTEGER)")
        database.execute("INSERT INTO things VALUES ('one', 1)")
    database.close()
    return place


def names(path: Path) -> list[bytes]:
    with opened(str(path)) as database:
        return [row[0] for row in database.rows("SELECT name FROM things")]


def test_a_path_with_any_letters_is_opened(path: Path) -> None:
    assert names(path) == [b"one"]


def test_missing_columns_are_null(path: Path) -> None:
    with opened(str(path)) as database:
        assert database.tables() == {"things"}
        assert list(database.rows(database.chosen("things", "count", "new"))) == [(1, None)]


def test_nothing_can_be_written(path: Path) -> None:
    with pytest.raises(UnreadableLogError, match="readonly"), opened(str(path)) as database:
        list(database.rows("DELETE FROM things"))


def test_a_database_that_is_gone_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), opened(str(tmp_path / "none.db")):
        pass
    assert not (tmp_path / "none.db").exists()


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("not a database, but long enough to be one" * 100)
    with (
        pytest.raises(UnreadableLogError, match="cannot be read"),
        opened(str(tmp_path / "text.db")),
    ):
        pass


def test_a_database_whose_middle_is_lost_is_a_problem(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.executemany("INSERT INTO things VALUES (?, 2)", [("x" * 999,)] * 500)
    database.close()
    content = path.read_bytes()
    path.write_bytes(content[:20_000] + b"\xff" * 60_000 + content[80_000:])
    with pytest.raises(UnreadableLogError, match="malformed"):
        names(path)


def test_a_database_that_is_locked_is_read_the_next_time(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "_BUSY_SECONDS", 0.05)
    with sqlite3.connect(path, isolation_level=None) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(UnreadableLogError, match="the next run reads it"):
            names(path)
        writer.execute("ROLLBACK")
    writer.close()
    assert names(path) == [b"one"]


@contextmanager
def written_ahead(path: Path) -> Iterator[sqlite3.Connection]:
    """A writer whose newest row is only in the write-ahead log."""
    with sqlite3.connect(path) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute("INSERT INTO things VALUES ('two', 2)")
        writer.commit()
        yield writer
    writer.close()


def test_rows_in_the_write_ahead_log_are_seen(path: Path) -> None:
    with written_ahead(path):
        assert names(path) == [b"one", b"two"]


def test_where_nothing_may_be_written_a_copy_with_its_log_is_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = databases._connected

    def forbidden(address: str) -> sqlite3.Connection:
        if address == str(path):
            message = "unable to open database file"
            raise sqlite3.OperationalError(message)
        return connect(address)

    monkeypatch.setattr(databases, "_connected", forbidden)
    with written_ahead(path):
        assert names(path) == [b"one", b"two"]


def test_reading_alone_does_not_look_like_a_change(path: Path) -> None:
    with written_ahead(path):
        pass  # closed: the write-ahead log is gone
    before = log_file(path, companions=companions_of(str(path)))
    names(path)
    assert log_file(path, companions=companions_of(str(path))) == before
