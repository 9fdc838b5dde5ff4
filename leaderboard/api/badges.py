"""`/api/badges` and `/api/me/badges/display`."""

from django.http import HttpResponse, JsonResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from accounts.api.authentication import BrowserAuthentication, TokenAuthentication
from accounts.api.permissions import BySession, caller
from ccgather.errors import InvalidInputError
from ccgather.ops.caching import cached_bytes, conditional_response, json_bytes
from ccgather.ops.limits import HOUR, count_person, require
from ccgather.ops.runtime import runtime
from leaderboard.api.answers import catalogue_answer
from leaderboard.selectors.badges import badge_catalogue
from leaderboard.services.badges import display_badges

BADGES_SECONDS = 60
CHANGES = "profile-changes"
"""What a person may change in an hour counts together: profile and badges."""


@extend_schema(summary="Every badge and how many hold it", responses=OpenApiTypes.OBJECT)
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def badges(request: Request) -> HttpResponse:
    """The same for everybody, so that it may be kept."""
    body = cached_bytes(
        key=("badges",),
        seconds=BADGES_SECONDS,
        build=lambda: json_bytes(catalogue_answer(badge_catalogue())),
    )
    return conditional_response(request, body=body, content_type="application/json")


@extend_schema(
    summary="Which badges stand beside one's name",
    request=OpenApiTypes.OBJECT,
    responses=OpenApiTypes.OBJECT,
    auth=[{"browserSession": []}],  # type: ignore[list-item]  # what OpenAPI takes
)
@api_view(["POST"])
@authentication_classes([TokenAuthentication, BrowserAuthentication])
@permission_classes([BySession])
def badge_display(request: Request) -> HttpResponse:
    """Takes `{"badges": [id, …]}`, at most five that are earned, in the order of showing."""
    user = caller(request)
    require(
        count_person(
            request._request,  # noqa: SLF001 - DRF's documented way to Django's request
            group=CHANGES,
            person=user.pk,
            limit=runtime.profile_changes_per_hour,
            seconds=HOUR,
        )
    )
    shown = display_badges(user_id=user.pk, wanted=_wanted(request.data))
    return JsonResponse(
        {"success": True, "displayedBadges": list(shown)},
        headers={"Cache-Control": "private, no-store"},
    )


def _wanted(body: object) -> list[str]:
    wanted = body.get("badges") if isinstance(body, dict) else None
    if not isinstance(wanted, list) or not all(isinstance(badge, str) for badge in wanted):
        raise InvalidInputError(
            "These badges cannot be shown.", details=("badges: must be an array of badge ids",)
        )
    return wanted
