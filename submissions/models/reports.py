"""What came in: reports that changed something, their bodies, and attempts that failed."""

from uuid import UUID

from django.db import models

from accounts.models import ApiToken, Device, User
from ccgather.ops.ids import new_id


class Submission(models.Model):
    """One report that changed something, or waits.

    `landed_narrowly` says that it set its sender just above somebody else, by lifetime tokens.
    """

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
    landed_narrowly = models.BooleanField(default=False, db_default=False)
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
