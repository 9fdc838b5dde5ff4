"""Who stands where. `ranking()` is the implementation in use."""

from leaderboard.ranking.interface import Ranking
from leaderboard.ranking.sql import SqlRanking

_SQL = SqlRanking()


def ranking() -> Ranking:
    """The ranking every reader asks."""
    return _SQL
