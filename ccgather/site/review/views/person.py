"""Somebody's standing with the staff: excluded, trusted, reported."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.models import User
from ccgather.errors import DomainError, InvalidInputError
from ccgather.ops import clock
from ccgather.site.review.acting import Act, Typed, reason_choices, typed_in
from ccgather.site.review.pages import Context, render_admin, staff_of, uuid_or_404
from ccgather.site.review.selectors.person import dossier, person_of
from ccgather.site.review.selectors.queue import queued_person
from submissions.services.exclusion import exclude, restore
from submissions.services.reporting_profiles import dismiss_reports
from submissions.services.staff import Power, may
from submissions.services.trusting import trust, untrust

EXCLUDE: Final = Act(
    value="exclude",
    label="Exclude",
    key="e",
    sentence="Off the boards at once; nothing is deleted, and what they send waits.",
)
RESTORE: Final = Act(
    value="restore", label="Restore", key="r", sentence="Back on the boards at once."
)
TRUST: Final = Act(
    value="trust", label="Trust", key="t", sentence="Signals need more to hold a day of theirs."
)
UNTRUST: Final = Act(
    value="untrust", label="Trust no longer", key="t", sentence="Judged as everybody is."
)
DISMISS: Final = Act(
    value="dismiss",
    label="Dismiss the reports",
    key="d",
    sentence="What people reported of this profile weighs nothing any more.",
)


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, user_id: str, *, context: Context) -> HttpResponse:
    """What is known of somebody; a POST changes their standing."""
    at = clock.now()
    viewer = staff_of(request)
    key = uuid_or_404(user_id)
    typed = typed_in(request)
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            _act(typed, key, viewer=viewer, at=at)
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, "Done, and noted in the ledger")
            return redirect("admin:submissions_reviewcase_person", key)
    found = person_of(user_id=key)
    if found is None:
        raise Http404
    known = dossier(user=found.user)
    is_own = found.user.pk == viewer.pk
    standing = any(not report.is_dismissed for report in known.reports)
    acts = [] if is_own else _acts(found.user, viewer=viewer, has_reports=standing)
    return render_admin(
        request,
        "admin/review/person.html",
        context
        | {
            "title": found.user.shown_name,
            "person": queued_person(user=found.user),
            "subject": found.user,
            "account": getattr(found.user, "usage_account", None),
            "open_case": found.open_case,
            "dossier": known,
            "is_own": is_own,
            "acts": acts,
            "reasons": reason_choices(actions={act.value for act in acts}),
            "is_optional": True,
            "typed": typed,
            "refusal": refusal,
            "changes": None,
            "at_now": at,
        },
        status=200 if refusal is None else refusal.status,
    )


def _act(typed: Typed, user_id: UUID, *, viewer: User, at: datetime) -> None:
    if typed.action == DISMISS.value:
        dismiss_reports(user_id=user_id, actor=viewer, at=at)
        return
    given = {"reason_code": typed.reason_code, "reason": typed.reason}
    if typed.action == EXCLUDE.value:
        exclude(user_id=user_id, actor=viewer, at=at, **given)
    elif typed.action == RESTORE.value:
        restore(user_id=user_id, actor=viewer, at=at, **given)
    elif typed.action == TRUST.value:
        trust(user_id=user_id, actor=viewer, at=at, **given)
    elif typed.action == UNTRUST.value:
        untrust(user_id=user_id, actor=viewer, at=at, **given)
    else:
        raise InvalidInputError("Choose what to do")


def _acts(user: User, *, viewer: User, has_reports: bool) -> list[Act]:
    acts = []
    if may(actor=viewer, power=Power.EXCLUDE):
        acts.append(EXCLUDE if user.excluded_at is None else RESTORE)
    if may(actor=viewer, power=Power.TRUST):
        acts.append(TRUST if user.trusted_at is None else UNTRUST)
    if has_reports and may(actor=viewer, power=Power.DECIDE):
        acts.append(DISMISS)
    return acts
