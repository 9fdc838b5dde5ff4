"""The queue of appeals, and the answer to one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from ccgather.errors import DomainError
from ccgather.ops import clock
from ccgather.site.review.pages import (
    Context,
    page_number,
    render_admin,
    staff_of,
    uuid_or_404,
)
from ccgather.site.review.selectors.appeals import appeal_of, appeal_page
from ccgather.site.review.selectors.queue import queued_person
from submissions.models import Appeal
from submissions.services.appeals import answer_appeal, may_answer
from submissions.services.staff import Power, may

APPEALS = "admin:submissions_appeal_changelist"


@require_safe
def appeals(request: HttpRequest, *, context: Context) -> HttpResponse:
    """One page of appeals."""
    at = clock.now()
    is_open = request.GET.get("shown") != "answered"
    page = appeal_page(is_open=is_open, page=page_number(request), viewer=staff_of(request), at=at)
    return render_admin(
        request,
        "admin/review/appeals.html",
        context
        | {
            "title": "Appeals",
            "page": page,
            "is_open": is_open,
            "parameters": "shown=open" if is_open else "shown=answered",
            "at_now": at,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, appeal_id: str, *, context: Context) -> HttpResponse:
    """One appeal; a POST answers it."""
    at = clock.now()
    viewer = staff_of(request)
    key = uuid_or_404(appeal_id)
    refusal: DomainError | None = None
    answer, verdict = request.POST.get("answer", "").strip(), request.POST.get("verdict", "")
    if request.method == "POST" and verdict in {"grant", "uphold"}:
        try:
            answered = answer_appeal(
                appeal_id=key, actor=viewer, grant=verdict == "grant", answer=answer, at=at
            )
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, f"Answered: {answered.get_state_display()}")
            return redirect(APPEALS)
    found = appeal_of(appeal_id=key)
    if found is None:
        raise Http404
    actor = found.decision.actor if found.decision is not None else None
    is_own = found.user_id == viewer.pk
    is_open = found.state == Appeal.State.OPEN
    return render_admin(
        request,
        "admin/review/appeal.html",
        context
        | {
            "title": f"Appeal of {found.user.shown_name}",
            "appeal": found,
            "person": queued_person(user=found.user),
            "is_own": is_own,
            "is_open": is_open,
            "is_overdue": is_open and found.due_at < at,
            "is_by_viewer": actor is not None and actor.pk == viewer.pk,
            "may_answer": is_open
            and not is_own
            and may(actor=viewer, power=Power.APPEALS)
            and may_answer(appealed=found, actor=viewer),
            "answer": answer,
            "verdict": verdict,
            "refusal": refusal,
            "changes": None,
            "at_now": at,
        },
        status=200 if refusal is None else refusal.status,
    )
