"""`manage.py award_badges`: everybody's usage, and every new snapshot, looked at for badges."""

from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from ccgather.ops import clock
from ccgather.ops.jobs import JobReport, run_job
from leaderboard.services.badges import evaluate_everybody
from leaderboard.services.rank_badges import award_rank_badges
from submissions.models import UsageAccount


class Command(BaseCommand):
    """Idempotent, and safe while people submit: for after the catalogue of badges changed."""

    help = "Give every badge that stored usage and snapshots have earned; take what they do not."

    def handle(self, *args: Any, **options: Any) -> None:
        """Alone and recorded, like the scheduled run."""
        at = clock.now()

        def work(report: JobReport) -> None:
            with tqdm(total=UsageAccount.objects.count(), unit=" people", disable=None) as bar:
                report.add("people", evaluate_everybody(at=at, progress=bar.update))
            report.add("badges", award_rank_badges())

        self.stdout.write(f"award-badges: {run_job('award-badges', work, at=at)}")
