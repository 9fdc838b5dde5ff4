"""What the nightly proof of all numbers found."""

from typing import ClassVar

from django.db import models


class IntegrityRun(models.Model):
    """One run of the invariants over everything stored. Without an end it was killed, or runs.

    `at` is the moment whose state was looked at. `figures` has an entry for each invariant, in the
    order of the catalogue: name, how many things were checked, how many were wrong, the seconds it
    took, and whether it applies here. `disagreements` has the first sentences about what was wrong,
    by name: they may say who, and are for admins only.
    """

    class Outcome(models.TextChoices):
        """How it ended."""

        RUNNING = "running"
        HELD = "held"
        BROKEN = "broken"
        FAILED = "failed"

    at = models.DateTimeField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=7, choices=Outcome, default=Outcome.RUNNING)
    figures = models.JSONField(default=list)
    disagreements = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-id"]
        indexes = (models.Index(fields=("-at", "-id"), name="integrity_runs_newest_first"),)
        constraints = (
            models.CheckConstraint(
                name="an_integrity_run_has_an_end_unless_it_runs",
                condition=models.Q(outcome="running", ended_at__isnull=True)
                | (~models.Q(outcome="running") & models.Q(ended_at__isnull=False)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}: {self.outcome}"
