"""`manage.py serve`: the whole site on one machine, which is what `make run` starts.

Whatever the environment does not provide is embedded: PostgreSQL without `DATABASE_URL`, a worker
and a scheduler without `REDIS_URL`.
"""

import fcntl
import socket
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from ccgather.ops import postgres, static
from ccgather.ops.supervisor import Child, GivingUpError, Supervisor, answers

START_SECONDS = 60.0
WORKER = "--pool threads --concurrency 4 --without-gossip --without-mingle --without-heartbeat"


class Command(BaseCommand):
    """Serves the site until Ctrl-C or SIGTERM."""

    help = "Serve the whole site: database, web, worker and scheduler, as far as they are missing."
    requires_system_checks = ()  # they need the database, which this command starts

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The size of the demonstration, for an empty database."""
        parser.add_argument("--demo-people", type=int, default=500)
        parser.add_argument("--demo-days", type=int, default=180)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Prepare, start, look after, stop."""
        supervisor = Supervisor(say=self._say)
        supervisor.listen()
        with self._alone():
            self._require_free_port()
            self._prepare(people=options["demo_people"], days=options["demo_days"])
            try:
                self._run(supervisor)
            except GivingUpError as error:
                raise CommandError(str(error)) from error
            finally:
                supervisor.stop()
                if not settings.DATABASE_URL:
                    postgres.release(settings.EMBEDDED_POSTGRES)
        self._say("Stopped.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One `serve` a folder: two would run every job twice."""
        folder = Path(settings.VAR)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "serve.lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                message = (
                    f"A site already runs on {folder}. For a second one, give it a port and a "
                    "folder of its own: PORT=8001 CCGATHER_VAR=var2 make run"
                )
                raise CommandError(message) from error
            yield

    def _require_free_port(self) -> None:
        family = socket.AF_INET6 if ":" in settings.BIND else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.BIND.strip("[]"), settings.PORT))
            except OSError as error:
                message = (
                    f"Port {settings.PORT} on {settings.BIND} cannot be used ({error.strerror}). "
                    "Choose another: PORT=8001 make run"
                )
                raise CommandError(message) from error

    def _prepare(self, *, people: int, days: int) -> None:
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except postgres.EmbeddedPostgresError as error:
            raise CommandError(str(error)) from error
        if static.collect_if_changed():
            self._say("Collected static files.")
        if settings.DEMO and "demo" in get_commands() and not get_user_model().objects.exists():
            self._say(f"The database is empty: making {people} people to look at (DEMO=0: none).")
            call_command("demo", people=people, days=days)
        # The children have connections of their own.
        database = connections[DEFAULT_DB_ALIAS]
        if isinstance(database, DatabaseWrapper):
            database.close()
            database.close_pool()

    def _run(self, supervisor: Supervisor) -> None:
        folder = settings.BASE_DIR
        supervisor.start(Child("web process", ("ccgather.ops.web",), folder))
        if not supervisor.wait_until(self._is_up, seconds=START_SECONDS):
            if not supervisor.stopping.is_set():
                message = f"The site does not answer within {START_SECONDS:.0f} s."
                raise GivingUpError(message)
            return
        if not settings.REDIS_URL:
            celery = ("celery", "-A", "ccgather.celery", "--quiet")
            level = ("--loglevel", settings.LOG_LEVEL)
            supervisor.start(Child("worker", (*celery, "worker", *WORKER.split(), *level), folder))
            supervisor.start(Child("scheduler", (*celery, "beat", "--pidfile=", *level), folder))
        self._announce(supervisor)
        while not supervisor.stopping.wait(1.0):
            supervisor.look()
            self._look_at_database()

    def _is_up(self) -> bool:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.BIND, settings.BIND)  # noqa: S104
        return answers(host, settings.PORT)

    def _look_at_database(self) -> None:
        if not settings.DATABASE_URL and postgres.running(settings.EMBEDDED_POSTGRES) is None:
            self._say("The database ended; starting it again.")
            postgres.use(settings.EMBEDDED_POSTGRES)

    def _announce(self, supervisor: Supervisor) -> None:
        parts = [f"{child.name} ({child.pid})" for child in supervisor.children]
        if not settings.DATABASE_URL:
            parts.insert(0, f"PostgreSQL in {settings.EMBEDDED_POSTGRES.data}")
        self._say(f"Running: {', '.join(parts)}.")
        who = "; local mode: sign in under any name" if settings.LOCAL else ""
        self._say(f"{settings.SITE_NAME} is at {settings.PUBLIC_URL}{who}. Ctrl-C stops it.")
