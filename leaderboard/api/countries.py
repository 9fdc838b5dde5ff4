"""`/api/countries` and `/api/countries/{code}`."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from ccgather.ops import clock
from ccgather.ops.caching import cached_bytes, conditional_response, json_bytes
from leaderboard.api.answers import countries_answer, country_answer
from leaderboard.api.queries import country_order_of
from leaderboard.rules.boards import Metric
from leaderboard.selectors import countries as selector
from leaderboard.selectors.board import board_page
from leaderboard.selectors.countries import CountryOrder
from leaderboard.selectors.freshness import boards_version
from leaderboard.shapes import BoardQuery

COUNTRIES_SECONDS = 300
TOP = 10
PARAMETERS = [
    OpenApiParameter(
        "period", str, description="today, 7d, 30d, week, month, all, 2026-W47, 2026-11"
    ),
    OpenApiParameter("sort", str, enum=[str(order) for order in CountryOrder]),
]
METRIC = {
    CountryOrder.TOKENS: Metric.TOKENS,
    CountryOrder.COST: Metric.COST,
    CountryOrder.PEOPLE: Metric.TOKENS,
}
"""By what a country's own people are ordered, when countries are ordered so."""


@extend_schema(
    operation_id="countries_list",
    summary="Every country",
    parameters=PARAMETERS,
    responses=OpenApiTypes.OBJECT,
)
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def countries(request: Request) -> HttpResponse:
    """Ranked by what their people burned."""
    order = country_order_of(request.query_params.dict())
    period = request.query_params.get("period") or "all"
    at = clock.now()
    body = cached_bytes(
        key=("countries", period, order, boards_version()),
        seconds=COUNTRIES_SECONDS,
        build=lambda: json_bytes(
            countries_answer(selector.countries(period=period, order=order, at=at))
        ),
    )
    return conditional_response(request, body=body, content_type="application/json")


@extend_schema(
    summary="One country and its first people",
    parameters=PARAMETERS,
    responses=OpenApiTypes.OBJECT,
)
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def country(request: Request, code: str) -> HttpResponse:
    """A country that nobody stands for has no rank; a code that names none is 404."""
    order = country_order_of(request.query_params.dict())
    period = request.query_params.get("period") or "all"
    code = selector.country_code_of(text=code)
    at = clock.now()

    def build() -> bytes:
        board = selector.countries(period=period, order=order, at=at)
        query = BoardQuery(period=period, metric=METRIC[order], country=code, limit=TOP)
        top = board_page(query=query, viewer=None, at=at)
        return json_bytes(country_answer(board, row=board.of(code), top=top))

    body = cached_bytes(
        key=("country", code, period, order, boards_version()),
        seconds=COUNTRIES_SECONDS,
        build=build,
    )
    return conditional_response(request, body=body, content_type="application/json")
