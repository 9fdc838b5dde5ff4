"""Scheduled work of this app. Each is idempotent and safe to run twice at once."""

from dataclasses import asdict

from celery import shared_task

from ccgather.ops import clock
from ccgather.ops.jobs import JobReport, run_job
from news.services import crawling, health, working


@shared_task(name="news.crawl")
def crawl() -> str:
    """Every ten minutes: the sources whose interval is over are asked; then summaries."""
    at = clock.now()

    def work(report: JobReport) -> None:
        for name, count in asdict(crawling.crawl(at=at)).items():
            report.add(name, count)
        report.add("alerts", health.alert_about_failing(at=at))

    outcome = run_job("crawl-news", work, at=at)
    summarise.delay()
    return outcome


@shared_task(name="news.summarise")
def summarise() -> str:
    """After each crawl."""
    at = clock.now()

    def work(report: JobReport) -> None:
        working.summarise_waiting(at=at, report=report)

    return run_job("summarise-news", work, at=at, idle_runs=False)


@shared_task(name="news.forget_old")
def forget_old() -> str:
    """Every night: texts that became nothing, and old delivery ids."""
    at = clock.now()

    def work(report: JobReport) -> None:
        report.add("documents", crawling.forget_old_documents(at=at))
        report.add("deliveries", health.forget_old_deliveries(at=at))

    return run_job("forget-old-news", work, at=at, idle_runs=False)
