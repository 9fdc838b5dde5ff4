"""What reports became: slices with their rows, and the days and lifetime sums they add up to.

Token counts are integers, costs integers of micro-dollars. Rows of accepted, counted slices are
the truth; `UserDay` and `UsageAccount` are roll-ups written in the same transaction.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Device, User
from submissions.models.reports import Submission
from submissions.querysets import SliceQuerySet


class TokenSums(models.Model):
    """The five disjoint token classes, their total and what they cost at list price."""

    input_tokens = models.BigIntegerField(default=0)
    output_tokens = models.BigIntegerField(default=0)
    cache_read_tokens = models.BigIntegerField(default=0)
    cache_write_tokens = models.BigIntegerField(default=0)
    reasoning_tokens = models.BigIntegerField(default=0)
    total_tokens = models.BigIntegerField(default=0)
    cost_microusd = models.BigIntegerField(default=0)
    unpriced_tokens = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


SUM_COLUMNS = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "total_tokens",
    "cost_microusd",
    "unpriced_tokens",
)
"""The columns of `TokenSums`, in this order wherever they are copied or summed."""


class UsageAccount(TokenSums):
    """One row for everybody who ever sent something: lifetime sums, first and last report.

    `first_submission_at` breaks ties on boards; it stays until the submitted data is deleted.
    """

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="usage_account"
    )
    active_days = models.IntegerField(default=0)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    first_submission_at = models.DateTimeField()
    last_submission_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("total_tokens",), name="account_by_total_tokens"),)

    def __str__(self) -> str:
        return f"usage of {self.user_id}"


class Slice(TokenSums):
    """What one device saw of one client on one day: at most one accepted version, which counts,
    at most one pending version, which waits for review, and at most one rejected version, which
    is kept so that a decision can be reversed.

    `not_counted` says why an accepted slice adds nothing: the same usage counts elsewhere.
    `digest` is over models and token classes: what two collectors would both say of one log.
    `content_digest` is over all that the rows hold: a change is seen without reading them.
    `hold_reasons` and `hold_weight` say what made a version wait (`docs/trust.md`).
    `approved_tokens` is what a reviewer approved: growth up to a quarter above it is covered.
    `exact_key` and `shape_key` find the same usage, or the same in proportion, elsewhere
    (`submissions.rules.prints`); None for slices too small to tell.
    """

    class State(models.TextChoices):
        ACCEPTED = "accepted"
        PENDING = "pending"
        REJECTED = "rejected"

    class NotCounted(models.TextChoices):
        NO = "", "counts"
        SAME_ON_OTHER_DEVICE = "same_device", "the same slice counts on another device"
        COVERED = "covered", "another collector's slices cover this day"
        QUARANTINED = "quarantine", "the release that read these logs counted wrong"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="slices")
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="slices")
    client = models.CharField(max_length=96)
    day = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACCEPTED)
    not_counted = models.CharField(
        max_length=12, choices=NotCounted.choices, default=NotCounted.NO, blank=True
    )
    digest = models.BinaryField(max_length=16)
    content_digest = models.BinaryField(max_length=16)
    day_basis = models.CharField(max_length=5)
    messages = models.BigIntegerField(default=0)
    reported_cost_microusd = models.BigIntegerField(null=True)
    collector = models.CharField(max_length=64)
    collector_version = models.CharField(max_length=64, blank=True)
    parser_version = models.IntegerField(null=True)
    source = models.CharField(max_length=8)
    submission = models.ForeignKey(
        Submission, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    updated_at = models.DateTimeField()
    hold_reasons = models.JSONField(default=list)
    hold_weight = models.FloatField(default=0, db_default=0)
    approved_tokens = models.BigIntegerField(null=True)
    exact_key = models.BigIntegerField(null=True)
    shape_key = models.BigIntegerField(null=True)

    objects = SliceQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "day", "device", "client", "state"),
                name="one_slice_per_device_client_day_and_state",
            ),
        )
        indexes = (
            models.Index(
                fields=("exact_key",),
                name="slice_by_exact_key",
                condition=models.Q(exact_key__isnull=False),
            ),
            models.Index(
                fields=("shape_key",),
                name="slice_by_shape_key",
                condition=models.Q(shape_key__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.client} {self.day} ({self.state})"


class SliceRow(models.Model):
    """What a slice burned on one model. `cost_microusd` is None where the model has no price."""

    slice = models.ForeignKey(Slice, on_delete=models.CASCADE, related_name="rows")
    model = models.CharField(max_length=200)
    provider = models.CharField(max_length=96)
    input_tokens = models.BigIntegerField()
    output_tokens = models.BigIntegerField()
    cache_read_tokens = models.BigIntegerField()
    cache_write_tokens = models.BigIntegerField()
    reasoning_tokens = models.BigIntegerField()
    total_tokens = models.BigIntegerField()
    cache_write_1h_tokens = models.BigIntegerField(default=0)
    long_input_tokens = models.BigIntegerField(default=0)
    long_output_tokens = models.BigIntegerField(default=0)
    long_cache_read_tokens = models.BigIntegerField(default=0)
    long_cache_write_tokens = models.BigIntegerField(default=0)
    messages = models.BigIntegerField(default=0)
    reported_cost_microusd = models.BigIntegerField(null=True)
    cost_microusd = models.BigIntegerField(null=True)
    price_version = models.CharField(max_length=24)
    estimated = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("slice", "model", "provider"), name="one_row_per_slice_and_model"
            ),
        )

    def __str__(self) -> str:
        return f"{self.model}: {self.total_tokens}"


class SliceHours(models.Model):
    """When on its UTC day a slice's messages were: 24 counts, the first of 00:00 to 00:59.

    Only where its sender chose to send them; they come and go with their slice version.
    """

    slice = models.OneToOneField(
        Slice, on_delete=models.CASCADE, primary_key=True, related_name="hours"
    )
    counts = ArrayField(models.IntegerField(), size=24)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(counts__len=24), name="a_day_has_twenty_four_hours"
            ),
        )

    def __str__(self) -> str:
        return f"hours of slice {self.slice_id}"


class UserDay(TokenSums):
    """What a person burned on one UTC day: the sum of that day's counted slices."""

    pk = models.CompositePrimaryKey("user", "day")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="usage_days")
    day = models.DateField()

    class Meta:
        indexes = (models.Index(fields=("day", "user"), name="user_day_by_day"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"


class UnpricedModel(models.Model):
    """A model that came in and has no price: what an admin should look at.

    `people` is how many of those last measured use it (`submissions.services.measuring`).
    """

    model = models.CharField(max_length=200, primary_key=True)
    provider = models.CharField(max_length=96)
    first_seen_at = models.DateTimeField()
    people = models.IntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return self.model
