"""Reading many logs: on several cores when it pays, each log by itself."""

import gc
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from ccgather_cli.reading.cache import Extracted, Head, edges_of
from ccgather_cli.reading.facts import ESTIMATE, FLAGS, MESSAGES, Facts, packed, unpacked
from ccgather_cli.reading.interface import LogFile, Progressed, Reader, UnreadableLogError
from ccgather_cli.reading.sums import sums_of

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext, SpawnContext

_PAYS_BYTES = 48_000_000
"""Less than this is read before a second process has begun."""
_MOST_PROCESSES = 8
_BYTES_PER_PROCESS = 24_000_000


@dataclass(frozen=True, slots=True)
class Job:
    """A log to read; `known` are the packed facts of an earlier read, up to `start`."""

    reader: Reader
    log: LogFile
    start: int = 0
    known: bytes = b""

    @property
    def bytes(self) -> int:
        """How much there is to read."""
        return self.log.size - self.start


def extracted(jobs: Sequence[Job], *, progressed: Progressed) -> Iterator[Extracted]:
    """Every job's log, read; in no particular order. Logs that are gone by now are left out."""
    with _without_collection():
        shares = _shares(jobs)
        if len(shares) == 1:
            yield from _all_of(jobs, progressed)
            return
        yield from _in_processes(shares, progressed)


def extract(job: Job, *, progressed: Progressed) -> Extracted | None:
    """Read one log; None when it is gone."""
    reader, log = job.reader, job.log
    read_at = time.time_ns()
    facts = unpacked(job.known) if job.known else Facts(reader.client)
    problem, end, edges = "", 0, b""
    try:
        end = reader.extract(log, facts, start=job.start, progressed=progressed)
        if end and reader.appends:
            edges = edges_of(log.path, end)
    except (FileNotFoundError, NotADirectoryError):
        return None  # agents delete old logs, also while this runs
    except OSError as trouble:
        problem = f"{log.path}: {trouble.strerror or trouble}"
    except UnreadableLogError as trouble:
        problem = f"{log.path}: {trouble}"
    head = Head(
        sums=sums_of(reader.settle([facts])),
        links=facts.all_links().tobytes(),
        skipped=dict(facts.skipped),
        records=facts.records,
        counted=len(facts.rows),
        estimated=sum(row[MESSAGES] for row in facts.rows if row[FLAGS] & ESTIMATE),
        problem=problem,
    )
    return Extracted(
        client=reader.client,
        log=log,
        # A parser that does not exist: what could not be read is tried again.
        parser=-1 if problem else reader.parser_version,
        end=end if edges else 0,
        edges=edges,
        head=msgspec.msgpack.encode(head),
        facts=packed(facts),
        read_at=read_at,
    )


def _all_of(jobs: Sequence[Job], progressed: Progressed) -> Iterator[Extracted]:
    for job in jobs:
        result = extract(job, progressed=progressed)
        if result is not None:
            yield result


def _shares(jobs: Sequence[Job]) -> list[list[Job]]:
    """The jobs for each process, about the same number of bytes; the first is this process's."""
    total = sum(job.bytes for job in jobs)
    processes = 1
    if total >= _PAYS_BYTES:
        processes = min(_cores(), _MOST_PROCESSES, total // _BYTES_PER_PROCESS, len(jobs))
    shares: list[list[Job]] = [[] for _ in range(max(1, processes))]
    filled = [0] * len(shares)
    for job in sorted(jobs, key=lambda job: -job.bytes):
        least = filled.index(min(filled))
        shares[least].append(job)
        filled[least] += job.bytes
    return shares


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _in_processes(shares: Sequence[Sequence[Job]], progressed: Progressed) -> Iterator[Extracted]:
    """This process reads the first share while others read theirs.

    What another process does not deliver, because it was killed or could not start, is read here.
    """
    import multiprocessing  # noqa: PLC0415  (15 ms that small machines do without)

    # Forking is safe here: no other thread runs yet. Elsewhere a new interpreter starts.
    if sys.platform == "linux":
        context: ForkContext | SpawnContext = multiprocessing.get_context("fork")
    else:
        context = multiprocessing.get_context("spawn")
    collectors = []
    for share in shares[1:]:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(share, sender), daemon=True)
        process.start()
        sender.close()
        collectors.append((share, process, _Collector(receiver, progressed)))
    for _, _, collector in collectors:
        collector.start()
    yield from _all_of(shares[0], progressed)
    for share, process, collector in collectors:
        collector.join()
        process.join()
        yield from collector.results
        missing = [job for job in share if job.log.path not in collector.done]
        yield from _all_of(missing, progressed)


def _work(jobs: Sequence[Job], sender: "Connection[object]") -> None:
    """What another process does: read, and send what it read."""
    try:
        for job in jobs:
            sender.send((job.log.path, job.bytes, extract(job, progressed=lambda _: None)))
    except (BrokenPipeError, KeyboardInterrupt):
        return  # the program was stopped


class _Collector(threading.Thread):
    """Takes what a process sends, so that its pipe never fills while this one reads."""

    def __init__(self, receiver: "Connection[object]", progressed: Progressed) -> None:
        super().__init__(daemon=True)
        self.results: list[Extracted] = []
        self.done: set[str] = set()
        self._receiver = receiver
        self._progressed = progressed

    def run(self) -> None:
        while True:
            try:
                path, size, result = self._receiver.recv()
            except (EOFError, OSError):
                return
            self.done.add(path)
            self._progressed(size)
            if result is not None:
                self.results.append(result)


@contextmanager
def _without_collection() -> Iterator[None]:
    """No search for circles while millions of small tuples are made, which have none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
