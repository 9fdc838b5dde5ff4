"""Where everybody stood at the end of each UTC day, and why anything changed in between."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from accounts.models import User


class SnapshotDay(models.Model):
    """A day whose snapshot has been taken, and how many people were ranked at its end."""

    day = models.DateField(primary_key=True)
    taken_at = models.DateTimeField()
    people = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.day}: {self.people}"


class Snapshot(models.Model):
    """What a ranked person had on the all-time board by tokens at 00:00 UTC after `day`.

    The table is partitioned by month of `day` (see the migration); `user` has no constraint in the
    database, because checking a million references a night would cost more than all the rest, and
    no cascade, because it would look through every month: `forget_person` deletes by day.
    """

    pk = models.CompositePrimaryKey("day", "user")
    tokens = models.BigIntegerField()
    cost_microusd = models.BigIntegerField()
    user = models.ForeignKey(
        User, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    day = models.DateField()
    rank_world = models.IntegerField()
    rank_country = models.IntegerField(null=True)
    level = models.SmallIntegerField()
    country_code = models.CharField(max_length=2, blank=True)

    class Meta:
        indexes = (
            # Rows lie in the order of days and ranks, so a few pages of this find any stretch.
            BrinIndex(fields=("day", "rank_world"), pages_per_range=16, name="snapshot_by_rank"),
        )

    def __str__(self) -> str:
        return f"{self.day} #{self.rank_world}"


class UsageChange(models.Model):
    """One change of what a person has on the all-time board, written in its transaction.

    What stood before is kept whole, so that the first change after a moment tells what stood at
    that moment, and the changes since tell why a rank moved.
    """

    class Cause(models.TextChoices):
        """Why it changed. A stored value is never reused for something else."""

        SUBMISSION = "submission", "a report added usage"
        CORRECTION = "correction", "a report lowered usage that was counted"
        REPRICING = "repricing", "costs were computed anew"
        REVIEW = "review", "a moderator decided about held usage"
        DELETION = "deletion", "usage was deleted"
        REBUILD = "rebuild", "sums were counted anew"
        HIDDEN = "hidden", "the person hid"
        SHOWN = "shown", "the person came back"
        EXCLUDED = "excluded", "the person was taken off the boards"
        READMITTED = "readmitted", "the person was let back on the boards"
        COUNTRY = "country", "the person moved, or hid where they live"

    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False, related_name="+")
    at = models.DateTimeField()
    cause = models.CharField(max_length=10, choices=Cause.choices)
    tokens_before = models.BigIntegerField()
    tokens_after = models.BigIntegerField()
    cost_before = models.BigIntegerField()
    cost_after = models.BigIntegerField()
    stood_before = models.BooleanField()
    stood_after = models.BooleanField()
    country_before = models.CharField(max_length=2, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("user", "at"), name="usage_change_by_user"),
            # Growth is the rule and needs no look-up; these are what explains the rest.
            models.Index(
                fields=("user", "at"),
                name="usage_change_that_explains",
                condition=~Q(cause="submission"),
            ),
            BrinIndex(fields=("at",), autosummarize=True, name="usage_change_by_moment"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.cause} {self.at:%Y-%m-%d %H:%M}"
