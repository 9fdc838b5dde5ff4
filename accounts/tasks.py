"""Scheduled work of this app."""

from dataclasses import asdict

from celery import shared_task

from accounts.services import notices
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


@shared_task(name="accounts.email_notices")
def email_notices() -> str:
    """Twice a minute: mails of what people were told."""
    at = clock.now()

    def work(report: JobReport) -> None:
        for name, count in asdict(notices.email_notices(at=at)).items():
            report.add(name, count)

    return run_job("email-notices", work, at=at, idle_runs=False)
