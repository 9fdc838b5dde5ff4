"""How often somebody may do something.

Counting is django-ratelimit's (fixed windows in the cache); the numbers are runtime settings; the
address is the one that `ops.middleware.connection` established.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django_ratelimit.core import get_usage
from redis import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from ccgather.errors import DomainError
from ccgather.ops.runtime import runtime

logger = logging.getLogger(__name__)

Key = str | Callable[[str, HttpRequest], str]
"""django-ratelimit's: a name that it knows, or a function of group and request."""

MINUTE = 60
HOUR = 3600


class RateLimitedError(DomainError):
    """Too often; `verdict` says when again."""

    code = "rate_limited"
    status = 429

    def __init__(self, verdict: "Verdict") -> None:
        super().__init__(f"Too many requests. Try again in {verdict.reset_seconds} s.")
        self.verdict = verdict
        self.retry_after = verdict.reset_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one more request means: whether it may pass, and what is left of the window."""

    allowed: bool
    limit: int
    remaining: int
    reset_seconds: int

    def headers(self) -> dict[str, str]:
        """The `RateLimit-*` headers, and `Retry-After` for a refusal."""
        found = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }
        return found if self.allowed else found | {"Retry-After": str(self.reset_seconds)}


def count_address(request: HttpRequest, *, group: str, limit: int, seconds: int) -> Verdict:
    """Count a request against its address (for IPv6 its /64, which one customer has)."""
    return _count(request, group=group, key="ip", limit=limit, seconds=seconds)


def count_person(
    request: HttpRequest, *, group: str, person: object, limit: int, seconds: int
) -> Verdict:
    """Count a request against a person, device or token, by its key."""
    return _count(request, group=group, key=lambda *_: str(person), limit=limit, seconds=seconds)


def _count(request: HttpRequest, *, group: str, key: Key, limit: int, seconds: int) -> Verdict:
    try:
        usage = get_usage(request, group=group, key=key, rate=(limit, seconds), increment=True)
    except RedisError as error:
        # Without its counter the site stays open: a limit protects it from load, not its data.
        logger.warning("rate limit %s cannot count: %s", group, error, extra={"group": group})
        usage = None
    if usage is None:
        return Verdict(allowed=True, limit=limit, remaining=limit, reset_seconds=0)
    return Verdict(
        allowed=not usage["should_limit"],
        limit=limit,
        remaining=max(limit - usage["count"], 0),
        reset_seconds=max(usage["time_left"], 1),
    )


def require(verdict: Verdict) -> Verdict:
    """The verdict, if it allows.

    Raises `RateLimitedError`.
    """
    if not verdict.allowed:
        raise RateLimitedError(verdict)
    return verdict


class ApiThrottle(BaseThrottle):
    """Requests to the API by one address; leaves its verdict as `rate_limit` on the request."""

    verdict: Verdict | None = None

    def allow_request(self, request: Request, _view: object) -> bool:
        """Count this request."""
        plain = request._request  # noqa: SLF001 - DRF's documented way to Django's request
        self.verdict = count_address(
            plain, group="api", limit=runtime.api_per_minute, seconds=MINUTE
        )
        plain.rate_limit = self.verdict  # type: ignore[attr-defined]  # read by the API's answers
        return self.verdict.allowed

    def wait(self) -> float | None:
        """Seconds until the next request may pass."""
        return None if self.verdict is None else float(self.verdict.reset_seconds)
