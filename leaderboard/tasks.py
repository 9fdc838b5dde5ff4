"""Scheduled work of this app. Each is idempotent and safe to run twice at once."""

from celery import shared_task

from ccgather.ops import clock
from ccgather.ops.jobs import JobReport, run_job
from leaderboard.ranking import redis_ranking
from leaderboard.ranking.server import RankingUnavailableError
from leaderboard.services import (
    mirror,
    outbox,
    rank_badges,
    roll,
    snapshots,
    tallies,
    usage_changes,
)
from leaderboard.services.badges import fold_badge_tallies
from leaderboard.services.clock import board_clock

NOT_SEPARATE = "PostgreSQL ranks alone"


@shared_task(name="leaderboard.roll_boards")
def roll_boards() -> str:
    """At 00:00 UTC, and every few minutes in case a midnight was missed."""
    at = clock.now()

    def work(report: JobReport) -> None:
        report.add("people", roll.roll_boards(at=at))

    return run_job("roll-boards", work, at=at, idle_runs=False)


@shared_task(name="leaderboard.snapshot_boards")
def snapshot_boards() -> str:
    """After each midnight, once the boards have rolled; missed midnights are caught up."""
    at = clock.now()

    def work(report: JobReport) -> None:
        # The roll comes first. Waiting loses nothing: a late snapshot undoes what came after.
        if board_clock(at=at).current_day == at.date():
            report.add("people", snapshots.take_snapshots(at=at))

    return run_job("snapshot-boards", work, at=at, idle_runs=False)


@shared_task(name="leaderboard.thin_history")
def thin_history() -> str:
    """Every night: old days become weeks, and changes that nobody asks about any more go."""
    at = clock.now()

    def work(report: JobReport) -> None:
        report.add("days", snapshots.thin_snapshots(at=at))
        report.add("changes", usage_changes.forget_old_changes(at=at))

    return run_job("thin-history", work, at=at)


@shared_task(name="leaderboard.fold_tallies")
def fold_tallies() -> str:
    """Every minute."""

    def work(report: JobReport) -> None:
        report.add("rows", tallies.fold_tallies())

    return run_job("fold-tallies", work, at=clock.now(), idle_runs=False)


@shared_task(name="leaderboard.award_badges")
def award_badges() -> str:
    """Each minute: badges that new snapshots have earned, and the counts of holders folded."""
    at = clock.now()

    def work(report: JobReport) -> None:
        report.add("badges", rank_badges.award_rank_badges())
        report.add("rows", fold_badge_tallies())

    return run_job("award-badges", work, at=at, idle_runs=False)


@shared_task(name="leaderboard.sweep_outbox")
def sweep_outbox() -> str:
    """Every five seconds: what a crash or a dead Redis left is told to the ranking."""
    if redis_ranking() is None:
        return NOT_SEPARATE

    def work(report: JobReport) -> None:
        try:
            report.add("people", outbox.sweep_outbox())
        except RankingUnavailableError:
            return  # said once where it was found; ranks come from PostgreSQL, and nothing is lost

    return run_job("sweep-outbox", work, at=clock.now(), idle_runs=False)


@shared_task(name="leaderboard.heal_ranking")
def heal_ranking() -> str:
    """Every five seconds: is the ranking's copy whole? If not, it is built again."""
    if redis_ranking() is None:
        return NOT_SEPARATE
    at = clock.now()

    def work(report: JobReport) -> None:
        try:
            report.add("entries", mirror.heal_ranking(at=at))
        except RankingUnavailableError:
            return  # as above

    return run_job("heal-ranking", work, at=at, idle_runs=False)
