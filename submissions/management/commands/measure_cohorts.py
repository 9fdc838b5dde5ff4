"""`manage.py measure_cohorts`: what usage looks like over everybody, measured now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from ccgather.ops import clock
from ccgather.ops.jobs import JobReport, run_job
from ccgather.ops.models import JobRun
from submissions.services.cohorts import MEASURING
from submissions.services.measuring import measure_cohorts


class Command(BaseCommand):
    """Alone and recorded, like the scheduled run. What was measured before is replaced."""

    help = (
        "Measure the cohort that reports are judged against, and how often each signal speaks "
        "about people whose usage stands. Looks at a sample; changes no usage."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs with a progress bar over people."""
        at = clock.now()

        def work(report: JobReport) -> None:
            with tqdm(unit=" people", disable=None) as bar:
                measured = measure_cohorts(at=at, progress=bar.update)
            report.add("people", measured.people)
            report.add("slices", measured.slices)
            report.add("figures", measured.figures)
            self.stdout.write(
                f"{measured.slices} slices of {measured.people} people: {measured.figures} "
                f"figures, {measured.rates} signals that spoke."
            )

        if run_job(MEASURING, work, at=at) == JobRun.Outcome.SKIPPED:
            message = "It runs already."
            raise CommandError(message)
