"""The door to everything a person can set."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ccgather.ui.pages import render_personal


@require_safe
@login_required
def settings(request: HttpRequest) -> HttpResponse:
    """The sections of the settings, each with a sentence."""
    return render_personal(request, "site/settings.html", {})
