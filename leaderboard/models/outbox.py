"""What the pusher still has to tell the separate ranking, and what that ranking holds.

Without one (`RANKING_REDIS_URL` is empty) these tables stay empty.
"""

from django.db import models
from django.db.models import Q


class RankingChange(models.Model):
    """A person whose standings changed: written in the transaction of the change, deleted in the
    one that told the ranking. `docs/adr/0006-redis-ranking.md`.

    `first_submission_at` and `country_code` are what the standings said *before* the change: they
    name the entries to remove. There is one row for each pair that was found, one with neither for
    a person who stood nowhere. `user_id` is no foreign key: the row outlives a deleted account.
    `urgent`: until it is pushed, nobody reads the separate ranking. `pushed`: told already, kept
    until a fill that was under way then has ended.
    """

    user_id = models.UUIDField()
    noted_at = models.DateTimeField()
    urgent = models.BooleanField()
    pushed = models.BooleanField(default=False)
    first_submission_at = models.DateTimeField(null=True)
    country_code = models.CharField(max_length=2, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("user_id",), name="ranking_change_by_person"),
            models.Index(
                fields=("noted_at",), name="ranking_change_waiting", condition=Q(pushed=False)
            ),
            models.Index(
                fields=("id",),
                name="ranking_change_urgent",
                condition=Q(pushed=False, urgent=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} at {self.noted_at}"


class RankingGeneration(models.Model):
    """One whole copy of the boards in Redis; `name` is part of its keys.

    The one that readers ask is `serving`; another may be being built beside it. `server` is the
    run id of the Redis process it was built in: another process cannot hold it completely.
    """

    name = models.CharField(max_length=16, primary_key=True)
    server = models.CharField(max_length=64)
    serving = models.BooleanField(default=False)
    started_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("serving",), condition=Q(serving=True), name="one_generation_serves"
            ),
        )

    def __str__(self) -> str:
        return self.name


class RankedWindow(models.Model):
    """A window that a generation holds: pushers write it. Readers ask it once it is not `filling`
    any more."""

    pk = models.CompositePrimaryKey("generation", "board", "window_start")
    generation = models.ForeignKey(
        RankingGeneration, on_delete=models.CASCADE, related_name="windows"
    )
    board = models.CharField(max_length=5)
    window_start = models.DateField()
    filling = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.generation_id} {self.board} {self.window_start}"
