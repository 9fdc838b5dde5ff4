"""How every number and every signal of the site is made."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_safe

from ccgather.site.methodology import methodology as rules_in_force
from ccgather.ui.pages import render_public

CONTENTS = (
    ("tokens", "What is counted"),
    ("days", "Days"),
    ("merge", "From a report to a total"),
    ("once", "What counts once"),
    ("prices", "Prices"),
    ("ranks", "Boards and ranks"),
    ("levels", "Levels and streaks"),
    ("badges", "Badges"),
    ("limits", "Limits"),
    ("signals", "Signals: what makes a day wait"),
    ("copies", "Copies, and who had it first"),
    ("review", "Review"),
    ("appeals", "Appeals"),
    ("quarantine", "Quarantine of a collector"),
    ("kept", "What is kept, and who sees it"),
    ("settings", "The settings of this site"),
)
"""The sections of the page: what they are linked by, and their titles."""


@require_safe
@conditional_page
def methodology(request: HttpRequest) -> HttpResponse:
    """One page, made from the rules and the settings in force."""
    context = {"contents": CONTENTS, "method": rules_in_force()}
    return render_public(request, "site/methodology.html", context)
