"""`manage.py reprice`: price stored usage by the installed price table."""

from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from ccgather.ops import clock
from submissions.models import UnpricedModel
from submissions.rules.pricing import price_table_version, rates_of
from submissions.services.repricing import people_count, reprice


class Command(BaseCommand):
    """Idempotent; stop it and start it again as you like."""

    help = "Price every stored row by the installed price table. Can be stopped and started again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs with a progress bar over people."""
        at = clock.now()
        with tqdm(total=people_count(), unit=" people", disable=None) as bar:
            changed = reprice(at=at, progress=bar.update)
        for unpriced in UnpricedModel.objects.all():
            if rates_of(model=unpriced.model, day=at.date()) is not None:
                unpriced.delete()
        self.stdout.write(f"{changed} rows have another cost under {price_table_version()}.")
