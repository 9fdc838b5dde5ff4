"""Finding a person by the beginning of their name."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_safe

from ccgather.errors import InvalidInputError
from ccgather.ui.pages import render_public
from leaderboard import selectors

FOUND_AT_MOST = 20
LONGEST_NAME = 40
"""A GitHub name has at most 39 characters, and people write an @ before it."""


@require_safe
@conditional_page
def people(request: HttpRequest) -> HttpResponse:
    """The people whose username begins with `?q=`; nobody for nothing asked."""
    asked = request.GET.get("q", "").strip()
    if len(asked) > LONGEST_NAME or "\x00" in asked:
        raise InvalidInputError(
            "No name is like that.", details=[f"q: at most {LONGEST_NAME} characters of a name"]
        )
    found = selectors.people_named(prefix=asked, limit=FOUND_AT_MOST) if asked else []
    context = {"asked": asked, "people": found, "is_cut": len(found) == FOUND_AT_MOST}
    return render_public(request, "site/people.html", context, fragment="found")
