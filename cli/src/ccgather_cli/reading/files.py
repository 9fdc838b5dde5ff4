"""Finding log files below a tool's folders."""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ccgather_cli.reading.interface import Found, LogFile, log_file


def files_below(
    roots: Iterable[Path],
    *,
    wanted: Callable[[str], bool],
    entered: Callable[[str], bool] = lambda _name: True,
    companions: Callable[[str], Sequence[str]] = lambda _path: (),
) -> Found:
    """Every file below `roots` whose name is `wanted`, in the order of the paths.

    A root may be a link; linked folders inside it are not followed, so that a link back up
    cannot make a circle. `entered` says which folders are looked into, by their name. A file that
    is reachable twice (roots within one another, hard links) is taken once, under its first path.
    """
    roots = tuple(dict.fromkeys(roots))
    problems: list[str] = []
    paths: set[str] = set()

    def unlistable(problem: OSError) -> None:
        if not isinstance(problem, (FileNotFoundError, NotADirectoryError)):
            problems.append(f"{problem.filename}: {problem.strerror}")

    for root in roots:
        for folder, below, names in os.walk(root, onerror=unlistable):
            below[:] = [name for name in below if entered(name)]
            paths.update(f"{folder}{os.sep}{name}" for name in names if wanted(name))
    return found_at(paths, roots=roots, problems=problems, companions=companions)


def found_at(
    paths: Iterable[str],
    *,
    roots: Iterable[Path],
    problems: Iterable[str] = (),
    companions: Callable[[str], Sequence[str]] = lambda _path: (),
    notes: Iterable[str] = (),
) -> Found:
    """The files at those of `paths` that exist, each file on the disk once."""
    problems = list(problems)
    files: dict[tuple[int, int] | str, LogFile] = {}
    for path in sorted(set(paths)):
        try:
            file = log_file(path, companions=companions(path))
        except OSError as problem:
            problems.append(f"{path}: {problem.strerror}")
            continue
        if file is not None:
            files.setdefault(file.identity if any(file.identity) else path, file)
    return Found(
        roots=tuple(dict.fromkeys(roots)),
        files=tuple(files.values()),
        problems=tuple(problems),
        notes=tuple(notes),
    )
