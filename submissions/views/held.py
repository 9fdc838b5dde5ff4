"""What of one's usage does not count for now, and why."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from ccgather.ops import clock
from ccgather.ui.pages import render_personal
from submissions.forms import StatementForm
from submissions.selectors.held import (
    HeldOverview,
    Kind,
    held_overview,
    held_slices,
)


@require_safe
@login_required
def held(request: HttpRequest) -> HttpResponse:
    """One page of what does not count; `?show=` a `Kind`, `?page=`."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required
    return held_page(request, request.user, form=None)


def held_page(
    request: HttpRequest, user: User, *, form: StatementForm | None, status: int = 200
) -> HttpResponse:
    """The page, with an answer to a reviewer's question as it was typed."""
    at = clock.now()
    overview = held_overview(user=user)
    kind = _kind_of(request, overview)
    page = held_slices(user=user, kind=kind, page=number_of(request.GET.get("page", "")))
    case = overview.case
    context = {
        "overview": overview,
        "show": kind.value,
        "kinds": [
            (Kind.WAITING.value, _("Waiting"), overview.waiting),
            (Kind.REFUSED.value, _("Not accepted"), overview.refused),
            (Kind.QUARANTINED.value, _("Our collector's fault"), overview.quarantined),
            (Kind.ELSEWHERE.value, _("Counted once"), overview.elsewhere),
        ],
        "page": page,
        "is_late": case is not None and case.due_at < at,
        "form": form or StatementForm(label=_("Your answer")),
        "at": at,
    }
    return render_personal(request, "submissions/held.html", context, status=status)


def _kind_of(request: HttpRequest, overview: HeldOverview) -> Kind:
    """The kind asked for; else the first of which there is something."""
    asked = request.GET.get("show", "")
    if asked in {kind.value for kind in Kind}:
        return Kind(asked)
    numbers = {
        Kind.WAITING: overview.waiting,
        Kind.REFUSED: overview.refused,
        Kind.QUARANTINED: overview.quarantined,
        Kind.ELSEWHERE: overview.elsewhere,
    }
    return next((kind for kind, number in numbers.items() if number), Kind.WAITING)


def number_of(text: str) -> int:
    """A page or the number of a decision; 1 for anything else, which is nobody's decision."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 1
