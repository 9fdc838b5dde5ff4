"""What the site says of itself: configuration for clients, totals, schemas."""

from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from ccgather.errors import NotFoundError
from ccgather.ops import clock
from ccgather.ops.caching import cached_bytes, conditional_response, json_bytes
from ccgather.ops.runtime import runtime
from leaderboard.api.answers import moment, usd
from leaderboard.selectors import board_page
from leaderboard.selectors.freshness import boards_version
from leaderboard.shapes import BoardQuery
from submissions.bodies import MAX_DECODED_BYTES
from submissions.rules.evidence import EVIDENCE_VERSION, SKETCH_SIZE
from submissions.rules.validation import MAX_CLIENTS, MAX_DAYS, MAX_MODELS, MAX_ROWS
from submissions.services.salting import present_salt

JSON = "application/json"
CLI_VERSION = "0.2.0"
"""The command-line program of this release."""
OLDEST_CLI_VERSION = "0.1.0"
"""The oldest one whose reports are right; it goes up only when an older one counts wrong."""

SCHEMAS = {"report-1.json": "report-1.schema.json"}
STATS_SECONDS = 300


@extend_schema(summary="What a client must know", responses=OpenApiTypes.OBJECT)
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def config(request: Request) -> HttpResponse:
    """Versions, limits, and the public salt that message ids are hashed with for this site."""
    salt = present_salt(at=clock.now())
    body = {
        "siteName": settings.SITE_NAME,
        "minCliVersion": OLDEST_CLI_VERSION,
        "latestCliVersion": CLI_VERSION,
        "limits": {
            "bodyBytes": MAX_DECODED_BYTES,
            "rows": MAX_ROWS,
            "days": MAX_DAYS,
            "clients": MAX_CLIENTS,
            "models": MAX_MODELS,
            "changingReportsPerHour": runtime.changing_reports_per_hour_token,
            "changingReportsPerHourAccount": runtime.changing_reports_per_hour_account,
        },
        "evidence": {
            "version": EVIDENCE_VERSION,
            "salt": salt.salt.hex(),
            "saltId": salt.id,
            "k": SKETCH_SIZE,
        },
        "features": {"news": False, "badges": True, "evidence": True},
    }
    return conditional_response(request, body=json_bytes(body), content_type=JSON)


@extend_schema(summary="The site's totals", responses=OpenApiTypes.OBJECT)
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def stats(request: Request) -> HttpResponse:
    """Open data, with the line to cite it by."""
    at = clock.now()

    def build() -> bytes:
        page = board_page(query=BoardQuery(limit=1), viewer=None, at=at)
        return json_bytes(
            {
                "totalUsers": page.stats.people,
                "totalTokens": page.stats.tokens,
                "totalCost": usd(page.stats.cost_microusd),
                "updatedAt": moment(at),
                "licence": "CC BY 4.0",
                "citation": f"{settings.SITE_NAME}, {settings.PUBLIC_URL}, {at:%Y-%m-%d}",
            }
        )

    body = cached_bytes(key=("stats", boards_version()), seconds=STATS_SECONDS, build=build)
    return conditional_response(request, body=body, content_type=JSON)


@extend_schema(summary="A JSON Schema of this API", responses=OpenApiTypes.OBJECT)
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def json_schema(request: Request, name: str) -> HttpResponse:
    """`report-1.json`: the native report."""
    if name not in SCHEMAS:
        raise NotFoundError("There is no such schema.")
    body = (Path(settings.BASE_DIR) / "contract" / SCHEMAS[name]).read_bytes()
    return conditional_response(request, body=body, content_type="application/schema+json")
