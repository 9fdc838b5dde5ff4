"""Scheduled work of this app. Each is idempotent and safe to run twice at once."""

from celery import shared_task

from ccgather.ops import clock
from ccgather.ops.jobs import JobReport, run_job
from leaderboard.services import roll, tallies


@shared_task(name="leaderboard.roll_boards")
def roll_boards() -> str:
    """At 00:00 UTC, and every few minutes in case a midnight was missed."""
    at = clock.now()

    def work(report: JobReport) -> None:
        report.add("people", roll.roll_boards(at=at))

    return run_job("roll-boards", work, at=at, idle_runs=False)


@shared_task(name="leaderboard.fold_tallies")
def fold_tallies() -> str:
    """Every minute."""

    def work(report: JobReport) -> None:
        report.add("rows", tallies.fold_tallies())

    return run_job("fold-tallies", work, at=clock.now(), idle_runs=False)
