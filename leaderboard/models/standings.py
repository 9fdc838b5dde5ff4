"""Standings and what is derived from them. Everything here can be rebuilt from `UserDay`."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from leaderboard.querysets import StandingQuerySet

WORLD = ""
"""The country column's value for the board of everybody."""


class BoardClock(models.Model):
    """The UTC day that the rolling boards stand at: one row, moved by the midnight roll.

    While a roll builds the windows of `building_day`, submissions write both days' windows;
    readers see `current_day` until the roll moves it.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    current_day = models.DateField()
    building_day = models.DateField(null=True)
    rolled_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="there_is_one_board_clock"),)

    def __str__(self) -> str:
        return f"{self.current_day}"


class Competitor(models.Model):
    """What a board row says of a person beside the standing: lifetime facts, by tokens."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="competitor"
    )
    lifetime_tokens = models.BigIntegerField(default=0)
    primary_model = models.CharField(max_length=200, blank=True)
    top_provider = models.CharField(max_length=96, blank=True)
    top_client = models.CharField(max_length=96, blank=True)
    last_submission_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id}"


class Standing(models.Model):
    """What a person has on one board in one window.

    The columns after the metrics repeat facts of the person, so that one partial index orders
    and filters a whole board: metric descending, then the earlier first submission, then the id.
    """

    pk = models.CompositePrimaryKey("user", "board", "window_start")
    # The primary key begins with it.
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="standings", db_index=False
    )
    board = models.CharField(max_length=5)
    window_start = models.DateField()
    tokens = models.BigIntegerField()
    cost_microusd = models.BigIntegerField()
    days = models.IntegerField()
    first_submission_at = models.DateTimeField()
    country_code = models.CharField(max_length=2, blank=True)
    on_boards = models.BooleanField()
    shows_cost = models.BooleanField()

    objects = StandingQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                "board",
                "window_start",
                F("tokens").desc(),
                "first_submission_at",
                "user",
                name="standing_by_tokens",
                condition=Q(on_boards=True, tokens__gt=0),
            ),
            models.Index(
                "board",
                "window_start",
                "country_code",
                F("tokens").desc(),
                "first_submission_at",
                "user",
                name="standing_by_country_tokens",
                condition=Q(on_boards=True, tokens__gt=0) & ~Q(country_code=""),
            ),
            models.Index(
                "board",
                "window_start",
                F("cost_microusd").desc(),
                "first_submission_at",
                "user",
                name="standing_by_cost",
                condition=Q(on_boards=True, shows_cost=True, cost_microusd__gt=0),
            ),
            models.Index(
                "board",
                "window_start",
                "country_code",
                F("cost_microusd").desc(),
                "first_submission_at",
                "user",
                name="standing_by_country_cost",
                condition=Q(on_boards=True, shows_cost=True, cost_microusd__gt=0)
                & ~Q(country_code=""),
            ),
            models.Index(
                "board",
                "window_start",
                F("days").desc(),
                "first_submission_at",
                "user",
                name="standing_by_days",
                condition=Q(on_boards=True, days__gt=0),
            ),
            models.Index(
                "board",
                "window_start",
                "country_code",
                F("days").desc(),
                "first_submission_at",
                "user",
                name="standing_by_country_days",
                condition=Q(on_boards=True, days__gt=0) & ~Q(country_code=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.board} {self.window_start}: {self.tokens}"


class BoardTally(models.Model):
    """A part of a board's sums, appended by whoever changes a standing and folded by a job.

    A board's people, tokens and cost are the sum over its rows: one shared row that every
    submission updates would make them all wait. `country_code` is `WORLD` or a country.
    """

    board = models.CharField(max_length=5)
    window_start = models.DateField()
    country_code = models.CharField(max_length=2, blank=True)
    people_by_tokens = models.IntegerField()
    people_by_cost = models.IntegerField()
    people_by_days = models.IntegerField()
    tokens = models.BigIntegerField()
    cost_microusd = models.BigIntegerField()

    class Meta:
        indexes = (
            models.Index(fields=("board", "window_start", "country_code"), name="tally_by_board"),
        )

    def __str__(self) -> str:
        return f"{self.board} {self.window_start} {self.country_code}"


class MidnightRank(models.Model):
    """Where a person stood on a board at the last 00:00 UTC, world and country, by each metric."""

    pk = models.CompositePrimaryKey("user", "board")
    # The table is made anew each night; the database need not look at each person for it.
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    board = models.CharField(max_length=5)
    window_start = models.DateField()
    country_code = models.CharField(max_length=2, blank=True)
    tokens_world = models.IntegerField(null=True)
    tokens_country = models.IntegerField(null=True)
    cost_world = models.IntegerField(null=True)
    cost_country = models.IntegerField(null=True)
    days_world = models.IntegerField(null=True)
    days_country = models.IntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.board}: {self.tokens_world}"
