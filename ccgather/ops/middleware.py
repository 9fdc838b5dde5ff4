"""What happens to every request before Django looks at it.

Each is a function that may change the request or answer it; one wrapper makes it a middleware
for synchronous and asynchronous servers alike.
"""

import re
from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseForbidden
from django.http.response import HttpResponseRedirectBase
from django.utils.decorators import sync_and_async_middleware

from ccgather.ops.address import client_address, is_trusted
from ccgather.ops.environment import is_loopback

GetResponse = Callable[[HttpRequest], HttpResponseBase]
GetResponseAsync = Callable[[HttpRequest], Awaitable[HttpResponseBase]]
Middleware = Callable[[GetResponse | GetResponseAsync], GetResponse | GetResponseAsync]
Look = Callable[[HttpRequest], HttpResponseBase | None]

FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_FORWARDED",
    "HTTP_X_REAL_IP",
)
PROBES = frozenset({"/healthz", "/readyz"})


class PermanentRedirect(HttpResponseRedirectBase):
    """308: the same method and body again, elsewhere."""

    status_code = 308


def _before(look: Look) -> Middleware:
    def factory(get_response: GetResponse | GetResponseAsync) -> GetResponse | GetResponseAsync:
        if iscoroutinefunction(get_response):

            async def asynchronous(request: HttpRequest) -> HttpResponseBase:
                return look(request) or await get_response(request)

            return asynchronous

        def synchronous(request: HttpRequest) -> HttpResponseBase:
            answer = look(request) or get_response(request)
            assert isinstance(answer, HttpResponseBase)  # noqa: S101 - narrows the union above
            return answer

        return synchronous

    return sync_and_async_middleware(factory)


def know_client(request: HttpRequest) -> None:
    """Put the client's address where everything looks for it, and drop what strangers claim.

    After this, `REMOTE_ADDR` is the client, and a forwarding header that is still there was
    written by a proxy of ours.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    if not is_trusted(peer, settings.TRUSTED_PROXIES):
        for name in FORWARDED:
            request.META.pop(name, None)
        return
    request.META["REMOTE_ADDR"] = client_address(
        connection=peer,
        forwarded_for=request.META.get("HTTP_X_FORWARDED_FOR", "").split(","),
        trusted=settings.TRUSTED_PROXIES,
    )


def _this_machine_only(request: HttpRequest) -> HttpResponseBase | None:
    """Local mode lets anybody in without a password, so only this machine may ask."""
    if is_loopback(request.META.get("REMOTE_ADDR", "")):
        return None
    return HttpResponseForbidden(
        "This site runs in local mode and answers this machine only.", content_type="text/plain"
    )


def _permanent_https(request: HttpRequest) -> HttpResponseBase | None:
    """Plain http goes to https with its method and body; health probes may stay."""
    if not settings.HTTPS or request.is_secure() or request.path_info in PROBES:
        return None
    return PermanentRedirect(f"{settings.PUBLIC_URL}{request.get_full_path()}")


def _collapse_slashes(request: HttpRequest) -> None:
    """`//api//submit` is `/api/submit`: rewritten here, as a redirected POST loses its body."""
    if "//" in request.path_info:
        request.path_info = request.META["PATH_INFO"] = re.sub("/{2,}", "/", request.path_info)
        request.path = re.sub("/{2,}", "/", request.path)


connection = _before(know_client)
this_machine_only = _before(_this_machine_only)
permanent_https = _before(_permanent_https)
collapse_slashes = _before(_collapse_slashes)
