"""The server's own cache of public answers, and the ETags that go with them.

A key always includes the visibility epoch: a moderation decision or a privacy change bumps it in
PostgreSQL, so that every process sees it on its next request. What else decides freshness is part
of the key too; an age is only how long an entry may be kept.
"""

from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b

import msgspec
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from redis import RedisError

from ccgather.ops.epoch import visibility_epoch


def cached_bytes(*, key: tuple[object, ...], seconds: int, build: Callable[[], bytes]) -> bytes:
    """The bytes kept under `key`, or built now and kept for `seconds`."""
    name = blake2b(repr((visibility_epoch(), *key)).encode(), digest_size=20).hexdigest()
    with suppress(RedisError):  # said where it was met; without a cache it is only dearer
        found = cache.get(name)
        if isinstance(found, bytes):
            return found
    built = build()
    with suppress(RedisError):
        cache.set(name, built, timeout=seconds)
    return built


def json_bytes(value: object) -> bytes:
    """Compact UTF-8 JSON."""
    return msgspec.json.encode(value)


def conditional_response(
    request: HttpRequest, *, body: bytes, content_type: str, personal: bool = False
) -> HttpResponse:
    """The body with its ETag, or 304 when the client has it already.

    Public answers may be stored and are asked about again each time (`no-cache`), so that a
    decision shows at once; personal ones are stored nowhere.
    """
    if personal:
        response = HttpResponse(body, content_type=content_type)
        response["Cache-Control"] = "private, no-store"
        return response
    etag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    fresh = "*" in known or etag in known or f"W/{etag}" in known
    response = HttpResponseNotModified() if fresh else HttpResponse(body, content_type=content_type)
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    # Public reads are open to pages of other sites, which never send a cookie with them.
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "ETag"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
