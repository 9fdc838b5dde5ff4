"""What every implementation of the ranking answers.

One ordering everywhere: metric descending, then the earlier first submission, then the id. Ranks
are positions 1..n without gaps. `country` is ISO 3166-1 alpha-2, or None for the world.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from leaderboard.rules.boards import Metric, Window


@dataclass(frozen=True, slots=True)
class RankedPerson:
    """A person and what they have by the board's metric (tokens, micro-dollars or days)."""

    user_id: UUID
    value: int


class Ranking(Protocol):
    """Positions on the boards."""

    @property
    def is_separate(self) -> bool:
        """Whether it keeps a copy of the standings, which must be told of every change
        (`leaderboard.services.outbox`)."""

    def rank_of(
        self, *, user_id: UUID, window: Window, metric: Metric, country: str | None
    ) -> int | None:
        """The person's position, None when they do not stand there."""

    def page(
        self,
        *,
        window: Window,
        metric: Metric,
        country: str | None,
        offset: int,
        limit: int,
        size: int,
    ) -> Sequence[RankedPerson]:
        """The people at positions offset+1 .. offset+limit. `size` is how many stand there."""

    def ahead_of(
        self, *, user_id: UUID, window: Window, metric: Metric, country: str | None
    ) -> RankedPerson | None:
        """The person one position above, None at the top."""
