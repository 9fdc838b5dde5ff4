"""A site of its own to measure: two databases in one throw-away cluster.

Imported before anything of the site: it decides the environment that settings are read from.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from ccgather.ops import postgres

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "benchmarks"


OF_A_REAL_SITE = (
    "DATABASE_URL",
    "REDIS_URL",
    "RANKING_REDIS_URL",
    "PUBLIC_URL",
    "SECRET_KEY",
    "BIND",
    "ALLOWED_HOSTS",
)


def prepare(
    databases: list[str], *, folder: Path, environment: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Sets Django up on a fresh cluster in `folder`, with those databases, empty and migrated.

    `environment` is what this site has besides, `DATABASE_URL` for a server to use instead.
    """
    cluster = folder / "cluster"
    if cluster.exists():  # left by a run that was killed, perhaps with its server
        postgres.stop(postgres.Cluster(folder=cluster))
        shutil.rmtree(cluster)
    for name in OF_A_REAL_SITE:
        os.environ.pop(name, None)
    os.environ |= {
        "CCGATHER_MODE": "local",
        "CCGATHER_VAR": str(cluster),
        "DEMO": "0",
        "EMBEDDED_POSTGRES_DURABLE": "1",  # the wait for the disk is part of a submission
        "DATABASE_STATEMENT_TIMEOUT": "0",
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "ccgather.settings",
        **environment,
    }
    import django  # noqa: PLC0415 - after the environment is set
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    for name in databases:
        settings.DATABASES[name] = settings.DATABASES["default"] | {"NAME": name}
    django.setup()
    _create(databases)
    for name in databases:
        with using(name):
            call_command("migrate", interactive=False, verbosity=0)


def _create(databases: list[str]) -> None:
    import psycopg  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415
    from psycopg import sql  # noqa: PLC0415

    address = settings.DATABASE_URL
    if not address:
        folder = postgres.use(settings.EMBEDDED_POSTGRES).socket_folder
        address = f"host={folder} user=postgres dbname=postgres"
    with psycopg.connect(address, autocommit=True) as connection:
        for name in databases:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


@contextmanager
def using(database: str) -> Iterator[None]:
    """The site works on that database; its connection stays open and warm between uses."""
    from django.core.cache import cache  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    from ccgather.ops.runtime import runtime  # noqa: PLC0415

    default = connections["default"]
    connections["default"] = connections[database]
    # Keys of two databases look alike.
    cache.clear()
    runtime.forget()
    try:
        yield
    finally:
        connections["default"] = default


def take_away() -> None:
    """Stops the cluster, where one was made, and removes it."""
    from django.conf import settings  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    connections.close_all()
    postgres.release(settings.EMBEDDED_POSTGRES)
    shutil.rmtree(settings.EMBEDDED_POSTGRES.folder, ignore_errors=bool(settings.DATABASE_URL))
