"""`manage.py rebuild_boards`: every roll-up and standing anew from the slices."""

from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from ccgather.ops import clock
from leaderboard.services.rebuild import people_to_rebuild, rebuild_boards


class Command(BaseCommand):
    """Safe while people submit."""

    help = "Rebuild daily usage, standings and board totals from the stored slices."

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs with a progress bar over people."""
        with tqdm(total=people_to_rebuild(), unit=" people", disable=None) as bar:
            people = rebuild_boards(at=clock.now(), progress=bar.update)
        self.stdout.write(f"{people} people rebuilt.")
