"""How slices are found."""

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from submissions.models import Slice  # noqa: F401 - named in a base class below


class SliceQuerySet(models.QuerySet["Slice"]):
    """Filters over slices."""

    def accepted(self) -> Self:
        """The versions that stand, whether or not they add to the sums."""
        return self.filter(state="accepted")

    def pending(self) -> Self:
        """The versions that wait for review."""
        return self.filter(state="pending")

    def counted(self) -> Self:
        """The one definition of what counts: accepted, and not counted elsewhere already."""
        return self.filter(state="accepted", not_counted="")
