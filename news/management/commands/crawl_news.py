"""`manage.py crawl_news`: what the scheduled crawl does, by hand."""

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from ccgather.ops import clock
from ccgather.ops.jobs import JobReport, run_job
from news.services import crawling, working


class Command(BaseCommand):
    """Idempotent; sources that are not due are left alone unless they are named."""

    help = "Ask the sources of news that are due, read what is new, and summarise it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Sources by name."""
        parser.add_argument("source", nargs="*", help="slugs of sources to ask now, due or not")
        parser.add_argument("--no-summaries", action="store_true", help="ask nobody to summarise")

    def handle(self, *args: Any, **options: Any) -> None:
        """Alone and recorded, like the scheduled run; the bar counts sources and documents."""
        at = clock.now()

        def work(report: JobReport) -> None:
            with tqdm(unit=" steps", disable=None) as bar:
                counts = crawling.crawl(at=at, only=options["source"] or None, progress=bar.update)
            for name, count in asdict(counts).items():
                report.add(name, count)
            if not options["no_summaries"]:
                working.summarise_waiting(at=at, report=report)
            self.stdout.write(", ".join(f"{name} {n:,}" for name, n in report.counts.items() if n))

        self.stdout.write(f"crawl-news: {run_job('crawl-news', work, at=at)}")
