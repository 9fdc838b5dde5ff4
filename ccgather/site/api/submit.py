"""`POST /api/submit`."""

from collections.abc import Mapping
from typing import IO, Any, cast

from django.http import HttpResponse, JsonResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import (
    api_view,
    authentication_classes,
    parser_classes,
    permission_classes,
)
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from accounts.api.authentication import TokenAuthentication
from accounts.api.permissions import ByToken, caller, calling_token
from ccgather.errors import InvalidInputError
from ccgather.ops import clock
from ccgather.site.submitting import Sender, submit
from submissions.bodies import MAX_DECODED_BYTES, read_body
from submissions.errors import BodyTooLargeError
from submissions.rules.merge import Mode

_MEDIA_TYPES = frozenset({"", "application/json", "text/json"})


class UnreadBody(BaseParser):
    """Leaves the body where it is: the endpoint reads it once, with its own limits."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Mapping[str, Any]:
        """Nothing is parsed here."""
        return {}


@extend_schema(
    summary="Submit a report",
    description=(
        "One of five bodies, told apart by shape: `ccgather-report/1` "
        "(`/api/schemas/report-1.json`), a tokscale submission, a Token Tracker document, a "
        "single day, or `ccusage daily --json`. gzip and zstd bodies are read; 16 MB decoded."
    ),
    parameters=[
        OpenApiParameter("mode", str, enum=["merge", "replace"]),
        OpenApiParameter("dryRun", str, enum=["0", "1"]),
        OpenApiParameter("client", str, description="the tool, for bodies that do not name it"),
    ],
    request=OpenApiTypes.OBJECT,
    responses=OpenApiTypes.OBJECT,
)
@api_view(["POST"])
@authentication_classes([TokenAuthentication])
@permission_classes([ByToken])
@parser_classes([UnreadBody])
def submit_report(request: Request) -> HttpResponse:
    """What became of the report, and where its sender stands now."""
    mode, dry_run, client = _options(request)
    media_type = request.content_type.partition(";")[0].strip().lower()
    if media_type not in _MEDIA_TYPES:
        raise UnsupportedMediaType(media_type)
    plain = request._request  # noqa: SLF001 - DRF's documented way to Django's request
    if int(plain.META.get("CONTENT_LENGTH") or 0) > MAX_DECODED_BYTES:
        raise BodyTooLargeError(f"A report may have {MAX_DECODED_BYTES:,} bytes.")
    body = read_body(stream=plain, content_encoding=request.headers.get("Content-Encoding", ""))
    answer = submit(
        sender=Sender(user=caller(request), token=calling_token(request)),
        body=body,
        at=clock.now(),
        mode=mode,
        dry_run=dry_run,
        client=client,
    )
    return JsonResponse(
        answer,
        headers={"Cache-Control": "private, no-store"},
        json_dumps_params={"ensure_ascii": False},
    )


def _options(request: Request) -> tuple[Mode, bool, str | None]:
    parameters = request.query_params
    faults = []
    mode = parameters.get("mode", "merge")
    if mode not in ("merge", "replace"):
        faults.append(f"mode: {mode[:40]!r} is none of merge, replace")
    dry_run = parameters.get("dryRun", "0")
    if dry_run not in ("0", "1", "true", "false", ""):
        faults.append(f"dryRun: {dry_run[:40]!r} is none of 0, 1")
    if faults:
        raise InvalidInputError("This report cannot be taken as asked.", details=faults)
    return cast("Mode", mode), dry_run in ("1", "true"), parameters.get("client")
