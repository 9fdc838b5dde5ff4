"""What the ranking's Redis holds, against what the standings say it should."""

from datetime import datetime
from uuid import UUID

import redis

from leaderboard.models import RankedWindow, RankingGeneration, Standing
from leaderboard.ranking.keys import board_key, member_of, user_of
from leaderboard.rules.boards import Metric

Entries = dict[str, list[tuple[UUID, int]]]
"""(person, value) in order, by key without its generation."""


def held(url: str) -> Entries:
    """Every entry of the generation that serves."""
    generation = RankingGeneration.objects.get(serving=True).name
    found: Entries = {}
    with redis.Redis.from_url(url, protocol=2) as client:
        for key in client.scan_iter(match=f"ccgather:rank:{{{generation}.*"):
            if client.type(key) == b"zset":
                entries = client.zrange(key, 0, -1, withscores=True)
                found[_short(key)] = [(user_of(member), -int(score)) for member, score in entries]
    return found


def due() -> Entries:
    """The same, by the standings of every window that is held."""
    generation = RankingGeneration.objects.get(serving=True)
    places = generation.windows.filter(filling=False).values_list("board", "window_start")
    assert places, "no window is held"
    found: dict[str, list[tuple[int, bytes, UUID]]] = {}
    for standing in Standing.objects.filter(on_boards=True):
        place = (standing.board, standing.window_start)
        if place not in set(places):
            continue
        first: datetime = standing.first_submission_at
        member = member_of(user_id=standing.user_id, first_submission_at=first)
        cost = standing.cost_microusd if standing.shows_cost else 0
        values = zip(Metric, (standing.tokens, cost, standing.days), strict=True)
        for metric, value in values:
            for scope in {"", standing.country_code} if value > 0 else ():
                key = _short(board_key(generation.name, place, metric, scope))
                found.setdefault(key, []).append((-value, member, standing.user_id))
    return {
        key: [(user_id, -value) for value, _, user_id in sorted(entries)]
        for key, entries in found.items()
    }


def generations(url: str) -> set[str]:
    """Whose keys there are at all."""
    with redis.Redis.from_url(url) as client:
        keys = [key.decode() for key in client.scan_iter(match="ccgather:rank:*")]
    return {key.split("{")[1].split(".")[0] for key in keys}


def windows_held() -> set[tuple[str, str]]:
    """(board, first day) of each window that readers may ask for."""
    rows = RankedWindow.objects.filter(generation__serving=True, filling=False)
    return {(board, str(start)) for board, start in rows.values_list("board", "window_start")}


def _short(key: bytes) -> str:
    return key.decode().partition(".")[2]
