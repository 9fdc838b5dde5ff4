"""The two calls of a program that wants to be let in."""

import math
from collections.abc import Mapping

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import (
    api_view,
    authentication_classes,
    permission_classes,
    throttle_classes,
)
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import (
    DeviceCodesBody,
    DeviceRequestBody,
    PollBody,
    PollRequestBody,
    token_user_body,
)
from accounts.rules.device_codes import LIFETIME, POLL_INTERVAL
from accounts.services import Poll, poll_device_login, start_device_login
from ccgather.errors import InvalidInputError
from ccgather.ops import clock
from ccgather.ops.limits import MINUTE, count_address, require
from ccgather.ops.runtime import runtime

INTERVAL_SECONDS = math.ceil(POLL_INTERVAL.total_seconds())


@extend_schema(
    summary="Begin a device login", request=DeviceRequestBody, responses=DeviceCodesBody, auth=[]
)
@api_view(["POST"])
@authentication_classes([])
@permission_classes([AllowAny])
def device(request: Request) -> Response:
    """Begin a device login: codes for the program and for its person."""
    name = _body_of(request).get("deviceName")
    if name is not None and not isinstance(name, str):
        raise InvalidInputError("deviceName must be text.", details=["deviceName: must be text"])
    plain = request._request  # noqa: SLF001 - DRF's documented way to Django's request
    limit = runtime.device_codes_per_minute
    require(count_address(plain, group="device-codes", limit=limit, seconds=MINUTE))
    started = start_device_login(
        device_name=name or "",
        address=request.META.get("REMOTE_ADDR"),
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
        at=clock.now(),
    )
    page = request.build_absolute_uri("/device")
    return _unstored(
        Response(
            {
                "deviceCode": started.device_code,
                "userCode": started.user_code,
                "verificationUrl": page,
                "verificationUrlComplete": f"{page}?code={started.user_code}",
                "expiresIn": int(LIFETIME.total_seconds()),
                "interval": INTERVAL_SECONDS,
            }
        )
    )


@extend_schema(
    summary="Has the person answered?",
    request=PollRequestBody,
    responses={200: PollBody, 429: PollBody},
    auth=[],
)
@api_view(["POST"])
@authentication_classes([])
@permission_classes([AllowAny])
@throttle_classes([])
def device_poll(request: Request) -> Response:
    """Ask whether the person has answered; the token comes once."""
    code = _body_of(request).get("deviceCode")
    if not isinstance(code, str):
        raise InvalidInputError("deviceCode is missing.", details=["deviceCode: must be text"])
    poll = poll_device_login(device_code=code, at=clock.now())
    return _unstored(_polled(request, poll))


def _polled(request: Request, poll: Poll) -> Response:
    if poll.too_soon:
        return Response(
            {
                "success": False,
                "error": "rate_limited",
                "message": f"Ask again after {INTERVAL_SECONDS} seconds, not sooner.",
                "details": [],
                "status": poll.status,
            },
            status=429,
            headers={
                "Retry-After": str(INTERVAL_SECONDS),
                "RateLimit-Limit": "1",
                "RateLimit-Remaining": "0",
                "RateLimit-Reset": str(INTERVAL_SECONDS),
            },
        )
    if poll.user is None:
        return Response({"status": poll.status})
    origin = request.build_absolute_uri("/").removesuffix("/")
    return Response(
        {
            "status": poll.status,
            "token": poll.token,
            "user": token_user_body(user=poll.user, origin=origin),
        }
    )


def _body_of(request: Request) -> Mapping[str, object]:
    if not isinstance(request.data, Mapping):
        raise InvalidInputError("The body must be a JSON object.")
    return request.data


def _unstored(response: Response) -> Response:
    response["Cache-Control"] = "private, no-store"
    return response
