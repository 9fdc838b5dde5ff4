"""How a page of the review area is asked for and answered."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import patch_cache_control

from accounts.models import User

Context = dict[str, Any]
"""What every page of the admin is drawn with (`AdminSite.each_context`)."""


def staff_of(request: HttpRequest) -> User:
    """Who asks. The admin has let them in; anything else is refused."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def page_number(request: HttpRequest) -> int:
    """The page an address asks for; the first where it says nonsense."""
    asked = request.GET.get("page", "1")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1


def render_admin(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the admin, kept by nobody."""
    response = TemplateResponse(request, template, dict(context), status=status)
    patch_cache_control(response, private=True, no_store=True)
    return response


def uuid_or_404(value: str) -> UUID:
    """The id in an address. Raises Http404."""
    try:
        return UUID(value)
    except ValueError as error:
        raise Http404 from error
