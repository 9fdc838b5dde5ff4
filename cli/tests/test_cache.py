"""What is kept between runs, and that nothing doubtful is answered from it."""

import os
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ccgather_cli.machine import Machine
from ccgather_cli.readers.claude import READER
from ccgather_cli.reading.cache import FILE_NAME
from ccgather_cli.reading.tally import Tally
from ccgather_cli.scan import Scan, scan
from claude_logs import ClaudeLogs, assistant, joined, usage

Read = Callable[[], Scan]


def told(tally: Tally) -> list[str]:
    return [f"{slot} {counts}" for slot, counts in tally]


def anew(machine: Machine) -> list[str]:
    """What reading without a cache gives."""
    with scan(machine, started=lambda _: lambda _: None, use_cache=False) as found:
        return told(found.tally)


def grown_old(path: Path) -> None:
    """As if the file had last changed a minute ago: later changes then show in its time."""
    then = time.time() - 60
    os.utime(path, (then, then))


def claude(found: Scan) -> tuple[int, int]:
    """(files from the cache, bytes read)."""
    tool = next(tool for tool in found.tools if tool.reader.client == "claude")
    return tool.from_cache, tool.bytes_read


def test_nothing_is_read_again_while_nothing_changed(
    logs: ClaudeLogs, read: Read, machine: Machine
) -> None:
    for number in range(3):
        grown_old(logs.session(*(assistant(f"m{number}-{n}", f"r{n}") for n in range(5))))
    first, second = read(), read()
    assert claude(first)[0] == 0
    assert claude(second) == (3, 0)
    assert told(first.tally) == told(second.tally) == anew(machine)


def test_a_file_that_grew_is_read_from_where_it_ended(
    logs: ClaudeLogs, read: Read, machine: Machine
) -> None:
    path = logs.session(*(assistant(f"m{n}", f"r{n}") for n in range(5)))
    grown_old(path)
    read()
    added = joined([assistant("m4", "r4", tokens=usage(out=900)), assistant("m9", "r9")])
    with path.open("ab") as file:
        file.write(added)
    found = read()
    assert claude(found) == (0, len(added))
    assert told(found.tally) == anew(machine)
    assert found.tally.total().messages == 6


def test_half_a_line_at_the_end_is_read_again_as_a_whole(
    logs: ClaudeLogs, read: Read, machine: Machine
) -> None:
    whole = joined([assistant(None, None) for _ in range(3)])
    path = logs.raw(whole[:-1])
    grown_old(path)
    assert read().tally.total().messages == 3
    with path.open("ab") as file:
        file.write(b"\n" + joined([assistant(None, None)]))
    grown_old(path)
    assert read().tally.total().messages == 4
    assert told(read().tally) == anew(machine)


@pytest.mark.parametrize("cut", range(0, 1400, 97))
def test_reading_in_two_parts_gives_the_same_wherever_the_first_ended(
    cut: int, logs: ClaudeLogs, read: Read, machine: Machine
) -> None:
    content = joined(
        [
            assistant("m1", "r1", tokens=usage(out=1)),
            assistant("m1", "r1"),
            assistant("m1", "r2", side=True, tokens=usage(out=500)),
            assistant(None, None),
        ]
    )
    path = logs.raw(content[:cut])
    grown_old(path)
    read()
    path.write_bytes(content)
    assert told(read().tally) == anew(machine)


def test_a_file_that_was_rewritten_is_read_anew(
    logs: ClaudeLogs, read: Read, machine: Machine
) -> None:
    path = logs.session(assistant("m1", "r1"), assistant("m2", "r2"))
    grown_old(path)
    read()
    path.write_bytes(joined([assistant("m7", "r7", tokens=usage(out=5)) for _ in range(9)]))
    assert read().tally.total().messages == 1
    assert told(read().tally) == anew(machine)


def test_a_file_whose_beginning_changed_while_it_grew_is_read_anew(
    logs: ClaudeLogs, read: Read, machine: Machine
) -> None:
    path = logs.session(assistant("m1", "r1"))
    grown_old(path)
    read()
    path.write_bytes(joined([assistant("m2", "r2"), assistant("m3", "r3")]))
    assert read().tally.total().messages == 2
    assert told(read().tally) == anew(machine)


def test_a_file_that_shrank_is_read_anew(logs: ClaudeLogs, read: Read) -> None:
    path = logs.session(assistant("m1", "r1"), assistant("m2", "r2"))
    grown_old(path)
    read()
    path.write_bytes(joined([assistant("m1", "r1")]))
    assert read().tally.total().messages == 1


def test_a_change_right_after_a_read_is_seen_although_time_and_size_are_the_same(
    logs: ClaudeLogs, read: Read
) -> None:
    path = logs.session(assistant("m1", "r1", tokens=usage(out=90)))
    status = path.stat()
    assert read().tally.total().output == 90
    path.write_bytes(joined([assistant("m1", "r1", tokens=usage(out=91))]))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert read().tally.total().output == 91


def test_a_deleted_file_is_forgotten(logs: ClaudeLogs, read: Read, machine: Machine) -> None:
    path = logs.session(assistant("m1", "r1"))
    logs.session(assistant("m2", "r2"))
    read()
    path.unlink()
    assert read().tally.total().messages == 1
    with sqlite3.connect(machine.cache_dir / FILE_NAME) as database:
        kept = [row[0] for row in database.execute("SELECT path FROM log")]
    database.close()
    assert str(path) not in kept
    assert len(kept) == 1


def test_what_a_copy_shared_counts_again_when_its_other_file_is_deleted(
    logs: ClaudeLogs, read: Read, machine: Machine
) -> None:
    lines = [assistant(f"m{n}", f"r{n}") for n in range(4)]
    original = logs.session(*lines)
    logs.session(*lines, assistant("m9", "r9"))
    for path in logs.projects.rglob("*.jsonl"):
        grown_old(path)
    assert read().tally.total().messages == 5
    original.unlink()
    assert read().tally.total().messages == 5
    assert told(read().tally) == anew(machine)


def test_another_parser_version_reads_everything_again(
    logs: ClaudeLogs, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown_old(logs.session(assistant()))
    read()
    monkeypatch.setattr(type(READER), "parser_version", READER.parser_version + 1)
    assert claude(read())[0] == 0
    assert claude(read())[0] == 1


@pytest.mark.parametrize(
    "damage",
    [
        b"no database at all" * 300,
        b"",
        b"SQLite format 3\x00" + b"\xff" * 8192,
    ],
)
def test_a_damaged_cache_is_made_anew(
    damage: bytes, logs: ClaudeLogs, read: Read, machine: Machine
) -> None:
    grown_old(logs.session(assistant()))
    read()
    for ending in ("-wal", "-shm"):
        (machine.cache_dir / (FILE_NAME + ending)).unlink(missing_ok=True)
    (machine.cache_dir / FILE_NAME).write_bytes(damage)
    assert told(read().tally) == anew(machine)
    read()
    assert claude(read())[0] == 1


def test_damaged_entries_are_read_again(logs: ClaudeLogs, read: Read, machine: Machine) -> None:
    path = logs.session(assistant("m1", "r1"))
    grown_old(path)
    read()
    with sqlite3.connect(machine.cache_dir / FILE_NAME) as database:
        database.execute("UPDATE log SET head = x'93'")
        database.execute("UPDATE body SET facts = x'00'")
    database.close()
    assert told(read().tally) == anew(machine)
    with sqlite3.connect(machine.cache_dir / FILE_NAME) as database:
        database.execute("UPDATE body SET facts = x'00'")
    database.close()
    with path.open("ab") as file:
        file.write(joined([assistant("m2", "r2")]))
    assert told(read().tally) == anew(machine)
    assert [row[0] for row in read().rows()] == ["claude", "claude"]


def test_without_a_place_for_the_cache_everything_is_still_counted(
    logs: ClaudeLogs, machine: Machine, home: Path
) -> None:
    logs.session(assistant())
    blocked = home / "blocked"
    blocked.write_text("a file where the folder would be")
    without = Machine(home, {"CCGATHER_CACHE_DIR": str(blocked / "below")}, "linux")
    with scan(without, started=lambda _: lambda _: None) as found:
        assert found.tally.total().messages == 1
        assert "blocked" in found.cache_trouble
        assert len(list(found.rows())) == 1


def test_a_cache_that_another_run_has_locked_is_done_without(
    logs: ClaudeLogs, read: Read, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ccgather_cli.reading.cache._BUSY_SECONDS", 0.05)
    grown_old(logs.session(assistant()))
    read()
    logs.session(assistant("m2", "r2"))
    other = sqlite3.connect(machine.cache_dir / FILE_NAME, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        found = read()
    finally:
        other.close()
    assert found.tally.total().messages == 2
    assert "locked" in found.cache_trouble


def test_a_file_that_cannot_be_read_is_tried_again(
    logs: ClaudeLogs, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown_old(logs.session(assistant()))

    def refused(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(type(READER), "extract", refused)
        found = read()
        assert not found.complete
        assert "Permission denied" in found.problems[0]
    assert read().complete
    assert read().tally.total().messages == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such bits")
def test_only_its_owner_reads_the_cache(logs: ClaudeLogs, read: Read, machine: Machine) -> None:
    logs.session(assistant())
    read()
    assert (machine.cache_dir / FILE_NAME).stat().st_mode & 0o077 == 0


def test_several_processes_count_the_same_as_one(
    logs: ClaudeLogs, read: Read, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        logs.session(*(assistant(f"m{number}-{n}", f"r{n}") for n in range(number * 3 + 1)))
    alone = anew(machine)
    monkeypatch.setattr("ccgather_cli.reading.extraction._PAYS_BYTES", 1)
    monkeypatch.setattr("ccgather_cli.reading.extraction._BYTES_PER_PROCESS", 1)
    monkeypatch.setattr("ccgather_cli.reading.extraction._cores", lambda: 3)
    assert told(read().tally) == alone
    assert claude(read())[0] == 0  # the files are too new to be trusted yet


def test_what_a_process_did_not_deliver_is_read_by_this_one(
    logs: ClaudeLogs, read: Read, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        logs.session(assistant(f"m{number}", f"r{number}"))
    monkeypatch.setattr("ccgather_cli.reading.extraction._PAYS_BYTES", 1)
    monkeypatch.setattr("ccgather_cli.reading.extraction._BYTES_PER_PROCESS", 1)
    monkeypatch.setattr("ccgather_cli.reading.extraction._cores", lambda: 2)
    monkeypatch.setattr("ccgather_cli.reading.extraction._work", lambda *_: os._exit(9))
    assert told(read().tally) == anew(machine)
