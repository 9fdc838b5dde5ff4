"""Who stands where. `ranking()` is the implementation in use."""

from functools import lru_cache

from django.conf import settings

from leaderboard.ranking.interface import Ranking
from leaderboard.ranking.redis_sets import RedisRanking
from leaderboard.ranking.server import Server
from leaderboard.ranking.sql import SqlRanking

_SQL = SqlRanking()


@lru_cache(maxsize=4)
def _by_redis(url: str) -> RedisRanking:
    return RedisRanking(Server(url))


def redis_ranking() -> RedisRanking | None:
    """The one that has to be told of changes; None where PostgreSQL ranks alone."""
    url: str = settings.RANKING_REDIS_URL
    return _by_redis(url) if url else None


def ranking() -> Ranking:
    """The ranking every reader asks."""
    return redis_ranking() or _SQL
