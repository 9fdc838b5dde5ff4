"""`manage.py rotate_evidence_salt`: hash message ids with another salt from now on."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ccgather.ops import clock
from submissions.services.salting import rotate_salt


class Command(BaseCommand):
    """Recorded with who asked for it; what is stored stays, and stops to compare with the new."""

    help = (
        "Put a new evidence salt in use. Evidence stored so far is not compared with what comes "
        "after; each slice gets new evidence with the next report that names it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, and that it is meant."""
        parser.add_argument("--by", required=True, help="who does this; it is kept")
        parser.add_argument("--yes", action="store_true", help="it is meant")

    def handle(self, *args: Any, **options: Any) -> None:
        """One row more."""
        if not options["yes"]:
            message = (
                "New evidence will not compare with stored evidence. Say --yes if it is meant."
            )
            raise CommandError(message)
        salt = rotate_salt(at=clock.now(), by=options["by"])
        self.stdout.write(f"Salt {salt.id} is in use.")
