"""`manage.py snapshot_boards`: what the nightly job does, by hand."""

from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from ccgather.ops import clock
from ccgather.ops.jobs import JobReport, run_job
from leaderboard.services.snapshots import days_due, take_snapshots


class Command(BaseCommand):
    """Idempotent; missed midnights are caught up, the earliest first."""

    help = "Write down where everybody stood at the end of each day that has no snapshot yet."

    def handle(self, *args: Any, **options: Any) -> None:
        """Alone and recorded, like the scheduled run; the bar counts days."""
        at = clock.now()

        def work(report: JobReport) -> None:
            days = len(days_due(at=at))
            with tqdm(total=days, unit=" days", disable=None) as bar:
                report.add("people", take_snapshots(at=at, progress=bar.update))
            report.add("days", days)

        self.stdout.write(f"snapshot-boards: {run_job('snapshot-boards', work, at=at)}")
