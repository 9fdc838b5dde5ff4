"""Where OpenCode, and the tools made from it, keep their messages."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ccgather_cli.reading.databases import companions_of
from ccgather_cli.reading.files import found_at
from ccgather_cli.reading.interface import Found, LogFile


def is_message(name: str) -> bool:
    """Whether a file in a session's folder is a message."""
    return name.endswith(".json") and not name.startswith(".")


def stores_below(folders: Sequence[Path], *, named: Sequence[Path], tool: str) -> Found:
    """Databases and folders of messages of a tool in its data folders; `named` are others."""
    pattern = re.compile(rf"{tool}(-[\w.-]+)?\.db", re.ASCII)
    databases = {os.fspath(path) for path in named}
    problems: list[str] = []
    sessions: list[LogFile] = []
    for folder in dict.fromkeys(folders):
        databases.update(
            entry.path for entry in _entries(folder, problems) if pattern.fullmatch(entry.name)
        )
        for entry in _entries(folder / "storage" / "message", problems):
            if entry.is_dir():
                log = _session_folder(entry.path, problems)
                if log is not None:
                    sessions.append(log)
    found = found_at(
        databases, roots=[*folders, *named], problems=problems, companions=companions_of
    )
    unique = {log.identity if any(log.identity) else log.path: log for log in reversed(sessions)}
    return Found(
        roots=found.roots,
        files=tuple(sorted((*found.files, *unique.values()), key=lambda log: log.path)),
        problems=found.problems,
    )


def _entries(folder: Path | str, problems: list[str]) -> Iterator["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as problem:
        problems.append(f"{folder}: {problem.strerror}")


def _session_folder(path: str, problems: list[str]) -> LogFile | None:
    """A folder of documents as one log: its stamp changes when any of them does.

    A file a message would be a hundred thousand logs, each with its own place in the cache.
    """
    size = count = changed = changes = 0
    for entry in _entries(path, problems):
        if not is_message(entry.name):
            continue
        try:
            status = entry.stat()
        except OSError:
            continue
        size += status.st_size
        count += 1
        changed = max(changed, status.st_mtime_ns)
        changes = (changes + status.st_mtime_ns) & 0x7FFF_FFFF_FFFF_FFFF
    if not count:
        return None
    own = os.stat(path)
    return LogFile(
        path=path,
        size=size,
        changed=changed,
        identity=(own.st_dev, own.st_ino) if own.st_ino else (0, 0),
        companion_stamp=((count, changes),),
    )
