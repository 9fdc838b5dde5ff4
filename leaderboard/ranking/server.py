"""The connection to the Redis that holds the ranks: impatient, and honest about which one it is."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from redis import ConnectionPool, RedisError
from redis.backoff import NoBackoff
from redis.connection import AbstractConnection
from redis.retry import Retry

from leaderboard.ranking.wire import command

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 0.2
READ_SECONDS = 0.5
PAUSE_SECONDS = 2.0
"""After a failure nobody of this process asks for so long; then one asks for all."""

BULK_SECONDS = 20.0
"""How long a rebuild waits for an answer."""


class RankingUnavailableError(Exception):
    """Redis does not answer, or what answers does not hold what was asked for."""


class Server:
    """One Redis address, as the threads of this process share it.

    Each connection learns on connecting which server process it speaks to (its run id): an answer
    is believed only from the process that was filled. A restart closes every connection.
    """

    def __init__(self, url: str) -> None:
        self._names: WeakKeyDictionary[AbstractConnection, str] = WeakKeyDictionary()
        self._pool = self._new_pool(url, seconds=READ_SECONDS)
        self._bulk = self._new_pool(url, seconds=BULK_SECONDS)
        self._lock = threading.Lock()
        self._trouble = ""
        self._asks_again_at = 0.0
        self._said: set[str] = set()

    def ask(self, commands: Sequence[bytes], *, server: str) -> list[Any]:
        """The answers of one transaction (MULTI), given by the process `server`.

        Raises RankingUnavailableError.
        """
        packed = [command(b"MULTI"), *commands, command(b"EXEC")]
        answers = self._exchange(packed, server=server)[-1]
        if not isinstance(answers, list):
            message = "the transaction was not carried out"
            raise RankingUnavailableError(message)
        for answer in answers:
            if isinstance(answer, RedisError):
                self.fail(answer)
                raise RankingUnavailableError(str(answer)) from answer
        return answers

    def tell(self, commands: Sequence[bytes], *, server: str) -> None:
        """Carries out writes in one pipeline. Raises RankingUnavailableError, after which any part
        of them may have happened."""
        self._exchange(commands, server=server)

    def _exchange(self, commands: Sequence[bytes], *, server: str) -> list[Any]:
        self._wait_your_turn()
        try:
            with _connection(self._pool) as connection:
                is_right = self._names.get(connection) == server
                answers = _exchanged(connection, commands) if is_right else []
        except (RedisError, OSError) as error:
            self.fail(error)
            raise RankingUnavailableError(str(error)) from error
        self._recover()
        if not is_right:
            raise self.lost(server, "it was restarted or replaced since it was filled")
        return answers

    def lost(self, what: str, why: str) -> RankingUnavailableError:
        """Redis answers, and does not hold what it should: said once of each. To be raised."""
        if what not in self._said:
            self._said = {what}
            logger.warning("ranks are read from PostgreSQL: Redis does not hold them, %s", why)
        return RankingUnavailableError(why)

    @contextmanager
    def bulk(self) -> Iterator["Bulk"]:
        """A connection of its own for a rebuild; the with block raises RankingUnavailableError when
        Redis is in trouble, and then never connects again by itself."""
        try:
            with _connection(self._bulk) as connection:
                server = self._names.get(connection, "")
                if not server:
                    raise self.lost("run id", "it does not say which process it is")
                self._asks_again_at = 0.0  # it answers: nobody need wait
                yield Bulk(connection, server=server)
        except (RedisError, OSError) as error:
            self.fail(error)
            raise RankingUnavailableError(str(error)) from error
        self._recover()

    def close(self) -> None:
        """Ends every connection."""
        self._pool.disconnect()
        self._bulk.disconnect()

    @property
    def trouble(self) -> str:
        """Why this process does not use Redis just now; empty when it does."""
        return self._trouble

    def fail(self, error: Exception) -> None:
        """Nobody asks for a while. Said once, not once a request."""
        with self._lock:
            known, self._trouble = self._trouble, f"{type(error).__name__}: {error}"
            self._asks_again_at = time.monotonic() + PAUSE_SECONDS
        if not known:
            logger.warning("ranks are read from PostgreSQL: %s", error)

    def _recover(self) -> None:
        if self._trouble:
            with self._lock:
                known, self._trouble = self._trouble, ""
            if known:
                logger.warning("ranks are read from Redis again")

    def _wait_your_turn(self) -> None:
        if not self._trouble:
            return
        with self._lock:
            if self._trouble and time.monotonic() < self._asks_again_at:
                raise RankingUnavailableError(self._trouble)
            self._asks_again_at = time.monotonic() + PAUSE_SECONDS

    def _new_pool(self, url: str, *, seconds: float) -> ConnectionPool:
        return ConnectionPool.from_url(
            url,
            protocol=2,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=seconds,
            retry=Retry(NoBackoff(), 0),
            redis_connect_func=self._greet,
        )

    def _greet(self, connection: AbstractConnection) -> None:
        connection.on_connect()  # type: ignore[no-untyped-call]
        (answer,) = _exchanged(connection, [command(b"INFO", b"server")])
        self._names[connection] = fields_of(answer).get("run_id", "")


class Bulk:
    """Many writes over one connection, with a few answers outstanding."""

    _OUTSTANDING = 8

    def __init__(self, connection: AbstractConnection, *, server: str) -> None:
        self._connection = connection
        self._waiting = 0
        self.server = server

    def send(self, packed: bytes) -> None:
        """One command; its answer is read later. Redis works while the next one is made."""
        _send(self._connection, packed)
        self._waiting += 1
        while self._waiting > self._OUTSTANDING:
            self._read()

    def ask(self, *parts: bytes) -> Any:  # noqa: ANN401 - whatever Redis answers
        """One command and its answer, after those of everything sent before."""
        self.send(command(*parts))
        while self._waiting > 1:
            self._read()
        return self._read()

    def settle(self) -> None:
        """Returns when everything sent has been carried out."""
        while self._waiting:
            self._read()

    def evicts(self) -> bool:
        """Whether this Redis may throw away keys that have no expiry: ranks would lose boards."""
        policy = fields_of(self.ask(b"INFO", b"memory")).get("maxmemory_policy", "")
        return policy.startswith("allkeys")

    def _read(self) -> Any:  # noqa: ANN401 - whatever Redis answers
        answer = self._connection.read_response()
        self._waiting -= 1
        return answer


def fields_of(answer: bytes) -> dict[str, str]:
    """What INFO says, by name."""
    lines = (line.partition(":") for line in answer.decode().splitlines())
    return {name: value for name, colon, value in lines if colon}


def _send(connection: AbstractConnection, packed: bytes) -> None:
    connection.send_packed_command([packed], check_health=False)  # type: ignore[no-untyped-call]


def _exchanged(connection: AbstractConnection, commands: Sequence[bytes]) -> list[Any]:
    """Everything is sent before anything is read: answers are short, and wait for us."""
    _send(connection, b"".join(commands))
    return [connection.read_response() for _ in commands]


@contextmanager
def _connection(pool: ConnectionPool) -> Iterator[AbstractConnection]:
    connection = pool.get_connection()
    try:
        yield connection
    except BaseException:
        # Answers may still be on their way: nobody else must read them.
        connection.disconnect()  # type: ignore[no-untyped-call]
        raise
    finally:
        pool.release(connection)
