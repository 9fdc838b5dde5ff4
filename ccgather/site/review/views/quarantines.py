"""Releases of collectors that count wrong: the list, making one after a preview, lifting one."""

from datetime import datetime, timedelta
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from ccgather.errors import DomainError
from ccgather.ops import clock
from ccgather.site.review.forms import QuarantineForm
from ccgather.site.review.pages import (
    Context,
    page_number,
    render_admin,
    staff_of,
    uuid_or_404,
)
from ccgather.site.review.selectors.releases import quarantine_of, quarantine_page, releases
from submissions.selectors.quarantines import quarantine_preview
from submissions.services.quarantine import lift
from submissions.services.quarantine import quarantine as make_quarantine
from submissions.services.staff import Power, may

LIST: Final = "admin:submissions_collectorquarantine_changelist"
ONE: Final = "admin:submissions_collectorquarantine_change"
IN_USE: Final = timedelta(days=30)


@require_safe
def quarantines(request: HttpRequest, *, context: Context) -> HttpResponse:
    """One page of quarantines."""
    viewer = staff_of(request)
    return render_admin(
        request,
        "admin/review/quarantines.html",
        context
        | {
            "title": "Quarantined releases",
            "page": quarantine_page(page=page_number(request)),
            "may_quarantine": may(actor=viewer, power=Power.QUARANTINE),
            "parameters": "",
            "at_now": clock.now(),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def quarantine_add(request: HttpRequest, *, context: Context) -> HttpResponse:
    """A form; sent once it shows what it would do, sent with `confirm` it does it."""
    at = clock.now()
    viewer = staff_of(request)
    if not may(actor=viewer, power=Power.QUARANTINE):
        raise PermissionDenied
    form = QuarantineForm(request.POST or request.GET or None)
    refusal: DomainError | None = None
    preview = None
    if request.method == "POST" and form.is_valid():
        try:
            if "confirm" in request.POST:
                return _made(request, form, viewer=viewer, at=at)
            preview = quarantine_preview(
                collector=form.cleaned_data["collector"],
                first_version=form.cleaned_data["first_version"],
                last_version=form.cleaned_data["last_version"],
                client=form.cleaned_data["client"],
            )
        except DomainError as error:
            refusal = error
    elif request.method != "POST":
        form = QuarantineForm(initial=request.GET.dict())
    return render_admin(
        request,
        "admin/review/quarantine_add.html",
        context
        | {
            "title": "Quarantine a release",
            "form": form,
            "preview": preview,
            "releases": releases(since=at - IN_USE),
            "refusal": refusal,
            "changes": None,
            "at_now": at,
        },
        status=200 if refusal is None else refusal.status,
    )


def _made(
    request: HttpRequest, form: QuarantineForm, *, viewer: User, at: datetime
) -> HttpResponse:
    made = make_quarantine(actor=viewer, at=at, **form.cleaned_data)
    messages.success(request, f"Quarantined: {made}. Days that count already are gone through now.")
    return redirect(ONE, made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def quarantine(request: HttpRequest, quarantine_id: str, *, context: Context) -> HttpResponse:
    """One quarantine; a POST lifts it."""
    at = clock.now()
    viewer = staff_of(request)
    key = uuid_or_404(quarantine_id)
    reason = request.POST.get("reason", "").strip()
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            lift(quarantine_id=key, actor=viewer, reason=reason, at=at)
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, "Lifted: what it held back counts again")
            return redirect(ONE, key)
    found = quarantine_of(quarantine_id=key)
    if found is None:
        raise Http404
    return render_admin(
        request,
        "admin/review/quarantine.html",
        context
        | {
            "title": str(found),
            "quarantine": found,
            "may_lift": found.lifted_at is None and may(actor=viewer, power=Power.QUARANTINE),
            "reason": reason,
            "refusal": refusal,
            "changes": None,
            "at_now": at,
        },
        status=200 if refusal is None else refusal.status,
    )
