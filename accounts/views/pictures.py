"""Pictures of people who have none."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from accounts.rules.avatar import VERSION, avatar_svg_of
from accounts.rules.names import is_username

MAX_AGE_SECONDS = 30 * 24 * 3600


def _etag(_request: HttpRequest, username: str) -> str:
    return f'"{VERSION}-{username.lower()}"' if is_username(text=username) else '""'


@require_safe
@condition(etag_func=_etag)
def avatar(request: HttpRequest, username: str) -> HttpResponse:
    """The drawing for a name, whether or not somebody has it: it says nothing about who exists."""
    if not is_username(text=username):
        raise Http404
    return HttpResponse(
        avatar_svg_of(username=username),
        content_type="image/svg+xml",
        headers={"Cache-Control": f"public, max-age={MAX_AGE_SECONDS}"},
    )
