"""How a page is answered: whole or in part, and what caches may keep of it."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page it already shows."""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-History-Restore-Request") != "true"
    )


def render_public(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    fragment: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page that anybody may read, or its partial named `fragment` when htmx asks for it.

    What an anonymous reader gets may be kept by anyone who asks again each time; what a
    signed-in reader gets holds their name and may be kept by nobody.
    """
    is_fragment = fragment is not None and wants_fragment(request)
    name = f"{template}#{fragment}" if is_fragment else template
    response = render(request, name, {**context, "is_fragment": is_fragment}, status=status)
    if fragment is not None:
        patch_vary_headers(response, ["HX-Request"])
    if request.user.is_authenticated:
        patch_cache_control(response, private=True, no_store=True)
    else:
        patch_cache_control(response, public=True, no_cache=True)
    return response


def render_personal(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page for one person's eyes: kept by nobody."""
    response = render(request, template, dict(context), status=status)
    patch_cache_control(response, private=True, no_store=True)
    return response
