"""`/api/me` and what hangs on it."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse, JsonResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.request import Request

from accounts import rights
from accounts.api.authentication import BrowserAuthentication, TokenAuthentication
from accounts.api.permissions import BySession, ByTokenOrSession, caller
from accounts.selectors import devices, me_settings, session_user, tokens
from accounts.services.settings import change_settings
from accounts.sessions import require_recent_sign_in
from ccgather.errors import InvalidInputError
from ccgather.ops import clock
from ccgather.ops.limits import HOUR, count_person, require
from ccgather.ops.runtime import runtime
from leaderboard.api.answers import (
    held_badge_answer,
    level_answer,
    moment,
    public_url,
    usd,
)
from leaderboard.rules.levels import level_of
from leaderboard.selectors.board import next_above, ranks_of
from leaderboard.selectors.held_badges import displayed_of, held_badges
from submissions.selectors import usage_account, usage_days
from submissions.selectors.held import held_day_count

SCHEMA_VERSION = 1


@extend_schema(
    summary="One's own account",
    request=OpenApiTypes.OBJECT,
    responses=OpenApiTypes.OBJECT,
    auth=[{"browserSession": []}],  # type: ignore[list-item]  # what OpenAPI takes
)
@api_view(["GET", "PATCH", "DELETE"])
@authentication_classes([TokenAuthentication, BrowserAuthentication])
@permission_classes([BySession])
def me(request: Request) -> HttpResponse:
    """GET shows it, PATCH changes settings, DELETE forgets the person."""
    at = clock.now()
    if request.method == "DELETE":
        plain = request._request  # noqa: SLF001 - DRF's documented way to Django's request
        require_recent_sign_in(request=plain, at=at)
        rights.delete_account(user_id=caller(request).pk, at=at)
        logout(plain)
        return _private({"success": True, "deleted": True})
    user = caller(request)
    if request.method == "PATCH":
        if not isinstance(request.data, dict):
            raise InvalidInputError("Send an object of settings.", details=("body: not an object",))
        require(
            count_person(
                request._request,  # noqa: SLF001 - DRF's documented way to Django's request
                group="profile-changes",
                person=user.pk,
                limit=runtime.profile_changes_per_hour,
                seconds=HOUR,
            )
        )
        user = change_settings(user_id=user.pk, wanted=request.data, at=at)
    account = usage_account(user=user)
    ranks = ranks_of(user=user, at=at)
    badges = held_badges(user=user, is_own=True)
    who = session_user(user=user)
    return _private(
        {
            "user": {
                "id": str(who.id),
                "username": who.username,
                "displayName": who.display_name,
                "avatarUrl": public_url(who.avatar_url),
                "isAdmin": who.is_admin,
            },
            "settings": me_settings(user=user).as_body(),
            "rank": {"global": ranks.world, "country": ranks.country},
            "level": level_answer(level_of(tokens=account.total_tokens if account else 0)),
            "badges": [held_badge_answer(badge) for badge in badges],
            "displayedBadges": [badge.badge.id for badge in displayed_of(badges=badges)],
            "devices": [
                {
                    "id": str(device.id),
                    "displayName": device.name,
                    "createdAt": moment(device.created_at),
                    "lastSubmittedAt": moment(device.last_report_at),
                }
                for device in devices(user=user)
            ],
            "tokens": [
                {
                    "id": str(token.id),
                    "name": token.name,
                    "hint": token.hint,
                    "device": token.device_name,
                    "createdAt": moment(token.created_at),
                    "lastUsedAt": moment(token.last_used_at),
                    "expiresAt": moment(token.expires_at),
                }
                for token in tokens(user=user, at=at)
            ],
        }
    )


@extend_schema(summary="One's own days, devices and rank", responses=OpenApiTypes.OBJECT)
@api_view(["GET"])
@authentication_classes([TokenAuthentication, BrowserAuthentication])
@permission_classes([ByTokenOrSession])
def me_stats(request: Request) -> HttpResponse:
    """What a command-line program shows of the account."""
    user = caller(request)
    at = clock.now()
    account = usage_account(user=user)
    ranks = ranks_of(user=user, at=at)
    above = next_above(user=user, at=at) if ranks.world is not None else None
    own_devices = devices(user=user)
    return _private(
        {
            "schemaVersion": SCHEMA_VERSION,
            "totalTokens": account.total_tokens if account else 0,
            "totalCost": usd(account.cost_microusd if account else 0),
            "deviceCount": len(own_devices),
            "lastSubmittedAt": moment(account.last_submission_at) if account else None,
            "days": [
                {
                    "date": day.day.isoformat(),
                    "tokens": day.total_tokens,
                    "inputTokens": day.input_tokens,
                    "outputTokens": day.output_tokens,
                    "cost": usd(day.cost_microusd),
                }
                for day in usage_days(user=user)
            ],
            "devices": [
                {
                    "id": str(device.id),
                    "displayName": device.name,
                    "lastSubmittedAt": moment(device.last_report_at),
                }
                for device in own_devices
            ],
            "rank": {
                "global": ranks.world,
                "globalChange": ranks.world_change,
                "country": ranks.country,
                "countryChange": ranks.country_change,
                "next": {"username": above[0], "tokensAhead": above[1]} if above else None,
            },
            "level": level_answer(level_of(tokens=account.total_tokens if account else 0)),
            "heldDays": held_day_count(user=user),
            "username": user.username,
            "profileUrl": f"{settings.PUBLIC_URL}/u/{user.username}",
            "autoSyncEnabled": user.auto_sync_enabled,
        }
    )


def _private(body: dict[str, object]) -> JsonResponse:
    return JsonResponse(
        body,
        headers={"Cache-Control": "private, no-store"},
        json_dumps_params={"ensure_ascii": False},
    )
