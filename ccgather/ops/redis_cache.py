"""Django's cache in Redis, impatient: Redis may be away or hang, and nobody waits for it long.

After a failure nobody of the process asks for `PAUSE_SECONDS`; then one asks for all. Whoever uses
the cache meets a RedisError at once meanwhile, and does without.
"""

import logging
import threading
import time
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 0.2
ANSWER_SECONDS = 0.5
PAUSE_SECONDS = 2.0


class _Trouble:
    """What the threads of this process know of the cache's Redis."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sentence = ""
        self._asks_again_at = 0.0

    def wait_your_turn(self) -> None:
        """Raises ConnectionError while nobody shall ask."""
        if not self._sentence:
            return
        with self._lock:
            if self._sentence and time.monotonic() < self._asks_again_at:
                raise redis.ConnectionError(self._sentence)
            self._asks_again_at = time.monotonic() + PAUSE_SECONDS

    def begin(self, error: redis.RedisError) -> None:
        """Said once, not once a request."""
        with self._lock:
            known, self._sentence = self._sentence, f"{type(error).__name__}: {error}"
            self._asks_again_at = time.monotonic() + PAUSE_SECONDS
        if not known:
            logger.warning("nothing is cached: %s", error)

    def end(self) -> None:
        """It answers."""
        if self._sentence:
            with self._lock:
                known, self._sentence = self._sentence, ""
            if known:
                logger.warning("the cache is back")


_trouble = _Trouble()  # of the process: Django makes a cache for each thread


class _ImpatientRedis(redis.Redis):
    def execute_command(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - redis-py's own
        _trouble.wait_your_turn()
        try:
            answer = super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except (redis.ConnectionError, redis.TimeoutError) as error:
            _trouble.begin(error)
            raise
        _trouble.end()
        return answer


class _Client(RedisCacheClient):
    def __init__(self, servers: list[str], **options: Any) -> None:  # noqa: ANN401 - Django's own
        super().__init__(
            servers,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            # A connection that Redis ended while nobody used it: once more, on a new one.
            retry=Retry(NoBackoff(), 1, (redis.ConnectionError,)),
            **options,
        )
        self._client = _ImpatientRedis


class ImpatientRedisCache(RedisCache):
    """Raises RedisError within a second when Redis does not answer."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client
