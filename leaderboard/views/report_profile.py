"""Saying that somebody's profile is not right."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from ccgather.errors import DomainError, PermissionRefusedError
from ccgather.ops import clock
from ccgather.ui.pages import render_personal
from leaderboard.selectors.profile import shown_person
from submissions.models import ProfileReport
from submissions.services.reporting_profiles import report_profile as make_report

LONGEST_TEXT = 1_000


class ProfileReportForm(forms.Form):
    """What is wrong with a profile."""

    code = forms.ChoiceField(
        label="What is wrong?", choices=ProfileReport.Code.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label="What makes you think so?",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=f"At most {LONGEST_TEXT:,} characters. Only reviewers read it.",
    )

    def clean(self) -> dict[str, Any]:
        """Something that is none of the reasons is said in words."""
        cleaned = super().clean() or {}
        if cleaned.get("code") == ProfileReport.Code.OTHER and not cleaned.get("text"):
            self.add_error("text", _("Say in a few words what it is."))
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def report_profile(request: HttpRequest, username: str) -> HttpResponse:
    """The form and what becomes of it. Raises UnknownPersonError for people whom one does not
    see, PermissionRefusedError for oneself."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required
    subject = shown_person(username=username, viewer=request.user)
    if subject.pk == request.user.pk:
        raise PermissionRefusedError(_("This profile is your own; it cannot be reported."))
    form = ProfileReportForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            problem = _reported(request.user, subject, form)
            if problem is None:
                messages.success(
                    request, _("Thank you. A reviewer reads it; nothing happens by itself.")
                )
                return redirect("leaderboard:profile", subject.username)
            form.add_error(None, problem.message)
            status = problem.status
    context = {"form": form, "subject": subject}
    return render_personal(request, "leaderboard/report_profile.html", context, status=status)


def _reported(reporter: User, subject: User, form: ProfileReportForm) -> DomainError | None:
    """Why it could not be reported; None when it was."""
    try:
        make_report(
            reporter_id=reporter.pk,
            username=subject.username,
            code=form.cleaned_data["code"],
            text=form.cleaned_data["text"],
            at=clock.now(),
        )
    except DomainError as error:
        return error
    return None
