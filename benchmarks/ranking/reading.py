"""Ranks and pages of the all-time board at every depth, by Redis and by PostgreSQL alone.

The endpoint is asked through Django's own test client, all middleware included and the cache
emptied before each request: what is missing against a server is the socket.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from random import Random
from uuid import UUID

from django.conf import settings
from django.test import Client

from benchmarks.measuring import fetch
from benchmarks.ranking.timing import Times, Verdict
from leaderboard.models import BoardTally, Standing
from leaderboard.ranking import ranking
from leaderboard.rules.boards import Board, Metric, window_of

PAGE = 25
ROUNDS = 60
SQL_ROUNDS = 12
"""PostgreSQL alone counts to the middle of a million: fewer rounds say the same."""

WINDOW = window_of(board=Board.ALL, day=datetime.now(UTC).date())


@contextmanager
def ranked_by(redis_url: str) -> Iterator[None]:
    """The site ranks by that Redis, or with "" by PostgreSQL alone."""
    before = settings.RANKING_REDIS_URL
    settings.RANKING_REDIS_URL = redis_url
    try:
        yield
    finally:
        settings.RANKING_REDIS_URL = before


def compare_reading(*, redis_url: str) -> list[Verdict]:
    """Measures both, prints a line each, answers what was wanted of Redis."""
    ranks: dict[str, Times] = {}
    pages: dict[str, Times] = {}
    answers: dict[str, Times] = {}
    country = _largest_country()
    for name, url, rounds in (("Redis", redis_url, ROUNDS), ("SQL", "", SQL_ROUNDS)):
        with ranked_by(url):
            for scope in (None, country):
                where = f"{name:5} {scope or 'world':5}"
                ranks[where] = _ranks(scope, rounds)
                _print(where, "rank of a random person", ranks[where])
                for depth, page in _depths(scope).items():
                    what = f"{where} {depth}"
                    pages[what] = _pages(scope, page, rounds)
                    _print(where, f"ranking, page {depth}", pages[what])
                    answers[what] = _answers(scope, page, rounds)
                    _print(where, f"GET board, page {depth}", answers[what])
    return [
        Verdict(
            what="rank of a random person by Redis, median of the slower scope",
            value=max(t.p50 for n, t in ranks.items() if n.startswith("Redis")) * 1000,
            most=1.0,
            unit="ms",
        ),
        Verdict(
            what="ranking time of a page by Redis, median of the slowest depth",
            value=max(t.p50 for n, t in pages.items() if n.startswith("Redis")) * 1000,
            most=5.0,
            unit="ms",
        ),
        Verdict(
            what="GET /api/leaderboard by Redis, p95 of the slowest depth",
            value=max(t.p95 for n, t in answers.items() if n.startswith("Redis")) * 1000,
            most=25.0,
            unit="ms",
        ),
    ]


def _print(where: str, what: str, times: Times) -> None:
    print(f"{where}  {what:24}  {times.line()}", flush=True)


def disagreements(*, redis_url: str, people: int = 300) -> int:
    """How many of some random people have another rank by Redis than by PostgreSQL alone."""
    wrong = 0
    for user_id in _random_people(None, people, seed="agreement"):
        ask = partial(_rank, user_id, None)
        with ranked_by(redis_url):
            by_redis = ask()
        with ranked_by(""):
            wrong += by_redis != ask()
    return wrong


def _largest_country() -> str:
    rows = BoardTally.objects.filter(board=Board.ALL.value).exclude(country_code="")
    return rows.order_by("-people_by_tokens").values_list("country_code", flat=True)[0]


def _size(country: str | None) -> int:
    board = Standing.objects.in_window(WINDOW).ranked(Metric.TOKENS)
    return board.in_country(country).count()


def _depths(country: str | None) -> dict[str, int]:
    last = -(-_size(country) // PAGE)
    return {"1": 1, "1,000": min(1_000, last), "in the middle": -(-last // 2), "the last": last}


def _random_people(country: str | None, count: int, *, seed: str = "ranks") -> list[UUID]:
    board = Standing.objects.in_window(WINDOW).ranked(Metric.TOKENS).in_country(country)
    everybody = list(board.order_by("user_id").values_list("user_id", flat=True))
    return Random(seed).choices(everybody, k=count)


def _rank(user_id: UUID, country: str | None) -> int | None:
    return ranking().rank_of(user_id=user_id, window=WINDOW, metric=Metric.TOKENS, country=country)


def _ranks(country: str | None, rounds: int) -> Times:
    times = Times()
    for user_id in _random_people(country, rounds):
        times.add(partial(_rank, user_id, country))
    return times


def _pages(country: str | None, page: int, rounds: int) -> Times:
    times = Times()
    size = _size(country)

    def ask() -> object:
        return ranking().page(
            window=WINDOW,
            metric=Metric.TOKENS,
            country=country,
            offset=(page - 1) * PAGE,
            limit=PAGE,
            size=size,
        )

    for _ in range(rounds):
        times.add(ask)
    return times


def _answers(country: str | None, page: int, rounds: int) -> Times:
    client = Client(headers={"Host": "localhost"})
    scope = f"&country={country}" if country else ""
    address = f"/api/leaderboard?limit={PAGE}&page={page}{scope}"
    fetch(client=client, address=address)  # the first one also loads what every process has
    return Times([fetch(client=client, address=address).total for _ in range(rounds)])
