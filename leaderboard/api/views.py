"""`/api/leaderboard`, `/api/user/…` and `/api/users/…`: parse, ask one selector, answer."""

from collections.abc import Callable

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from accounts.api.authentication import BrowserAuthentication
from accounts.models import User
from ccgather.errors import InvalidInputError
from ccgather.ops import clock
from ccgather.ops.caching import cached_bytes, conditional_response, json_bytes
from leaderboard import selectors
from leaderboard.api.answers import Json, board_answer, full_profile_answer, profile_answer, usd
from leaderboard.api.queries import board_query_of
from leaderboard.rules.charts import ChartRange
from leaderboard.selectors.freshness import boards_version, person_version
from leaderboard.selectors.profile import chart_points
from leaderboard.shapes import Profile

BOARD_SECONDS = 30
PROFILE_SECONDS = 60
CHART_SECONDS = 120
JSON = "application/json"


def _viewer(request: Request) -> User | None:
    return request.user if isinstance(request.user, User) else None


@extend_schema(
    summary="A page of a board",
    parameters=[
        OpenApiParameter(
            "period", str, description="today, 7d, 30d, week, month, all, 2026-W47, 2026-11"
        ),
        OpenApiParameter("sort", str, enum=["tokens", "cost", "days"]),
        OpenApiParameter("country", str, description="ISO 3166-1 alpha-2"),
        OpenApiParameter("page", int),
        OpenApiParameter("limit", int, description="1..100"),
        OpenApiParameter("around", str, description="the page that holds that person"),
    ],
    responses=OpenApiTypes.OBJECT,
)
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def leaderboard(request: Request) -> HttpResponse:
    """The same for everybody, so that it may be kept."""
    query = board_query_of(request.query_params.dict())
    at = clock.now()
    body = cached_bytes(
        key=("leaderboard", query, boards_version()),
        seconds=BOARD_SECONDS,
        build=lambda: json_bytes(
            board_answer(selectors.board_page(query=query, viewer=None, at=at))
        ),
    )
    return conditional_response(request, body=body, content_type=JSON)


@extend_schema(summary="A profile in short", responses=OpenApiTypes.OBJECT)
@api_view(["GET"])
@authentication_classes([BrowserAuthentication])
@permission_classes([AllowAny])
def user_profile(request: Request, username: str) -> HttpResponse:
    """A hidden person's is there for its owner only."""
    return _profile(request, username, "profile", profile_answer)


@extend_schema(summary="A profile with every day and the breakdowns", responses=OpenApiTypes.OBJECT)
@api_view(["GET"])
@authentication_classes([BrowserAuthentication])
@permission_classes([AllowAny])
def user_contributions(request: Request, username: str) -> HttpResponse:
    """What the command line's own graph is drawn from, for everybody's profile."""
    return _profile(request, username, "contributions", full_profile_answer)


def _profile(
    request: Request, username: str, kind: str, answer: Callable[[Profile], Json]
) -> HttpResponse:
    viewer = _viewer(request)
    at = clock.now()

    def build() -> bytes:
        return json_bytes(answer(selectors.profile(username=username, viewer=viewer, at=at)))

    if viewer is not None and viewer.username.lower() == username.lower():
        return conditional_response(request, body=build(), content_type=JSON, personal=True)
    body = cached_bytes(
        key=(kind, username.lower(), person_version(username=username), boards_version()),
        seconds=PROFILE_SECONDS,
        build=lambda: json_bytes(answer(selectors.profile(username=username, viewer=None, at=at))),
    )
    return conditional_response(request, body=body, content_type=JSON)


@extend_schema(
    summary="Usage by day",
    parameters=[OpenApiParameter("range", str, enum=[str(span) for span in ChartRange])],
    responses=OpenApiTypes.OBJECT,
)
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def user_chart(request: Request, username: str) -> HttpResponse:
    """Tokens, cost and rank of each day; days without usage are 0, a day without a rank null."""
    text = request.query_params.get("range", ChartRange.MONTH)
    if text not in set(ChartRange):
        raise InvalidInputError(
            "No such range.", details=(f"range: {text[:40]!r} is none of 30d, 90d, 1y, all",)
        )
    span = ChartRange(text)
    at = clock.now()

    def build() -> bytes:
        points = chart_points(username=username, viewer=None, span=span, at=at)
        return json_bytes(
            {
                "range": str(span),
                "points": [
                    {
                        "day": day.isoformat(),
                        "tokens": tokens,
                        "cost": usd(cost),
                        "globalRank": rank,
                    }
                    for day, tokens, cost, rank in points
                ],
            }
        )

    body = cached_bytes(
        key=("chart", username.lower(), span, at.date(), person_version(username=username)),
        seconds=CHART_SECONDS,
        build=build,
    )
    return conditional_response(request, body=body, content_type=JSON)
