"""What one can say about one's held days and about decisions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from ccgather.errors import DomainError, NotFoundError
from ccgather.ops import clock
from ccgather.ui.formats import moment
from ccgather.ui.pages import render_personal
from submissions.forms import StatementForm
from submissions.selectors.held import decision_against, held_overview
from submissions.services.appeals import answer_question
from submissions.services.appeals import appeal as make_appeal
from submissions.views.held import held_page, number_of


@require_POST
@login_required
def case_answer(request: HttpRequest) -> HttpResponse:
    """The answer to what a reviewer asked."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required
    form = StatementForm(request.POST, label=_("Your answer"))
    if not form.is_valid():
        return held_page(request, request.user, form=form, status=400)
    try:
        answer_question(user_id=request.user.pk, text=form.cleaned_data["text"], at=clock.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Your answer is with the reviewer."))
    return redirect("submissions:held")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def appeal(request: HttpRequest) -> HttpResponse:
    """The form against a decision (`?decision=`), or about what still waits; raises
    NotFoundError where there is nothing to appeal against."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required
    user, at = request.user, clock.now()
    asked = request.POST.get("decision", "") or request.GET.get("decision", "")
    decision = decision_against(user=user, decision_id=number_of(asked)) if asked else None
    case = held_overview(user=user).case if not asked else None
    if decision is None and case is None:
        raise NotFoundError(_("There is nothing here that you could appeal against."))
    form = StatementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_appeal(
                user_id=user.pk,
                decision_id=decision.id if decision else None,
                text=form.cleaned_data["text"],
                at=at,
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(
                request,
                _("It is in. You have an answer by %(due)s.") % {"due": moment(made.due_at)},
            )
            return redirect("submissions:held")
    status = 400 if form.is_bound and form.errors else 200
    context = {"form": form, "decision": decision, "case": case, "at": at}
    return render_personal(request, "submissions/appeal.html", context, status=status)
