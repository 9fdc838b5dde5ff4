"""A place to measure in: two databases, and a Redis of our own for the larger and the smaller.

Imported before anything of the site: it decides the environment that settings are read from.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import redis
from psycopg import sql
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from benchmarks import site

DATABASES = ("bench_ranking_small", "bench_ranking_large")
SMALL, LARGE = DATABASES


@contextmanager
def prepared(*, folder: Path) -> Iterator[Mapping[str, str]]:
    """Django set up on empty, migrated databases: in a throw-away cluster in `folder`, or in the
    server of DATABASE_URL, where they are made and removed. Yields a Redis URL by database."""
    with ExitStack() as stack:
        address = stack.enter_context(_redis_server())
        urls = {name: f"{address}/{number}" for number, name in enumerate(DATABASES)}
        server = os.environ.get("DATABASE_URL")
        environment = {"RANKING_REDIS_URL": urls[LARGE]}
        if server:
            stack.enter_context(_databases_of(server))
            environment["DATABASE_URL"] = server
        site.prepare(list(DATABASES), folder=folder, environment=environment)
        stack.callback(site.take_away)
        yield urls


@contextmanager
def _databases_of(server: str) -> Iterator[None]:
    """The two databases on somebody's server, gone afterwards."""

    def run(statement: str) -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            for name in DATABASES:
                connection.execute(sql.SQL(statement).format(sql.Identifier(name)))

    run("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    try:
        yield
    finally:
        run("DROP DATABASE IF EXISTS {} WITH (FORCE)")


@contextmanager
def _redis_server() -> Iterator[str]:
    """The address of a Redis on a free port of this machine, which keeps nothing on the disk."""
    program = shutil.which("redis-server")
    if program is None:
        raise SystemExit("redis-server was not found: half of this benchmark is Redis")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="ccgather-redis-") as folder:
        server = subprocess.Popen(
            [
                *(program, "--bind", "127.0.0.1", "--port", str(port)),
                *(
                    "--save",
                    "",
                    "--appendonly",
                    "no",
                    "--dir",
                    folder,
                    "--logfile",
                    f"{folder}/log",
                ),
            ]
        )
        address = f"redis://127.0.0.1:{port}"
        try:
            patient = Retry(ConstantBackoff(0.05), 200)
            with redis.Redis.from_url(
                address, retry=patient, retry_on_error=[redis.ConnectionError]
            ) as client:
                client.ping()
            yield address
        finally:
            server.terminate()
            server.wait()
