"""A site as it runs on a server, in processes of our own: PostgreSQL, Redis, two web processes, a
worker, the clock of its jobs. Each of them can be hurt; what ends is started again
after two seconds, as the units of `deploy/` have it."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Self

import psutil
import psycopg
from celery import Celery
from kombu import pools

from ccgather.ops import postgres
from tests.acceptance.running import ROOT
from tests.leaderboard.own_redis import OwnRedis

OF_A_REAL_SITE = ("DATABASE_URL", "REDIS_URL", "RANKING_REDIS_URL", "PYTEST_VERSION")
START_SECONDS = 90.0
STOP_SECONDS = 20.0
RESTART_SECONDS = 2.0

PROGRAMS = {
    "web": "-m ccgather.ops.web",
    "worker": "-m celery -A ccgather worker --concurrency 2 --loglevel WARNING",
    "beat": "-m celery -A ccgather beat --pidfile= --loglevel WARNING",
}


class WholeSite:
    """Started on entering the with block, gone on leaving it; its data is in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.redis = OwnRedis(folder)
        self.cluster = postgres.Cluster(folder=folder)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment: dict[str, str] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping = threading.Event()
        self._keeper: threading.Thread | None = None

    def __enter__(self) -> Self:
        try:
            self.redis.start()
            self.database = self._start_database()
            self.environment = self._environment()
            self.manage("migrate", "--verbosity", "0")
            self.manage("collectstatic", "--noinput", "--verbosity", "0")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopping.set()
        if self._keeper is not None:
            self._keeper.join()
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            _end(process)
        self.redis.kill()
        postgres.stop(self.cluster)
        postgres.release(self.cluster)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in OF_A_REAL_SITE}
        return kept | {
            "CCGATHER_MODE": "production",
            "CCGATHER_VAR": str(self.folder),
            "DATABASE_URL": self.database,
            "LOG_LEVEL": "WARNING",
            "PORT": str(self.port),
            "PUBLIC_URL": f"http://localhost:{self.port}",
            "REDIS_URL": self.redis.url,
            "SECRET_KEY": "of-a-site-that-lives-for-minutes-0123456789",
            "WEB_CONCURRENCY": "2",
        }

    def start(self) -> None:
        """The site's own processes, and somebody who looks after them; returns when it answers."""
        for name in PROGRAMS:
            self._run(name)
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()
        deadline = time.monotonic() + START_SECONDS
        while self.readiness()[0] == 0:
            assert time.monotonic() < deadline, self.last_words()
            threading.Event().wait(0.2)
        self.await_worker()

    def _run(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, *PROGRAMS[name].split()],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _keep(self) -> None:
        """`Restart=always`, `RestartSec=2`."""
        while not self._stopping.wait(0.2):
            for name, process in list(self._processes.items()):
                if process.poll() is not None:
                    if self._stopping.wait(RESTART_SECONDS):
                        return
                    self._run(name)

    def readiness(self) -> tuple[int, object]:
        """The status of `/readyz`, 0 when nobody answers, and what it says is not well."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/readyz", headers={"Host": f"localhost:{self.port}"})
            response = connection.getresponse()
            checks = json.loads(response.read()).get("checks", {})
        except (OSError, HTTPException):
            return 0, "no answer"
        finally:
            connection.close()
        unwell = {name: said for name, said in checks.items() if said != "ok"}
        return response.status, unwell or "ok"

    def await_worker(self) -> None:
        """Returns when there is a worker that takes jobs."""
        deadline = time.monotonic() + START_SECONDS
        with self._broker() as asker:
            while not asker.control.ping(timeout=0.5):
                assert time.monotonic() < deadline, self.last_words()

    def last_words(self) -> str:
        """The ends of all logs."""
        return "\n".join(f"--- {name}\n{self.log(name)[-3000:]}" for name in self._processes)

    def log(self, name: str) -> str:
        """What a process has said."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def children(self, name: str) -> list[psutil.Process]:
        """The processes under the one of that name."""
        return psutil.Process(self._processes[name].pid).children(recursive=True)

    def kill(self, name: str) -> None:
        """`kill -9` of a process and everything under it."""
        children = self.children(name)
        self._processes[name].kill()
        for child in children:
            with _gone_already():
                child.kill()
                child.wait(10)

    def kill_one_web_process(self) -> None:
        """`kill -9` of one of two; their parent starts another."""
        serving = [child for child in self.children("web") if "spawn_main" in str(child.cmdline())]
        serving[0].kill()

    # --- PostgreSQL ---

    def _start_database(self) -> str:
        server = postgres.use(self.cluster)
        return f"postgresql://postgres@/{self.cluster.database}?host={server.socket_folder}"

    def restart_database(self, *, immediately: bool, away: float = 0.0) -> None:
        """As an operator does (`fast`), or as if the machine had crashed (`immediate`)."""
        server = postgres.use(self.cluster)
        os.kill(server.pid, signal.SIGQUIT if immediately else signal.SIGINT)
        while psutil.pid_exists(server.pid):
            threading.Event().wait(0.05)
        threading.Event().wait(away)
        self._start_database()

    def execute(self, sql: str) -> None:
        """Carries out a statement, on a connection of its own."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute(sql.encode())

    # --- Redis ---

    @contextmanager
    def hung_redis(self) -> Iterator[None]:
        """Redis is there and does not answer."""
        assert self.redis.server is not None
        os.kill(self.redis.server.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.redis.server.pid, signal.SIGCONT)

    # --- Jobs ---

    def send_job(self, task: str) -> None:
        """Hand a job to the worker now."""
        with self._broker() as sender:
            sender.send_task(task, ignore_result=True)

    @contextmanager
    def _broker(self) -> Iterator[Celery]:
        pools.reset()  # connections to a Redis that was killed since
        with Celery(broker=self.redis.url, set_as_current=False) as application:
            yield application

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """What a management command prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.strip()


@contextmanager
def _gone_already() -> Iterator[None]:
    try:
        yield
    except psutil.NoSuchProcess:
        return


def _end(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
