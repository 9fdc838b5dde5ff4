"""One run of a command as a whole: wall time, CPU time, memory of all its processes."""

import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LOOK_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds, and the most memory in MB that the command and its children had together."""

    wall: float
    cpu: float
    memory: float
    output: bytes


def run(words: Sequence[str], *, environment: Mapping[str, str], memory: bool = False) -> Run:
    """Run to the end. Looking at the memory costs time, so runs are for the one or the other.

    Raises `RuntimeError` when the command fails.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    with subprocess.Popen(
        words,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        most = 0.0
        if memory:
            os.set_blocking(process.stdout.fileno(), False)  # type: ignore[union-attr]
            output = b""
            while process.poll() is None:
                most = max(most, _memory_of(process.pid))
                output += process.stdout.read() or b""  # type: ignore[union-attr]
                time.sleep(_LOOK_SECONDS)
            output += process.stdout.read() or b""  # type: ignore[union-attr]
        else:
            output = process.communicate()[0]
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if process.returncode:
        message = f"{words[0]} ended with {process.returncode}"
        raise RuntimeError(message)
    return Run(wall, cpu, most, output)


def _memory_of(process: int) -> float:
    """Megabytes of a process and everything below it; shared pages count once among them."""
    total = 0.0
    for each in (process, *_children_of(process)):
        try:
            rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
        except OSError:
            continue  # ended meanwhile
        for line in rollup.splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) / 1000
    return total


def _children_of(process: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            direct = [int(word) for word in path.read_text().split()]
        except OSError:
            continue
        for each in direct:
            found += [each, *_children_of(each)]
    return found
