"""The nightly proof as open data."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from ccgather.ops import clock
from ccgather.ops.caching import conditional_response, json_bytes
from ccgather.site.integrity.selectors import Proof, ProvedInvariant
from ccgather.site.integrity.selectors import integrity as proofs
from leaderboard.api.answers import moment

Json = dict[str, object]


@extend_schema(summary="Whether every number is what it was made of", responses=OpenApiTypes.OBJECT)
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def integrity(request: Request) -> HttpResponse:
    """The last nightly run, invariant by invariant, and the last 30 runs. `state` is `held`,
    `broken`, `failed` (it broke off), `overdue` or `never`."""
    proved = proofs(at=clock.now())
    body: Json = {
        "state": proved.state.value,
        "lastRun": _run(proved.last) if proved.last else None,
        "invariants": [_invariant(each) for each in proved.invariants],
        "runs": [_run(run) for run in proved.runs],
    }
    return conditional_response(request, body=json_bytes(body), content_type="application/json")


def _run(proof: Proof) -> Json:
    return {
        "at": moment(proof.at),
        "seconds": round(proof.seconds, 3),
        "outcome": proof.outcome.value,
        "checked": proof.checked,
        "wrong": proof.wrong,
    }


def _invariant(proved: ProvedInvariant) -> Json:
    known, figure = proved.invariant, proved.figure
    return {
        "name": known.name,
        "sentence": known.sentence,
        "unit": known.unit,
        "isSample": known.is_sample,
        "applies": figure.applies if figure else None,
        "checked": figure.checked if figure else None,
        "wrong": figure.wrong if figure else None,
    }
