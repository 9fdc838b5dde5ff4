"""`/api/me/rank-story`: why one's rank moved."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.request import Request

from accounts.api.authentication import BrowserAuthentication, TokenAuthentication
from accounts.api.permissions import BySession, caller
from ccgather.ops import clock
from ccgather.ops.caching import conditional_response, json_bytes
from leaderboard.api.answers import Json, public_url
from leaderboard.rules.history import day_asked_for
from leaderboard.rules.rank_story import Line, RankStory
from leaderboard.selectors.rank_story import rank_story

NO_SNAPSHOT = "There is no snapshot yet: the first is taken at 00:00 UTC."


@extend_schema(
    summary="Why one's rank moved",
    parameters=[
        OpenApiParameter("since", str, description="the day at whose end the comparison begins")
    ],
    responses=OpenApiTypes.OBJECT,
    auth=[{"browserSession": []}],  # type: ignore[list-item]  # what OpenAPI takes
)
@api_view(["GET"])
@authentication_classes([TokenAuthentication, BrowserAuthentication])
@permission_classes([BySession])
def my_rank_story(request: Request) -> HttpResponse:
    """Counted causes that add up to the change of the all-time rank by tokens."""
    since = day_asked_for(request.query_params.get("since"))
    story = rank_story(user=caller(request), since=since, at=clock.now())
    return conditional_response(
        request,
        body=json_bytes(_answer(story)),
        content_type="application/json",
        personal=True,
    )


def _answer(story: RankStory | None) -> Json:
    if story is None:
        nothing = {"since": None, "then": None, "now": None, "change": None}
        return {**nothing, "sentence": NO_SNAPSHOT, "causes": [], "own": []}
    return {
        "since": story.since.isoformat(),
        "then": {"rank": story.rank_then, "tokens": story.tokens_then},
        "now": {"rank": story.rank_now, "tokens": story.tokens_now},
        "change": story.change,
        "sentence": story.sentence,
        "causes": [_cause(line) for line in story.lines],
        "own": [{"cause": str(own.cause), "tokens": own.tokens} for own in story.own],
    }


def _cause(line: Line) -> Json:
    return {
        "kind": str(line.kind),
        "cause": str(line.cause),
        "yours": line.is_yours,
        "people": line.people,
        "places": line.places,
        "sentence": line.sentence,
        "named": [
            {
                "username": passer.username,
                "displayName": passer.display_name,
                "avatarUrl": public_url(passer.avatar_url),
                "countryCode": passer.country_code or None,
            }
            for passer in line.named
        ],
    }
