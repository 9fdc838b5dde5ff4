"""`manage.py settle_shared_usage`: hold the other side of what two accounts sent."""

from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from ccgather.ops import clock
from submissions.services.sharing import settle_shared_usage


class Command(BaseCommand):
    """Idempotent; what is busy is left for the next run."""

    help = (
        "Hold what another account shares with a report that was held, where neither had it "
        "clearly first. Done with each report; this finishes what a crash left."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs with a progress bar over people."""
        with tqdm(unit=" people", disable=None) as bar:
            held = settle_shared_usage(at=clock.now(), progress=bar.update)
        self.stdout.write(f"{held} slices wait now.")
