"""Scheduled work of this app."""

from celery import shared_task

from ccgather.ops import clock
from ccgather.ops.jobs import JobReport, run_job
from submissions.services import purging


@shared_task(name="submissions.purge_old")
def purge_old() -> str:
    """Every night."""
    at = clock.now()

    def work(report: JobReport) -> None:
        for name, count in purging.purge_old(at=at).items():
            report.add(name, count)

    return run_job("purge-reports", work, at=at)
