"""Everything we hold about a person, to take away."""

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import (
    api_view,
    authentication_classes,
    permission_classes,
)
from rest_framework.request import Request

from accounts.api.authentication import BrowserAuthentication, TokenAuthentication
from accounts.api.permissions import BySession, caller
from accounts.rights import export_account
from ccgather.ops import clock


@extend_schema(
    summary="Everything held about oneself",
    responses={(200, "application/zip"): OpenApiTypes.BINARY},
)
@api_view(["GET"])
@authentication_classes([TokenAuthentication, BrowserAuthentication])
@permission_classes([BySession])
def export(request: Request) -> HttpResponseBase:
    """A ZIP of JSON and CSV files with everything held about the person."""
    user, at = caller(request), clock.now()
    name = f"ccgather-{user.username}-{at:%Y-%m-%d}.zip"
    return StreamingHttpResponse(
        _streamable(export_account(user=user, at=at), request._request),  # noqa: SLF001
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


def _streamable(
    chunks: Iterator[bytes], request: HttpRequest
) -> Iterator[bytes] | AsyncIterator[bytes]:
    """The chunks in the kind of iterator that the server can send one by one.

    Django collects an ordinary iterator whole before an asynchronous server sends it.
    """
    return _awaited(chunks) if isinstance(request, ASGIRequest) else chunks


async def _awaited(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    def following() -> bytes | None:
        return next(chunks, None)

    while (chunk := await sync_to_async(following)()) is not None:
        yield chunk
