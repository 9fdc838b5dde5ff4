"""Scheduled work of this app."""

from celery import shared_task

from ccgather.ops import clock
from ccgather.ops.jobs import JobReport, run_job
from submissions.services import cohorts, measuring, purging, quarantine, sharing


@shared_task(name="submissions.purge_old")
def purge_old() -> str:
    """Every night."""
    at = clock.now()

    def work(report: JobReport) -> None:
        for name, count in purging.purge_old(at=at).items():
            report.add(name, count)

    return run_job("purge-reports", work, at=at)


@shared_task(name="submissions.apply_quarantines")
def apply_quarantines() -> str:
    """Every minute: stored usage of a release that was quarantined, or is no more."""
    at = clock.now()

    def work(report: JobReport) -> None:
        quarantine.apply_quarantines(at=at, progress=lambda people: report.add("people", people))

    return run_job("apply-quarantines", work, at=at, idle_runs=False)


@shared_task(name="submissions.measure_cohorts")
def measure_cohorts() -> str:
    """Every hour."""
    at = clock.now()

    def work(report: JobReport) -> None:
        measured = measuring.measure_cohorts(at=at)
        cohorts.forget_cohort()
        report.add("people", measured.people)
        report.add("slices", measured.slices)
        report.add("figures", measured.figures)

    return run_job(cohorts.MEASURING, work, at=at)


@shared_task(name="submissions.settle_shared_usage")
def settle_shared_usage() -> str:
    """Every minute: what a crash or a busy account left of usage that two accounts have."""
    at = clock.now()

    def work(report: JobReport) -> None:
        report.add("slices", sharing.settle_shared_usage(at=at))

    return run_job("settle-shared-usage", work, at=at, idle_runs=False)
