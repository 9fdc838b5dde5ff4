"""The nightly proof and the ledger of moderation as open data."""

from datetime import timedelta

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from ccgather.ops import clock
from ccgather.ops.caching import conditional_response, json_bytes
from ccgather.site.integrity.ledger_query import ledger_query_of
from ccgather.site.integrity.selectors import Proof, ProvedInvariant
from ccgather.site.integrity.selectors import integrity as proofs
from leaderboard.api.answers import moment
from submissions.selectors.ledger import (
    LedgerFigures,
    LedgerLine,
    LedgerPage,
    ledger_figures,
    ledger_page,
)

Json = dict[str, object]


@extend_schema(
    summary="Whether every number is what it was made of, and what moderation decided",
    parameters=[
        OpenApiParameter("page", int, description="the page of the ledger, from 1"),
        OpenApiParameter("limit", int, description="lines of a page, 1 to 100, 25 unless told"),
    ],
    responses=OpenApiTypes.OBJECT,
)
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def integrity(request: Request) -> HttpResponse:
    """The last nightly run, invariant by invariant, and the last 30 runs. `state` is `held`,
    `broken`, `failed` (it broke off), `overdue` or `never`. `moderation` has the figures of a year
    and one page of the ledger, newest first: people are pseudonyms, the same in each line."""
    at = clock.now()
    query = ledger_query_of(request.query_params)
    proved = proofs(at=at)
    body: Json = {
        "state": proved.state.value,
        "lastRun": _run(proved.last) if proved.last else None,
        "invariants": [_invariant(each) for each in proved.invariants],
        "runs": [_run(run) for run in proved.runs],
        "moderation": _moderation(
            ledger_figures(at=at), ledger_page(page=query.page, limit=query.limit)
        ),
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


def _moderation(figures: LedgerFigures, page: LedgerPage) -> Json:
    return {
        "since": moment(figures.since),
        "decisions": [
            {
                "action": line.action,
                "reasonCode": line.reason_code,
                "reason": line.reason_words,
                "count": line.count,
                "reversed": line.reversed,
            }
            for line in figures.by_reason
        ],
        "timeToDecision": {
            "medianSeconds": _seconds(figures.waited_median),
            "p95Seconds": _seconds(figures.waited_p95),
        },
        "verdicts": figures.verdicts,
        "verdictsReversed": figures.verdicts_reversed,
        "reversalRate": figures.reversal_rate,
        "appeals": {
            "made": figures.appeals,
            "granted": figures.appeals_granted,
            "upheld": figures.appeals_upheld,
            "open": figures.appeals_open,
        },
        "open": {
            "cases": figures.cases_open,
            "slices": figures.slices_open,
            "oldestAt": moment(figures.oldest_open_at),
        },
        "profileReports": {
            "made": figures.profile_reports,
            "standing": figures.profile_reports_standing,
        },
        "quarantines": figures.quarantines,
        "ledger": [_line(line) for line in page.lines],
        "pagination": {
            "page": page.page,
            "limit": page.limit,
            "total": page.total,
            "totalPages": page.total_pages,
            "hasMore": page.has_more,
        },
    }


def _line(line: LedgerLine) -> Json:
    return {
        "number": line.number,
        "at": moment(line.at),
        "subject": line.subject or None,
        "action": line.action,
        "role": line.role,
        "reasonCode": line.reason_code,
        "reason": line.reason_words,
        "slices": line.slices,
        "secondsToDecision": _seconds(line.waited),
        "reversed": line.is_reversed,
        "reverses": line.reverses,
    }


def _seconds(waited: timedelta | None) -> int | None:
    return None if waited is None else round(waited.total_seconds())
