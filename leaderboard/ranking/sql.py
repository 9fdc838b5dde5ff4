"""The ranking by PostgreSQL alone: exact, always in line with the standings.

A rank counts the index entries before a person's own; a page walks the index from the nearer end.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from leaderboard.models import Standing
from leaderboard.querysets import METRIC_COLUMN, StandingQuerySet
from leaderboard.ranking.interface import RankedPerson
from leaderboard.rules.boards import Metric, Window


class SqlRanking:
    """Implements `leaderboard.ranking.interface.Ranking` on the `Standing` table."""

    is_separate = False

    def rank_of(
        self, *, user_id: UUID, window: Window, metric: Metric, country: str | None
    ) -> int | None:
        """One look-up and one index-only count."""
        own = _board(window, metric, country).filter(user_id=user_id).first()
        if own is None:
            return None
        return _board(window, metric, country).filter(_before(own, metric)).count() + 1

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
        """Positions from the front, or from the back when that end is nearer."""
        column = METRIC_COLUMN[metric]
        board = _board(window, metric, country)
        limit = max(0, min(limit, size - offset))
        if limit == 0:
            return []
        if offset * 2 <= size:
            ordered = board.in_order(metric)
            found = ordered.values_list("user_id", column)[offset : offset + limit]
            return [RankedPerson(*row) for row in found]
        behind = size - offset - limit
        backwards = board.order_by(column, "-first_submission_at", "-user_id")
        found = backwards.values_list("user_id", column)[behind : behind + limit]
        return [RankedPerson(*row) for row in reversed(found)]

    def ahead_of(
        self, *, user_id: UUID, window: Window, metric: Metric, country: str | None
    ) -> RankedPerson | None:
        """The last index entry before the person's own."""
        column = METRIC_COLUMN[metric]
        board = _board(window, metric, country)
        own = board.filter(user_id=user_id).first()
        if own is None:
            return None
        above = (
            board.filter(_before(own, metric))
            .order_by(column, "-first_submission_at", "-user_id")
            .values_list("user_id", column)
            .first()
        )
        return RankedPerson(*above) if above else None


def _board(window: Window, metric: Metric, country: str | None) -> StandingQuerySet:
    return Standing.objects.in_window(window).ranked(metric).in_country(country)


def _before(own: Standing, metric: Metric) -> Q:
    """Everybody whom the one ordering puts before `own`.

    The first condition, implied by the rest, is what lets the index be entered at one place.
    """
    column = METRIC_COLUMN[metric]
    value = getattr(own, column)
    return Q(**{f"{column}__gte": value}) & (
        Q(**{f"{column}__gt": value})
        | Q(first_submission_at__lt=own.first_submission_at)
        | Q(first_submission_at=own.first_submission_at, user_id__lt=own.user_id)
    )
