"""How background jobs run: one at a time, and written down."""

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime

import psycopg
from django.db import connection

from ccgather.ops import clock
from ccgather.ops.models import JobRun

logger = logging.getLogger(__name__)
ERROR_CHARACTERS = 2000


@dataclass(slots=True)
class JobReport:
    """What a job tells about itself while it runs: how many of what."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, number: int = 1) -> None:
        """Count something."""
        self.counts[name] = self.counts.get(name, 0) + number


@contextmanager
def single_flight(name: str) -> Iterator[bool]:
    """True for the one who runs under this name now, False for everybody else.

    The lock belongs to a database connection of its own, outside the pool: it is held however
    often the body opens and closes transactions, and the database drops it when the process dies.
    """
    lock = psycopg.connect(**connection.get_connection_params(), autocommit=True)
    try:
        key = int.from_bytes(hashlib.sha256(f"job:{name}".encode()).digest()[:8], signed=True)
        row = lock.execute("SELECT pg_try_advisory_lock(%s)", [key]).fetchone()
        yield bool(row and row[0])
    finally:
        # Whoever comes next must not find the lock of a connection that is still being closed.
        with suppress(psycopg.OperationalError):
            lock.execute("SELECT pg_advisory_unlock_all()")
        lock.close()


@contextmanager
def recorded_job(name: str, *, at: datetime, idle_runs: bool = True) -> Iterator[JobReport]:
    """Write down a run of a job: start, end, counts, and the error it raises (and goes on raising).

    With `idle_runs=False` (for jobs that run every few seconds) a run that counted nothing leaves
    no row.
    """
    report = JobReport()
    run = JobRun(job=name, started_at=at)
    if idle_runs:
        run.save(force_insert=True)
    try:
        yield report
    except BaseException as error:
        run.outcome = JobRun.Outcome.FAILED
        run.error = f"{type(error).__name__}: {error}"[:ERROR_CHARACTERS]
        raise
    else:
        run.outcome = JobRun.Outcome.DONE
    finally:
        run.finished_at = clock.now()
        run.counts = report.counts
        if idle_runs or any(report.counts.values()) or run.outcome == JobRun.Outcome.FAILED:
            run.save()


def run_job(
    name: str, work: Callable[[JobReport], None], *, at: datetime, idle_runs: bool = True
) -> JobRun.Outcome:
    """Run a job alone and recorded; `SKIPPED`, recorded too, when it already runs elsewhere."""
    with single_flight(name) as ours:
        if ours:
            with recorded_job(name, at=at, idle_runs=idle_runs) as report:
                work(report)
            return JobRun.Outcome.DONE
    logger.info("%s already runs; skipped", name, extra={"job": name})
    if idle_runs:
        JobRun.objects.create(
            job=name, started_at=at, finished_at=clock.now(), outcome=JobRun.Outcome.SKIPPED
        )
    return JobRun.Outcome.SKIPPED
