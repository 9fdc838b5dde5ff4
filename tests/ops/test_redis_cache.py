"""A cache whose Redis hangs, dies or is emptied costs time once, and nobody an answer."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from pytest_django import Settings
from redis import RedisError

from ccgather.ops import redis_cache
from ccgather.ops.caching import cached_bytes
from ccgather.ops.limits import count_person
from tests.leaderboard.own_redis import OwnRedis

pytestmark = [pytest.mark.django_db, pytest.mark.redis]


@pytest.fixture
def server(tmp_path: Path, settings: Settings) -> Iterator[OwnRedis]:
    with OwnRedis(tmp_path) as own:
        settings.CACHES = {
            "default": {
                "BACKEND": "ccgather.ops.redis_cache.ImpatientRedisCache",
                "LOCATION": own.url,
            }
        }
        settings.RATELIMIT_FAIL_OPEN = True
        yield own
        redis_cache._trouble.end()


def built(text: bytes) -> bytes:
    return cached_bytes(key=("test",), seconds=60, build=lambda: text)


def test_it_keeps_what_it_is_told(server: OwnRedis) -> None:
    assert built(b"first") == b"first"
    assert built(b"second") == b"first"
    server.ask("FLUSHALL")
    assert built(b"third") == b"third"


def test_without_redis_everything_is_built(server: OwnRedis) -> None:
    built(b"first")
    server.kill()
    assert built(b"second") == b"second"


def test_a_hanging_redis_is_waited_for_once(server: OwnRedis) -> None:
    built(b"first")
    assert server.server is not None
    os.kill(server.server.pid, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        assert built(b"second") == b"second"
        assert time.monotonic() - begun < 1.5
        begun = time.monotonic()
        for _ in range(10):
            assert built(b"third") == b"third"
        assert time.monotonic() - begun < 0.4
    finally:
        os.kill(server.server.pid, signal.SIGCONT)


def test_it_is_used_again_when_it_answers(
    server: OwnRedis, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(redis_cache, "PAUSE_SECONDS", 0.05)
    server.kill()
    for _ in range(5):
        with pytest.raises(RedisError):
            cache.get("anything")
    server.start()
    time.sleep(0.1)
    assert built(b"first") == b"first"
    assert built(b"second") == b"first"
    messages = [r.getMessage() for r in caplog.records if r.name == redis_cache.__name__]
    assert [message.partition(":")[0] for message in messages] == [
        "nothing is cached",
        "the cache is back",
    ]


def test_a_limit_that_cannot_count_refuses_nobody(server: OwnRedis) -> None:
    request = RequestFactory().get("/")
    server.kill()
    verdict = count_person(request, group="test", person="alice", limit=1, seconds=60)
    assert verdict.allowed


def test_a_hanging_broker_or_cache_is_named_and_the_site_stays_ready(
    server: OwnRedis, client: Client, settings: Settings
) -> None:
    server.kill()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["checks"]["cache"] == "cache does not answer"
