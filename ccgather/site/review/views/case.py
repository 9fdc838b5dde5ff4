"""The page of one case, and what is decided on it."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.models import User
from ccgather.errors import DomainError
from ccgather.ops import clock
from ccgather.site.review.acting import ACTS, Typed, reason_choices, typed_in
from ccgather.site.review.pages import Context, render_admin, staff_of, uuid_or_404
from ccgather.site.review.selectors.case import board_moves, case_of, held
from ccgather.site.review.selectors.history import CLASSES, history
from ccgather.site.review.selectors.person import decisions_since, dossier
from ccgather.site.review.selectors.queue import queued_person
from submissions.errors import CaseChangedError
from submissions.models import ReviewCase
from submissions.services.claims import claim, release
from submissions.services.review import decide
from submissions.services.staff import Power, may

QUEUE = "admin:submissions_reviewcase_changelist"
CASE = "admin:submissions_reviewcase_change"


@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, case_id: str, *, context: Context) -> HttpResponse:
    """The case; a POST claims or decides."""
    at = clock.now()
    viewer = staff_of(request)
    key = uuid_or_404(case_id)
    if request.method != "POST":
        return _shown(request, key, viewer=viewer, at=at, context=context)
    typed = typed_in(request)
    try:
        if "claim" in request.POST:
            return _claim(request, key, viewer=viewer, at=at)
        return _decide(request, key, typed, viewer=viewer, at=at)
    except DomainError as refusal:
        return _shown(
            request, key, viewer=viewer, at=at, context=context, typed=typed, refusal=refusal
        )


def _claim(request: HttpRequest, key: UUID, *, viewer: User, at: datetime) -> HttpResponse:
    if request.POST["claim"] == "release":
        release(case_id=key, actor=viewer, at=at)
    else:
        take_over = request.POST["claim"] == "take_over"
        claim(case_id=key, actor=viewer, at=at, take_over=take_over)
    return redirect(CASE, key)


def _decide(
    request: HttpRequest, key: UUID, typed: Typed, *, viewer: User, at: datetime
) -> HttpResponse:
    decided = decide(
        case_id=key,
        actor=viewer,
        version=typed.version,
        action=typed.action,
        slices=typed.slices if typed.scope == "days" else None,
        reason_code=typed.reason_code,
        reason=typed.reason,
        at=at,
    )
    said = decided.decision.get_action_display().capitalize()
    if decided.slices:
        count = len(decided.slices)
        said += f": {count} slice{'' if count == 1 else 's'} of {decided.case.user.username}"
    messages.success(request, said)
    if decided.case.state == ReviewCase.State.OPEN:
        return redirect(CASE, key)
    return redirect(QUEUE)


def _shown(
    request: HttpRequest,
    key: UUID,
    *,
    viewer: User,
    at: datetime,
    context: Context,
    typed: Typed | None = None,
    refusal: DomainError | None = None,
) -> HttpResponse:
    found = case_of(case_id=key)
    if found is None:
        raise Http404
    holding = held(user=found.user)
    known = dossier(user=found.user)
    is_own = found.user_id == viewer.pk
    is_claimed = found.claimed_until is not None and found.claimed_until > at
    changes = None
    if typed is not None and isinstance(refusal, CaseChangedError):
        changes = decisions_since(user=found.user, seen=typed.seen)
    is_closed = found.state == ReviewCase.State.CLOSED
    may_decide = may(actor=viewer, power=Power.DECIDE) and not is_own
    return render_admin(
        request,
        "admin/review/case.html",
        context
        | {
            "title": found.user.shown_name,
            "case": found,
            "person": queued_person(user=found.user),
            "account": getattr(found.user, "usage_account", None),
            "held": holding,
            "moves": board_moves(user=found.user, slices=holding.slices, at=at),
            "history": history(user=found.user, slices=holding.slices),
            "classes": CLASSES,
            "dossier": known,
            "seen": max((line.pk for line in known.decisions), default=0),
            "is_own": is_own,
            "is_overdue": not is_closed and found.due_at < at,
            "claimed_by": found.claimed_by if is_claimed else None,
            "is_claimed_by_viewer": is_claimed and found.claimed_by_id == viewer.pk,
            "may_decide": may_decide and not is_closed,
            "may_change_standing": may(actor=viewer, power=Power.EXCLUDE) and not is_own,
            "acts": ACTS,
            "reasons": reason_choices(actions={act.value for act in ACTS}),
            "typed": typed or Typed(),
            "refusal": refusal,
            "changes": changes,
            "at_now": at,
        },
        status=200 if refusal is None else refusal.status,
    )
