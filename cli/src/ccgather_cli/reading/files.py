"""Finding log files below a tool's folders."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from ccgather_cli.reading.interface import Found, LogFile


def files_below(roots: Iterable[Path], *, wanted: Callable[[str], bool]) -> Found:
    """Every file below `roots` whose name is `wanted`, in the order of the paths.

    A root may be a link; linked folders inside it are not followed, so that a link back up
    cannot make a circle. A file that is reachable twice (roots within one another, hard links)
    is taken once, under its first path: lines without any identity would count twice otherwise.
    """
    roots = tuple(dict.fromkeys(roots))
    problems: list[str] = []

    def unlistable(problem: OSError) -> None:
        if not isinstance(problem, FileNotFoundError):
            problems.append(f"{problem.filename}: {problem.strerror}")

    paths = {
        os.path.join(folder, name)  # noqa: PTH118  (a Path a file is slow with 10,000 of them)
        for root in roots
        for folder, _, names in os.walk(root, onerror=unlistable)
        for name in names
        if wanted(name)
    }
    files: dict[tuple[int, int] | str, LogFile] = {}
    for path in sorted(paths):
        try:
            status = os.stat(path)  # noqa: PTH116
        except OSError as problem:
            if not isinstance(problem, FileNotFoundError):
                problems.append(f"{path}: {problem.strerror}")
            continue
        identity = (status.st_dev, status.st_ino) if status.st_ino else path
        files.setdefault(identity, LogFile(Path(path), status.st_size))
    return Found(roots=roots, files=tuple(files.values()), problems=tuple(problems))
