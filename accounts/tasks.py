"""Scheduled work of this app."""

from dataclasses import asdict

from celery import shared_task

from accounts.services.purging import purge_expired as purge
from ccgather.ops import clock
from ccgather.ops.jobs import JobReport, run_job


@shared_task(name="accounts.purge_expired")
def purge_expired() -> str:
    """Every night: device codes and sessions past their time."""
    at = clock.now()

    def work(report: JobReport) -> None:
        for name, count in asdict(purge(at=at)).items():
            report.add(name, count)

    return run_job("purge-accounts", work, at=at)
