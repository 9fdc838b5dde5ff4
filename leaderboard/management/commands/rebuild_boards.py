"""`manage.py rebuild_boards`: every roll-up, standing and rank anew from the slices."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from ccgather.ops import clock
from leaderboard.ranking import redis_ranking
from leaderboard.ranking.server import RankingUnavailableError
from leaderboard.services.mirror import entries_to_build, rebuild_ranking
from leaderboard.services.rebuild import people_to_rebuild, rebuild_boards


class Command(BaseCommand):
    """Safe while people submit."""

    help = (
        "Rebuild daily usage, standings and board totals from the stored slices, and then the "
        "ranks in Redis from the standings."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One half can be left out."""
        half = parser.add_mutually_exclusive_group()
        half.add_argument("--redis-only", action="store_true", help="the ranks in Redis only")
        half.add_argument("--sql-only", action="store_true", help="what is in PostgreSQL only")

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs with a progress bar over people, then one over entries."""
        at = clock.now()
        if options["redis_only"] and redis_ranking() is None:
            message = "there is no Redis: set RANKING_REDIS_URL or REDIS_URL"
            raise CommandError(message)
        if not options["redis_only"]:
            with tqdm(total=people_to_rebuild(), unit=" people", disable=None) as bar:
                people = rebuild_boards(at=at, progress=bar.update)
            self.stdout.write(f"{people} people rebuilt.")
        if not options["sql_only"] and redis_ranking() is not None:
            self._rebuild_ranking(at=at)

    def _rebuild_ranking(self, *, at: datetime) -> None:
        total = entries_to_build(at=at)
        with tqdm(total=total, unit=" entries", unit_scale=True, disable=None) as bar:
            try:
                entries = rebuild_ranking(at=at, progress=bar.update)
            except RankingUnavailableError as error:
                message = f"Redis: {error}. Ranks are read from PostgreSQL meanwhile."
                raise CommandError(message) from error
        self.stdout.write(f"{entries} entries written to Redis.")
