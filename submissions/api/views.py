"""A person's own submissions under /api/."""

from django.http import HttpResponse, JsonResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.request import Request

from accounts.api.authentication import BrowserAuthentication, TokenAuthentication
from accounts.api.permissions import ByTokenOrSession, caller
from ccgather.ops import clock
from submissions.api.answers import moment, pagination, whole
from submissions.selectors import SubmissionLine, submission_page
from submissions.services.deletion import delete_submitted_data

MAX_LIMIT = 100


@extend_schema(
    summary="One's own submissions, newest first",
    parameters=[OpenApiParameter("page", int), OpenApiParameter("limit", int)],
    responses=OpenApiTypes.OBJECT,
)
@api_view(["GET"])
@authentication_classes([TokenAuthentication, BrowserAuthentication])
@permission_classes([ByTokenOrSession])
def my_submissions(request: Request) -> HttpResponse:
    """What was sent, what came of it, what is held and why."""
    page = whole(request, "page", 1, 1_000_000)
    limit = whole(request, "limit", 20, MAX_LIMIT)
    found = submission_page(user=caller(request), page=page, limit=limit)
    return _private(
        {
            "data": [_line_answer(line) for line in found.lines],
            "pagination": pagination(found),
        }
    )


@extend_schema(summary="Delete everything submitted", responses=OpenApiTypes.OBJECT)
@api_view(["DELETE"])
@authentication_classes([TokenAuthentication, BrowserAuthentication])
@permission_classes([ByTokenOrSession])
def submitted_data(request: Request) -> HttpResponse:
    """The account, its devices and its tokens stay."""
    deleted = delete_submitted_data(user_id=caller(request).pk, at=clock.now())
    return _private({"deleted": True, "deletedSubmissions": deleted})


def _line_answer(line: SubmissionLine) -> dict[str, object]:
    return {
        "id": str(line.id),
        "submittedAt": moment(line.submitted_at),
        "source": line.source,
        "collector": line.collector,
        "collectorVersion": line.collector_version,
        "device": line.device_name,
        "status": line.status,
        "mode": line.mode,
        "tokensBefore": line.tokens_before,
        "tokensAfter": line.tokens_after,
        "held": line.held,
        "warnings": line.warnings,
    }


def _private(body: dict[str, object]) -> JsonResponse:
    return JsonResponse(body, headers={"Cache-Control": "private, no-store"})
