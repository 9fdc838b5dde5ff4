"""Scheduled work of this app."""

from celery import shared_task

from ccgather.ops import clock, services
from ccgather.ops.jobs import JobReport, run_job


@shared_task(name="ops.forget_old_job_runs")
def forget_old_job_runs() -> str:
    """Keep the list of job runs readable."""
    at = clock.now()

    def work(report: JobReport) -> None:
        report.add("deleted", services.forget_old_job_runs(at=at))

    return run_job("forget-old-job-runs", work, at=at)
