"""`manage.py roll_boards`: what the midnight job does, by hand."""

from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from ccgather.ops import clock
from ccgather.ops.jobs import JobReport, run_job
from leaderboard.services.roll import roll_boards


class Command(BaseCommand):
    """Idempotent."""

    help = "Move the rolling boards to today (UTC), if they are not there yet."

    def handle(self, *args: Any, **options: Any) -> None:
        """Alone and recorded, like the scheduled run."""
        at = clock.now()

        def work(report: JobReport) -> None:
            with tqdm(unit=" people", disable=None) as bar:
                report.add("people", roll_boards(at=at, progress=bar.update))

        self.stdout.write(f"roll-boards: {run_job('roll-boards', work, at=at)}")
