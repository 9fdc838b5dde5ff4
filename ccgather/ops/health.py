"""Whether the site is alive, and whether it is ready to be given work."""

import logging
import secrets
from collections.abc import Callable
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import KombuError
from redis import RedisError

logger = logging.getLogger(__name__)
Check = Callable[[], str | None]
"""None when all is well, else one sentence; raises at most what the database raises."""

BROKER_SECONDS = 2

_checks: dict[str, Check] = {}
_bearable: set[str] = set()


def register(name: str, check: Check, *, is_bearable: bool = False) -> None:
    """Add a check to `/readyz` under a name of its own.

    `is_bearable` is for trouble in which the site still answers everything rightly, only dearer:
    it is named, and the site stays ready. Taking servers out would leave the rest with more work.
    """
    if _checks.get(name, check) is not check:
        message = f"two health checks are called {name!r}"
        raise ValueError(message)
    _checks[name] = check
    if is_bearable:
        _bearable.add(name)


def problems() -> dict[str, str | None]:
    """Each check's sentence, or None where all is well."""
    return {name: _answer(name, check) for name, check in _checks.items()}


def _answer(name: str, check: Check) -> str | None:
    try:
        return check()
    except (DatabaseError, RedisError, KombuError, OSError) as error:
        # The reason may name hosts and accounts: it is for the log, not for whoever asks.
        logger.warning("health check %s failed: %s", name, error, extra={"check": name})
        return f"{name} does not answer"


def _database() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return None


def _cache() -> str | None:
    key, token = "health", secrets.token_hex(8)
    cache.set(f"{key}:{token}", token, timeout=10)
    return None if cache.get(f"{key}:{token}") == token else "cache forgets what it is told"


def _broker() -> str | None:
    if not settings.REDIS_URL:
        known = Path(settings.BROKER_FOLDER).is_dir()
        return None if known else "the worker has not been started"
    impatient = {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS}
    with current_app.connection_for_write(transport_options=impatient) as broker:
        broker.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)
    return None


register("database", _database)
# Without Redis every answer is as right as with it. Work that does not get done meanwhile is seen
# by its results: the age of the boards and of their snapshots.
register("cache", _cache, is_bearable=True)
register("broker", _broker, is_bearable=True)


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """Alive: the process answers. Asks nobody else."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """Ready: 200 when every check passes or what fails is bearable, 503 otherwise; names both."""
    found = problems()
    failing = {name for name, problem in found.items() if problem}
    ready = failing <= _bearable
    well = "degraded" if failing else "ok"
    body = {
        "status": well if ready else "unavailable",
        "checks": {name: problem or "ok" for name, problem in found.items()},
    }
    return JsonResponse(body, status=200 if ready else 503)
