"""What people sent: reports, the slices they became, and the days those add up to.

Token counts are integers, costs integers of micro-dollars. Rows of accepted, counted slices are
the truth; `UserDay` and `UsageAccount` are roll-ups written in the same transaction.
"""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from accounts.models import ApiToken, Device, User
from ccgather.ops.ids import new_id
from submissions.querysets import EvidenceSketchQuerySet, SliceQuerySet


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

    def __str__(self) -> str:
        return f"usage of {self.user_id}"


class Submission(models.Model):
    """One report that changed something, or waits."""

    class Status(models.TextChoices):
        VERIFIED = "verified"
        FLAGGED = "flagged"
        PENDING = "pending"
        REJECTED = "rejected"

    id = models.UUIDField[UUID, UUID](primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="submissions")
    device = models.ForeignKey(Device, null=True, on_delete=models.SET_NULL, related_name="+")
    token = models.ForeignKey(ApiToken, null=True, on_delete=models.SET_NULL, related_name="+")
    submitted_at = models.DateTimeField()
    source = models.CharField(max_length=8)
    wire_format = models.CharField(max_length=16)
    collector = models.CharField(max_length=64)
    collector_version = models.CharField(max_length=64, blank=True)
    mode = models.CharField(max_length=10)
    status = models.CharField(max_length=8, choices=Status.choices)
    digest = models.BinaryField(max_length=32)
    first_day = models.DateField()
    last_day = models.DateField()
    row_count = models.IntegerField()
    report_tokens = models.BigIntegerField()
    changed_slices = models.IntegerField()
    tokens_before = models.BigIntegerField()
    tokens_after = models.BigIntegerField()
    held = models.JSONField(default=list)
    warnings = models.JSONField(default=list)

    class Meta:
        indexes = (
            models.Index(fields=("user", "-submitted_at"), name="submission_by_user_newest"),
            models.Index(fields=("device", "-submitted_at"), name="submission_by_device_newest"),
            models.Index(fields=("token", "-submitted_at"), name="submission_by_token_newest"),
        )

    def __str__(self) -> str:
        return f"{self.collector} {self.submitted_at:%Y-%m-%d %H:%M}"


class RawReport(models.Model):
    """The body of a submission as it came, decoded and compressed again with zstd."""

    submission = models.OneToOneField(
        Submission, on_delete=models.CASCADE, primary_key=True, related_name="raw"
    )
    body = models.BinaryField()
    decoded_bytes = models.IntegerField()

    def __str__(self) -> str:
        return f"raw report of {self.submission_id}"


class RejectedReport(models.Model):
    """An attempt that failed level 1 validation: that it was made, and why it failed."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="rejected_reports")
    token = models.ForeignKey(ApiToken, null=True, on_delete=models.SET_NULL, related_name="+")
    attempted_at = models.DateTimeField(db_index=True)
    code = models.CharField(max_length=40)
    message = models.CharField(max_length=300)
    details = models.JSONField(default=list)
    body_bytes = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.code} {self.attempted_at:%Y-%m-%d %H:%M}"


class Slice(TokenSums):
    """What one device saw of one client on one day: at most one accepted version, which counts,
    and at most one pending version, which waits for review.

    `not_counted` says why an accepted slice adds nothing: the same usage counts elsewhere.
    `digest` is over models and token classes: what two collectors would both say of one log.
    `content_digest` is over all that the rows hold: a change is seen without reading them.
    """

    class State(models.TextChoices):
        ACCEPTED = "accepted"
        PENDING = "pending"

    class NotCounted(models.TextChoices):
        NO = "", "counts"
        SAME_ON_OTHER_DEVICE = "same_device", "the same slice counts on another device"
        COVERED = "covered", "another collector's slices cover this day"

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

    objects = SliceQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "day", "device", "client", "state"),
                name="one_slice_per_device_client_day_and_state",
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


class EvidenceSalt(models.Model):
    """What message ids are hashed with before they are sent here; the newest is in use.

    Public, made once, at random. It lets no two sites compare what they hold. An older one stays
    only to say what the sketches were made with that name it.
    """

    id = models.CharField(max_length=8, primary_key=True)
    salt = models.BinaryField(max_length=32)
    number = models.IntegerField(unique=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)

    def __str__(self) -> str:
        return self.id


class EvidenceSketch(models.Model):
    """The smallest hashes of a slice's message ids: enough to see the same log twice.

    `hashes` are at most 64 values of 8 bytes, big-endian, ascending, one after the other;
    `messages` is how many ids they were drawn from. Sketches compare under one `salt_id` only.
    `keys` find other sketches of the day: see `submissions.rules.evidence.keys_of`.
    """

    slice = models.OneToOneField(
        Slice, on_delete=models.CASCADE, primary_key=True, related_name="sketch"
    )
    salt_id = models.CharField(max_length=8)
    messages = models.BigIntegerField()
    hashes = models.BinaryField(max_length=512)
    keys = ArrayField(models.BigIntegerField(), size=8)

    objects = EvidenceSketchQuerySet.as_manager()

    class Meta:
        indexes = (GinIndex(fields=("keys",), name="evidence_by_key", fastupdate=False),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(messages__gt=0), name="a_sketch_is_drawn_from_messages"
            ),
        )

    def __str__(self) -> str:
        return f"sketch of slice {self.slice_id}"


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
    """A model that came in and has no price: what an admin should look at."""

    model = models.CharField(max_length=200, primary_key=True)
    provider = models.CharField(max_length=96)
    first_seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.model
