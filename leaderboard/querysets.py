"""How standings are found."""

from typing import TYPE_CHECKING, Self

from django.db import models

from leaderboard.rules.boards import Metric, Window

if TYPE_CHECKING:
    from leaderboard.models import Standing  # noqa: F401 - named in a base class below

METRIC_COLUMN = {Metric.TOKENS: "tokens", Metric.COST: "cost_microusd", Metric.DAYS: "days"}


class StandingQuerySet(models.QuerySet["Standing"]):
    """Filters over standings."""

    def in_window(self, window: Window) -> Self:
        """The standings of one window of one board."""
        return self.filter(board=window.board.value, window_start=window.start)

    def ranked(self, metric: Metric) -> Self:
        """The one definition of who stands on a board: visible people with something above 0;
        on a cost board, those who show their cost."""
        on_board = self.filter(on_boards=True, **{f"{METRIC_COLUMN[metric]}__gt": 0})
        return on_board.filter(shows_cost=True) if metric is Metric.COST else on_board

    def in_country(self, country: str | None) -> Self:
        """Those of one country, or everybody for None."""
        return (
            self if country is None else self.filter(country_code=country).exclude(country_code="")
        )

    def in_order(self, metric: Metric) -> Self:
        """Metric descending, then the earlier first submission, then the id."""
        return self.order_by(f"-{METRIC_COLUMN[metric]}", "first_submission_at", "user_id")
