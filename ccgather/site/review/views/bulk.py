"""The same decision on several cases: what it would change, and then done."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.models import User
from ccgather.errors import DomainError
from ccgather.ops import clock
from ccgather.site.review.acting import BULK_ACTS, reason_choices, typed_in
from ccgather.site.review.pages import Context, render_admin, staff_of
from ccgather.site.review.selectors.places import NOWHERE, Move, moves
from ccgather.site.review.selectors.queue import ALL_TIME, PAGE_SIZE
from ccgather.site.review.views.case import QUEUE
from submissions.rules.reasons import NEEDS_TEXT
from submissions.services.bulk_review import CaseChoice, CasePreview, decide_many, preview
from submissions.services.staff import Power, require


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRow:
    """A case of the preview, and what the decision would do to its person's all-time rank."""

    preview: CasePreview
    version: int
    move: Move


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest, *, context: Context) -> HttpResponse:
    """A POST of the queue shows the preview; one of the preview decides."""
    at = clock.now()
    viewer = staff_of(request)
    require(actor=viewer, power=Power.DECIDE)
    choices = _choices(request)
    act = next((each for each in BULK_ACTS if each.value == request.POST.get("action")), None)
    if not choices or act is None:
        messages.warning(request, "Choose at least one case first")
        return redirect(QUEUE)
    typed = typed_in(request)
    refusal: DomainError | None = None
    if "confirm" in request.POST:
        try:
            return _done(request, choices, act.value, viewer=viewer, at=at)
        except DomainError as error:
            refusal = error
    rows = _rows(choices, act.value, viewer=viewer)
    return render_admin(
        request,
        "admin/review/bulk.html",
        context
        | {
            "title": f"{act.label} what is held in several cases",
            "act": act,
            "rows": rows,
            "going": [row for row in rows if row.preview.refusal is None],
            "reasons": reason_choices(actions={act.value}),
            "typed": typed,
            "needs_text": act.value in NEEDS_TEXT,
            "refusal": refusal,
            "changes": None,
        },
        status=200 if refusal is None else refusal.status,
    )


def _rows(choices: list[CaseChoice], action: str, *, viewer: User) -> list[BulkRow]:
    previews = preview(choices=choices, actor=viewer, action=action)
    added = {
        each.user_id: each.tokens_after - each.tokens_now
        for each in previews
        if each.refusal is None and each.user_id is not None
    }
    moved = moves(window=ALL_TIME, added=added)
    versions = {choice.case_id: choice.version for choice in choices}
    return [
        BulkRow(
            preview=each,
            version=versions.get(each.case_id, 0),
            move=NOWHERE if each.user_id is None else moved.get(each.user_id, NOWHERE),
        )
        for each in previews
    ]


def _done(
    request: HttpRequest, choices: list[CaseChoice], action: str, *, viewer: User, at: datetime
) -> HttpResponse:
    typed = typed_in(request)
    outcomes = decide_many(
        choices=choices,
        actor=viewer,
        action=action,
        reason_code=typed.reason_code,
        reason=typed.reason,
        at=at,
    )
    done = [outcome for outcome in outcomes if outcome.decided is not None]
    if done:
        messages.success(request, f"{len(done)} case{'' if len(done) == 1 else 's'} decided")
    for outcome in outcomes:
        if outcome.refusal is not None:
            messages.warning(request, f"Not decided: {outcome.refusal.message}")
    return redirect(QUEUE)


def _choices(request: HttpRequest) -> list[CaseChoice]:
    """The chosen cases with the versions that were seen, at most a page of them."""
    found = []
    for each in request.POST.getlist("case")[:PAGE_SIZE]:
        case_id, _, version = each.partition(":")
        try:
            found.append(CaseChoice(case_id=UUID(case_id), version=int(version)))
        except ValueError:
            continue
    return found
