"""Review under /api/admin/: what waits, and deciding about it. For the staff, in their browser."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.request import Request

from accounts.api.authentication import BrowserAuthentication, TokenAuthentication
from accounts.api.permissions import ByStaff, caller
from accounts.avatars import avatar_of
from ccgather.ops import clock
from submissions.api.answers import moment, pagination, whole
from submissions.rules.reasons import REASONS, TEXT_CHARACTERS
from submissions.selectors.review import PAGE_SIZE, FlaggedSubmission, flagged_page
from submissions.services.review import Decided, decide_submission

MAX_LIMIT = 100
MAX_DAYS = 1_100


class ReviewBody(serializers.Serializer[Any]):
    """Body of `POST /api/admin/review`."""

    submissionId = serializers.UUIDField()  # noqa: N815 - the contract's name
    action = serializers.ChoiceField(choices=("approve", "reject"))
    days = serializers.ListField(
        child=serializers.DateField(),
        required=False,
        allow_empty=False,
        max_length=MAX_DAYS,
        help_text="Only what waits on these days; without it, all that waits.",
    )
    reason = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=TEXT_CHARACTERS
    )
    reasonCode = serializers.ChoiceField(  # noqa: N815 - in the manner of the contract
        choices=tuple(REASONS), required=False, allow_blank=True, default=""
    )
    version = serializers.IntegerField(
        required=False, min_value=1, help_text="The version of the case that you saw."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A rejection says why."""
        if attrs["action"] == "reject" and not attrs["reason"].strip():
            raise serializers.ValidationError({"reason": "say why, to reject"})
        return attrs


@extend_schema(
    summary="Submissions of which something waits for review",
    parameters=[OpenApiParameter("page", int), OpenApiParameter("limit", int)],
    responses=OpenApiTypes.OBJECT,
)
@api_view(["GET"])
@authentication_classes([TokenAuthentication, BrowserAuthentication])
@permission_classes([ByStaff])
def flagged(request: Request) -> HttpResponse:
    """The heaviest first."""
    found = flagged_page(
        page=whole(request, "page", 1, 1_000_000),
        limit=whole(request, "limit", PAGE_SIZE, MAX_LIMIT),
    )
    return _private(
        {
            "submissions": [_flagged_answer(item) for item in found.submissions],
            "pagination": pagination(found),
        }
    )


@extend_schema(
    summary="Approve or reject what waits of a submission",
    request=ReviewBody,
    responses=OpenApiTypes.OBJECT,
)
@api_view(["POST"])
@authentication_classes([TokenAuthentication, BrowserAuthentication])
@permission_classes([ByStaff])
def review(request: Request) -> HttpResponse:
    """409 `case_changed` when `version` is not the present one, 403 `own_case` about oneself."""
    body = ReviewBody(data=request.data)
    body.is_valid(raise_exception=True)
    asked = body.validated_data
    submission_id: UUID = asked["submissionId"]
    days: list[date] | None = asked.get("days")
    done = decide_submission(
        submission_id=submission_id,
        actor=caller(request),
        action=asked["action"],
        days=days,
        reason_code=asked["reasonCode"],
        reason=asked["reason"],
        version=asked.get("version"),
        at=clock.now(),
    )
    return _private(_decided_answer(done))


def _flagged_answer(item: FlaggedSubmission) -> dict[str, object]:
    return {
        "id": str(item.id),
        "user": {"username": item.user.username, "avatarUrl": avatar_of(item.user)},
        "totalTokens": item.total_tokens,
        "flaggedReason": item.flagged_reason,
        "signals": [
            {
                "code": signal.code,
                "sentence": signal.sentence,
                "weight": signal.weight,
                "slices": signal.slices,
            }
            for signal in item.signals
        ],
        "weight": item.weight,
        "slices": item.slices,
        "days": {"start": item.first_day.isoformat(), "end": item.last_day.isoformat()},
        "caseId": str(item.case_id) if item.case_id else None,
        "version": item.version,
        "createdAt": moment(item.submitted_at),
    }


def _decided_answer(done: Decided) -> dict[str, object]:
    return {
        "success": True,
        "decisionId": done.decision.pk,
        "caseId": str(done.case.pk),
        "caseState": done.case.state,
        "version": done.case.version,
        "tokensBefore": done.tokens_before,
        "tokensAfter": done.tokens_after,
        "slices": [
            {
                "day": item.day.isoformat(),
                "client": item.client,
                "tokens": item.tokens,
                "before": item.before,
                "after": item.after,
            }
            for item in done.slices
        ],
    }


def _private(body: dict[str, object]) -> JsonResponse:
    return JsonResponse(body, headers={"Cache-Control": "private, no-store"})
