"""`manage.py demo [--people N] [--days N] [--seed N] | --remove`."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.models import User
from ccgather.ops import clock
from ccgather.site.demo.making import Progress, has_demo_people, make_demo, remove_demo
from ccgather.site.demo.people import hidden_of

MAX_PEOPLE = 20_000
MAX_DAYS = 1_000


class Command(BaseCommand):
    """People who do not exist, to look at; or takes them away again."""

    help = "Fill the site with demo people, or take them all away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many people and days, of which draw; or removal."""
        parser.add_argument("--people", type=int, default=500, help="visible people (500)")
        parser.add_argument("--days", type=int, default=180, help="days of usage (180)")
        parser.add_argument("--seed", type=int, default=1, help="another number, other people (1)")
        parser.add_argument("--remove", action="store_true", help="take all demo people away")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make or remove, with a progress bar where a terminal shows it."""
        if options["remove"]:
            self._remove()
        else:
            self._make(people=options["people"], days=options["days"], seed=options["seed"])

    def _make(self, *, people: int, days: int, seed: int) -> None:
        if not 1 <= people <= MAX_PEOPLE:
            raise CommandError(f"--people is from 1 to {MAX_PEOPLE}; it is {people}.")
        if not 2 <= days <= MAX_DAYS:
            raise CommandError(f"--days is from 2 to {MAX_DAYS}; it is {days}.")
        if has_demo_people():
            self.stdout.write("There are demo people already; nothing was done (--remove first).")
            return
        with _bar(total=people + hidden_of(people=people), doing="Making people") as bar:
            made = make_demo(
                people=people, days=days, seed=seed, at=clock.now(), progress=_steps(bar)
            )
        self.stdout.write(
            f"Made {made.people} people on the boards and {made.hidden} with hidden profiles: "
            f"{made.reports:,} reports, {made.rows:,} rows."
        )

    def _remove(self) -> None:
        total = User.objects.filter(is_demo=True).count()
        if not total:
            self.stdout.write("There are no demo people.")
            return
        with _bar(total=total, doing="Removing people") as bar:
            removed = remove_demo(at=clock.now(), progress=_steps(bar))
        self.stdout.write(f"Removed {removed} demo people and everything of theirs.")


def _bar(*, total: int | None, doing: str) -> "tqdm[Any]":
    """On standard error, and only where somebody watches."""
    return tqdm(
        total=total, desc=doing, unit=" people", file=sys.stderr, disable=not sys.stderr.isatty()
    )


def _steps(bar: "tqdm[Any]") -> Progress:
    """What the services tell of their progress, as steps of the bar."""

    def step(people: int) -> None:
        bar.update(people)

    return step
