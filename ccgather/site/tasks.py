"""Scheduled work that is composed of several apps."""

from celery import shared_task

from ccgather.ops import clock
from ccgather.ops.jobs import JobReport, run_job
from ccgather.site.integrity.services import check_invariants as prove

CHECK_INVARIANTS = "check-invariants"


@shared_task(name="site.check_invariants")
def check_invariants() -> str:
    """At 01:00 UTC: every number is proved against what it was made of."""
    at = clock.now()

    def work(report: JobReport) -> None:
        for figure in prove(at=at).figures:
            report.add("checked", figure["checked"])
            report.add("wrong", figure["wrong"])

    return run_job(CHECK_INVARIANTS, work, at=at)
