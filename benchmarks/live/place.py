"""A throw-away site in processes of its own, as on a server: PostgreSQL, Redis, web, worker, beat.

Imported before anything of the site: it decides the environment that settings are read from.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil
import redis as redis_client

from benchmarks import site

DATABASE = "bench_live"
START_SECONDS = 120.0
WEB_PROCESSES = os.cpu_count() or 1
"""As `deploy/README.md` says."""

CELERY = ("-m", "celery", "-A", "ccgather")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the site answers, and its processes."""

    port: int
    web: tuple[psutil.Process, ...]
    redis: psutil.Process
    others: tuple[psutil.Process, ...]
    log: Path

    @property
    def host(self) -> str:
        """What a browser would call it."""
        return f"localhost:{self.port}"


@contextmanager
def prepared(*, folder: Path) -> Iterator[str]:
    """Django set up on an empty, migrated database beside a Redis; yields that Redis's address."""
    with ExitStack() as stack:
        redis_url = stack.enter_context(_redis_server())
        os.environ["WEB_CONCURRENCY"] = str(WEB_PROCESSES)
        site.prepare([DATABASE], folder=folder, environment={"REDIS_URL": redis_url})
        stack.callback(site.take_away)
        yield redis_url


@contextmanager
def serving(*, folder: Path, redis_url: str) -> Iterator[Place]:
    """The web process, a worker and the clock of its jobs, on the prepared database."""
    from django.db import connections  # noqa: PLC0415 - after the environment is set

    host = connections[DATABASE].get_connection_params()["host"]
    port = free_port()
    environment = os.environ | {
        "CCGATHER_MODE": "production",
        "DATABASE_URL": f"postgresql://postgres@/{DATABASE}?host={host}",
        "PORT": str(port),
        "PUBLIC_URL": f"http://localhost:{port}",
        "SECRET_KEY": "of-a-site-that-lives-for-minutes-0123456789",
        "LOG_LEVEL": "WARNING",
    }
    environment.pop("DATABASE_STATEMENT_TIMEOUT")
    log = folder / "site.log"
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, cwd=site.ROOT, env=environment, check=True)
    with ExitStack() as stack:
        web, worker, beat = (
            stack.enter_context(_process(arguments, environment=environment, log=log))
            for arguments in (
                ("-m", "ccgather.ops.web"),
                (*CELERY, "worker", "--concurrency", "1", "--loglevel", "WARNING"),
                (*CELERY, "beat", "--pidfile=", "--loglevel", "WARNING"),
            )
        )
        _await_answer(port, log=log)
        with redis_client.Redis.from_url(redis_url) as asked:
            redis = psutil.Process(asked.info("server")["process_id"])
        # One process serves by itself; several stand under a parent that only looks after them.
        servers = (web,) if WEB_PROCESSES == 1 else tuple(_servers(web))
        yield Place(port=port, web=servers, redis=redis, others=(worker, beat), log=log)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _servers(parent: psutil.Process) -> Iterator[psutil.Process]:
    for child in parent.children():
        if any("spawn_main" in argument for argument in child.cmdline()):
            yield child


@contextmanager
def _process(
    arguments: tuple[str, ...], *, environment: dict[str, str], log: Path
) -> Iterator[psutil.Process]:
    with log.open("ab") as written:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=site.ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
        )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_answer(port: int, *, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/readyz", headers={"Host": f"localhost:{port}"})
            if b'"status": "ok"' in connection.getresponse().read():
                return
        except (OSError, HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.2)
    raise SystemExit("the site does not answer:\n" + log.read_text(errors="replace")[-3000:])


@contextmanager
def _redis_server() -> Iterator[str]:
    """The address of a Redis on a free port of this machine, which keeps nothing on the disk."""
    program = shutil.which("redis-server")
    if program is None:
        raise SystemExit("redis-server was not found")
    port = free_port()
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    with tempfile.TemporaryDirectory(prefix="ccgather-redis-") as folder:
        server = subprocess.Popen(
            [program, *options, "--dir", folder, "--logfile", f"{folder}/log"]
        )
        try:
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait()
