"""What every test stands on: a database, collected static files, the programs some tests need.

pytest reads the settings before this file; what differs in them under pytest is said there.
Without `DATABASE_URL` the tests run on an embedded PostgreSQL of their own under `var/test`, which
never waits for the disk. Its server is shared by the workers, and by sessions at the same time;
their databases are not.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from django.conf import settings
from django.core.management import CommandError
from psycopg import sql
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError  # noqa: A004 - as Redis calls it
from redis.retry import Retry
from xdist.workermanage import WorkerController  # type: ignore[import-untyped]

from ccgather.ops import postgres, static
from tests.cast import (  # noqa: F401 - the cast is for every test
    alice,
    alice_token,
    bob,
    bob_token,
    charlie,
    dana,
    fresh_process_state,
)

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NEEDS = {
    "browser": (BROWSERS, "CCGATHER_REQUIRE_BROWSER"),
    "redis": (("redis-server",), "CCGATHER_REQUIRE_REDIS"),
}


def _session_name(config: pytest.Config) -> str:
    """Names this run's databases by the process that started it, the same in each worker."""
    workerinput = getattr(config, "workerinput", None)
    return workerinput["ccgather_session"] if workerinput else f"test_{os.getpid()}"


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerController) -> None:
    """xdist: tell each worker which run it belongs to."""
    node.workerinput["ccgather_session"] = _session_name(node.config)


def pytest_configure(config: pytest.Config) -> None:
    """Give this run databases of its own."""
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = _session_name(config)
    if not hasattr(config, "workerinput"):
        try:
            static.collect_if_changed()
        except (CommandError, ValueError):
            # One test says so (tests/ops/test_static.py); the rest need not wait for it.
            (settings.VAR / "static.stamp").unlink(missing_ok=True)


def _program(names: tuple[str, ...]) -> str | None:
    return next((path for path in map(shutil.which, names) if path), None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Without the program it needs, a test is skipped; where CI requires it, it fails."""
    for marker, (names, required_by) in NEEDS.items():
        if item.get_closest_marker(marker) is not None and _program(names) is None:
            reason = f"needs {' or '.join(names)}"
            if os.environ.get(required_by) == "1":
                pytest.fail(f"{reason}, and {required_by}=1 requires it")
            pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser of this machine, for tests marked `browser`."""
    path = _program(BROWSERS)
    assert path is not None
    return path


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of this session's own on a socket, for tests marked `redis`."""
    folder = tmp_path_factory.mktemp("redis")
    with tempfile.TemporaryDirectory(prefix="ccgather-redis-") as short:
        socket = Path(short) / "redis.sock"
        server = subprocess.Popen(
            f"redis-server --port 0 --unixsocket {socket} --save '' --appendonly no "
            f"--dir {folder} --logfile {folder}/log".split(" ")
        )
        url = f"unix://{socket}"
        try:
            with redis.Redis.from_url(
                url, retry=Retry(ConstantBackoff(0.05), 200), retry_on_error=[ConnectionError]
            ) as client:
                client.ping()
            yield url
        finally:
            server.terminate()
            server.wait()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Runs before the databases are made: drop those of runs that were killed."""
    if settings.DATABASE_URL:
        return
    server = postgres.use(settings.EMBEDDED_POSTGRES)
    with psycopg.connect(
        host=str(server.socket_folder), user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'")
        for (database,) in rows.fetchall():
            pid = database.split("_")[1]
            if pid.isdigit() and not psutil.pid_exists(int(pid)):
                connection.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                        sql.Identifier(database)
                    )
                )
