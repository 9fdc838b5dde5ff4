"""The ranking by Redis sorted sets: as exact as PostgreSQL's, at a cost that does not grow.

Nothing is answered from Redis unless it is known to be right: the generation that PostgreSQL says
serves, in the server process it was built in, with the window's ready mark in the same transaction
as the answer, no urgent change unpushed and no change unpushed for long. Everything else is asked
of PostgreSQL. `docs/adr/0006-redis-ranking.md` says why that is enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from ccgather.ops import clock
from leaderboard.querysets import METRIC_COLUMN
from leaderboard.ranking.interface import RankedPerson, Ranking
from leaderboard.ranking.keys import (
    EXACT_BELOW,
    board_key,
    member_of,
    place_of,
    ready_key,
    user_of,
)
from leaderboard.ranking.server import RankingUnavailableError, Server
from leaderboard.ranking.sql import SqlRanking
from leaderboard.ranking.wire import command
from leaderboard.rules.boards import Metric, Window

PATIENCE = timedelta(seconds=5)
"""How long a change may wait to be pushed before nobody reads Redis."""

_TRIES = 3


@dataclass(frozen=True, slots=True)
class _Gate:
    """What may be asked: a generation in a server process."""

    generation: str
    server: str


@dataclass(frozen=True, slots=True)
class _Own:
    """A person's entry on the board that is asked about."""

    member: bytes
    value: int


class RedisRanking:
    """Implements `leaderboard.ranking.interface.Ranking`; `server` is where the sets are."""

    is_separate = True

    def __init__(self, server: Server) -> None:
        self.server = server
        self._sql: Ranking = SqlRanking()

    def rank_of(
        self, *, user_id: UUID, window: Window, metric: Metric, country: str | None
    ) -> int | None:
        """One query, and one exchange with Redis."""
        gate, own, is_known = _look(window, metric, country, user_id)
        if is_known and own is None:
            return None
        if gate is not None and own is not None:
            try:
                index = self._index(gate, own, window, metric, country)
            except RankingUnavailableError:
                index = None
            if index is not None:
                return index + 1
        return self._sql.rank_of(user_id=user_id, window=window, metric=metric, country=country)

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
        """One query, and one exchange with Redis."""
        gate, *_ = _look(window, metric, country, None)
        if gate is not None:
            try:
                return self._stretch(gate, window, metric, country, offset, limit)
            except RankingUnavailableError:
                pass
        return self._sql.page(
            window=window, metric=metric, country=country, offset=offset, limit=limit, size=size
        )

    def ahead_of(
        self, *, user_id: UUID, window: Window, metric: Metric, country: str | None
    ) -> RankedPerson | None:
        """One query, and two exchanges with Redis, or more when people move between them."""
        gate, own, is_known = _look(window, metric, country, user_id)
        if is_known and own is None:
            return None
        if gate is not None and own is not None:
            try:
                return self._ahead(gate, own, window, metric, country)
            except RankingUnavailableError:
                pass
        return self._sql.ahead_of(user_id=user_id, window=window, metric=metric, country=country)

    def _ahead(
        self, gate: _Gate, own: _Own, window: Window, metric: Metric, country: str | None
    ) -> RankedPerson | None:
        index = self._index(gate, own, window, metric, country)
        for _ in range(_TRIES):
            if index == 0:
                return None
            near = self._stretch(gate, window, metric, country, index - 1, 2)
            if len(near) == 2 and near[1].user_id == user_of(own.member):
                return near[0]
            index = self._index(gate, own, window, metric, country)
        message = "the board moves too fast"
        raise RankingUnavailableError(message)

    def _index(
        self, gate: _Gate, own: _Own, window: Window, metric: Metric, country: str | None
    ) -> int:
        """How many stand before the person. Raises RankingUnavailableError also when Redis does not
        know yet what they have."""
        key = board_key(gate.generation, place_of(window), metric, country or "")
        score, index = self._ask(
            gate,
            window,
            command(b"ZSCORE", key, own.member),
            command(b"ZRANK", key, own.member),
        )
        if index is None or own.value >= EXACT_BELOW or _value_of(score) != own.value:
            message = "Redis does not hold this standing yet"
            raise RankingUnavailableError(message)
        return int(index)

    def _stretch(
        self,
        gate: _Gate,
        window: Window,
        metric: Metric,
        country: str | None,
        offset: int,
        limit: int,
    ) -> list[RankedPerson]:
        if limit <= 0:
            return []
        key = board_key(gate.generation, place_of(window), metric, country or "")
        last = b"%d" % (offset + limit - 1)
        (found,) = self._ask(
            gate, window, command(b"ZRANGE", key, b"%d" % offset, last, b"WITHSCORES")
        )
        people = [
            RankedPerson(user_of(member), _value_of(score))
            for member, score in zip(found[::2], found[1::2], strict=True)
        ]
        if people and people[0].value >= EXACT_BELOW:
            message = "values of 2^53 and more share scores"
            raise RankingUnavailableError(message)
        return people

    def _ask(self, gate: _Gate, window: Window, *commands: bytes) -> list[Any]:
        ready = command(b"EXISTS", ready_key(gate.generation, place_of(window)))
        answers = self.server.ask([ready, *commands], server=gate.server)
        if answers[0] != 1:
            raise self.server.lost(gate.generation, "its keys are gone")
        return answers[1:]


def _value_of(score: bytes) -> int:
    """The metric behind a score as Redis writes it: exact below 2^53."""
    return int(-float(score))


_LOOK = """
SELECT g.name, g.server,
       EXISTS (SELECT 1 FROM leaderboard_rankingchange WHERE urgent AND NOT pushed),
       (SELECT min(noted_at) FROM leaderboard_rankingchange WHERE NOT pushed),
       s.user_id, s.tokens, s.cost_microusd, s.days, s.first_submission_at, s.country_code,
       s.on_boards, s.shows_cost
FROM leaderboard_rankinggeneration g
JOIN leaderboard_rankedwindow w ON w.generation_id = g.name AND NOT w.filling
  AND w.board = %(board)s AND w.window_start = %(start)s
LEFT JOIN leaderboard_standing s
  ON s.user_id = %(user)s AND s.board = w.board AND s.window_start = w.window_start
WHERE g.serving
"""


def _look(
    window: Window, metric: Metric, country: str | None, user_id: UUID | None
) -> tuple[_Gate | None, _Own | None, bool]:
    """(what may be asked or None, the person's entry or None, whether that entry is known)."""
    with connection.cursor() as cursor:
        parameters = {"board": window.board.value, "start": window.start, "user": user_id}
        cursor.execute(_LOOK, parameters)
        row = cursor.fetchone()
    if row is None:
        return None, None, False
    generation, server, is_urgent, oldest, *standing = row
    is_late = oldest is not None and oldest < clock.now() - PATIENCE
    gate = None if is_urgent or is_late else _Gate(generation, server)
    return gate, _own(standing, metric, country), user_id is not None


def _own(standing: Sequence[Any], metric: Metric, country: str | None) -> _Own | None:
    """The same people as `StandingQuerySet.ranked` and `in_country` find."""
    user_id, tokens, cost, days, first_submission_at, own_country, on_boards, shows_cost = standing
    if user_id is None or not on_boards or (metric is Metric.COST and not shows_cost):
        return None
    if country is not None and (not own_country or own_country != country):
        return None
    columns: dict[str, int] = {"tokens": tokens, "cost_microusd": cost, "days": days}
    value = columns[METRIC_COLUMN[metric]]
    if value <= 0:
        return None
    return _Own(_member(user_id, first_submission_at), value)


def _member(user_id: UUID, first_submission_at: datetime) -> bytes:
    return member_of(user_id=user_id, first_submission_at=first_submission_at)
