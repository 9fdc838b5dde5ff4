"""One line of the ledger, and what reverses it."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from ccgather.errors import DomainError
from ccgather.ops import clock
from ccgather.site.review.acting import reason_choices, typed_in
from ccgather.site.review.pages import Context, render_admin, staff_of
from ccgather.site.review.selectors.person import decision_line
from submissions.models import Decision
from submissions.services.reversal import reverse
from submissions.services.staff import Power, may

ONE: Final = "admin:submissions_decision_change"
POWER_TO_REVERSE: Final = {
    Decision.Action.APPROVE: Power.DECIDE,
    Decision.Action.REJECT: Power.DECIDE,
    Decision.Action.EXCLUDE: Power.EXCLUDE,
}


@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, decision_id: str, *, context: Context) -> HttpResponse:
    """The line; a POST reverses what it says."""
    at = clock.now()
    viewer = staff_of(request)
    if not (decision_id.isascii() and decision_id.isdigit() and len(decision_id) < 19):
        raise Http404
    typed = typed_in(request)
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            done = reverse(
                decision_id=int(decision_id),
                actor=viewer,
                reason_code=typed.reason_code,
                reason=typed.reason,
                at=at,
            )
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, "Reversed")
            for sentence in done.not_restored:
                messages.warning(request, sentence)
            return redirect(ONE, done.decision.pk)
    line = decision_line(decision_id=int(decision_id))
    if line is None:
        raise Http404
    found = line.decision
    power = POWER_TO_REVERSE.get(Decision.Action(found.action))
    is_own = found.user_id == viewer.pk
    is_reversible = power is not None and line.reversed_by is None and found.user_id is not None
    return render_admin(
        request,
        "admin/review/decision.html",
        context
        | {
            "title": found.get_action_display().capitalize(),
            "line": line,
            "decision": found,
            "may_reverse": is_reversible
            and power is not None
            and not is_own
            and may(actor=viewer, power=power),
            "reasons": reason_choices(actions={"reverse"}),
            "needs_text": True,
            "typed": typed,
            "refusal": refusal,
            "changes": None,
        },
        status=200 if refusal is None else refusal.status,
    )
