"""How slices are found."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models

if TYPE_CHECKING:
    # Named in the base classes below.
    from submissions.models import EvidenceSketch, Slice  # noqa: F401


class SliceQuerySet(models.QuerySet["Slice"]):
    """Filters over slices."""

    def accepted(self) -> Self:
        """The versions that stand, whether or not they add to the sums."""
        return self.filter(state="accepted")

    def pending(self) -> Self:
        """The versions that wait for review."""
        return self.filter(state="pending")

    def rejected(self) -> Self:
        """The versions that a reviewer did not accept, kept so that this can be reversed."""
        return self.filter(state="rejected")

    def counted(self) -> Self:
        """The one definition of what counts: accepted, and not counted elsewhere already."""
        return self.filter(state="accepted", not_counted="")


class EvidenceSketchQuerySet(models.QuerySet["EvidenceSketch"]):
    """Filters over evidence sketches."""

    def sharing(self, *, keys: Collection[int]) -> Self:
        """The sketches that have one of the keys; all of them, the asker's own too.

        A key is a day and 48 bits of a hash: what is found is a candidate, to be compared whole.
        """
        return self.filter(keys__overlap=list(keys))

    def of_others(self, *, user_id: UUID) -> Self:
        """The sketches of everybody else."""
        return self.exclude(slice__user_id=user_id)
