"""What a person sent, and the way to take it all back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from ccgather.ops import clock
from ccgather.ui.pages import render_personal
from submissions.selectors import submission_page, usage_account
from submissions.services.deletion import delete_submitted_data

CONFIRMATION = "delete"


@require_safe
@login_required
def submissions(request: HttpRequest) -> HttpResponse:
    """One page of the history, newest first; `?page=`."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required
    text = request.GET.get("page", "1")
    page = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 1
    found = submission_page(user=request.user, page=max(1, page))
    context = {
        "history": found,
        "account": usage_account(user=request.user),
        "at": clock.now(),
        "confirmation": CONFIRMATION,
    }
    return render_personal(request, "submissions/submissions.html", context)


@require_POST
@login_required
def submitted_data_delete(request: HttpRequest) -> HttpResponse:
    """Takes everything back, once the word was typed."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required
    if request.POST.get("confirm", "").strip().lower() != CONFIRMATION:
        messages.error(
            request, _("Nothing was deleted: type “%(word)s” to confirm.") % {"word": CONFIRMATION}
        )
        return redirect("submissions:submissions")
    count = delete_submitted_data(user_id=request.user.pk, at=clock.now())
    messages.success(
        request,
        ngettext(
            "%(count)d submission and everything it brought is deleted.",
            "%(count)d submissions and everything they brought are deleted.",
            count,
        )
        % {"count": count},
    )
    return redirect("submissions:submissions")
