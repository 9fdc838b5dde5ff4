"""What running the site leaves in the database."""

from typing import ClassVar

from django.db import models


class RuntimeSetting(models.Model):
    """A value that an operator set in place of the default in `ccgather.ops.runtime`."""

    key = models.CharField(max_length=64, primary_key=True)
    value = models.JSONField()
    updated_at = models.DateTimeField()
    updated_by = models.TextField()

    class Meta:
        ordering: ClassVar[list[str]] = ["key"]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"


class RuntimeSettingChange(models.Model):
    """Who changed a runtime setting, when, from what to what; None is the default."""

    key = models.CharField(max_length=64)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    changed_at = models.DateTimeField()
    changed_by = models.TextField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-changed_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["key", "-changed_at"], name="setting_changes_newest_first")
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.before} to {self.after} by {self.changed_by}"


class JobRun(models.Model):
    """One run of a background job. A run without an end was killed, or still runs."""

    class Outcome(models.TextChoices):
        """How a run ended."""

        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        SKIPPED = "skipped"

    job = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.RUNNING)
    counts = models.JSONField(default=dict)
    error = models.TextField(default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["-started_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["job", "-started_at"], name="job_runs_newest_first"),
            models.Index(fields=["-started_at"], name="all_job_runs_newest_first"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_job_run_has_an_end_unless_it_runs",
                condition=models.Q(outcome="running", finished_at__isnull=True)
                | (~models.Q(outcome="running") & models.Q(finished_at__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.job} at {self.started_at:%Y-%m-%d %H:%M:%S}: {self.outcome}"


class VisibilityEpoch(models.Model):
    """How often what people may see has changed; part of the key of every cached answer."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    epoch = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="there_is_one_visibility_epoch", condition=models.Q(id=1))
        ]

    def __str__(self) -> str:
        return f"epoch {self.epoch}"
