"""`manage.py quarantine_collector`: releases of a collector that counted wrong do not count."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.models import User
from ccgather.errors import DomainError
from ccgather.ops import clock
from submissions.models import CollectorQuarantine
from submissions.selectors.quarantines import quarantine_preview
from submissions.services.quarantine import (
    apply_quarantine,
    lift,
    people_to_change,
    quarantine,
    to_apply,
)


class Command(BaseCommand):
    """Idempotent after the decision is recorded; stop it and start it again as you like."""

    help = (
        "Quarantine releases of a collector, or lift that (--lift), and go through what is stored. "
        "Without a collector: goes on with what was left. --preview changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Versions are included; one that is not given is open to that side."""
        parser.add_argument("collector", nargs="?", default="")
        parser.add_argument("--first", default="", help="the first version that counts wrong")
        parser.add_argument("--last", default="", help="the last version that counts wrong")
        parser.add_argument("--client", default="", help="only what it read of this tool's logs")
        parser.add_argument("--reason", default="", help="what is wrong, for the ledger")
        parser.add_argument("--remedy", default="", help="what owners are to do")
        parser.add_argument("--by", default="", help="the admin who decides, by username")
        parser.add_argument("--lift", action="store_true", help="lift the quarantine of it")
        parser.add_argument("--preview", action="store_true", help="say what would change")

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs with a progress bar over people."""
        if options["preview"]:
            self._preview(options)
            return
        try:
            if options["collector"]:
                self._decide(options)
        except DomainError as error:
            raise CommandError("; ".join([error.message, *error.details])) from error
        at = clock.now()
        changed = 0
        for pk in to_apply(at=at):
            item = CollectorQuarantine.objects.get(pk=pk)
            total = len(people_to_change(quarantine=item))
            with tqdm(total=total, unit=" people", desc=str(item), disable=None) as bar:
                changed += apply_quarantine(quarantine_id=pk, at=at, progress=bar.update)
        self.stdout.write(f"{changed} people changed.")

    def _preview(self, options: dict[str, Any]) -> None:
        found = quarantine_preview(
            collector=options["collector"],
            first_version=options["first"],
            last_version=options["last"],
            client=options["client"],
        )
        self.stdout.write(
            f"{found.slices} slices of {found.people} people with {found.tokens:,} tokens, "
            f"from {found.first_day} to {found.last_day}"
        )
        for version, slices in found.versions:
            self.stdout.write(f"  {version or 'no version'}: {slices}")

    def _decide(self, options: dict[str, Any]) -> None:
        actor = User.objects.named(options["by"]).first()
        if actor is None:
            raise CommandError("--by names nobody: say which admin decides.")
        at = clock.now()
        bounds = {
            "collector": options["collector"],
            "first_version": options["first"],
            "last_version": options["last"],
            "client": options["client"],
        }
        if not options["lift"]:
            quarantine(
                actor=actor, **bounds, reason=options["reason"], remedy=options["remedy"], at=at
            )
            return
        standing = CollectorQuarantine.objects.filter(**bounds, lifted_at=None).first()
        if standing is None:
            raise CommandError("There is no quarantine of just these releases.")
        lift(quarantine_id=standing.pk, actor=actor, reason=options["reason"], at=at)
