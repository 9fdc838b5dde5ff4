"""Who may see a page of accounts, and where it sends them next."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User

NEXT = "next"


def personal[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page for somebody who is signed in, kept by no cache; others sign in first."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user.is_authenticated:
            response = view(request, *args, **kwargs)
        else:
            # A form that is sent signed out is lost; its page is where to go on.
            path = request.get_full_path() if request.method in {"GET", "HEAD"} else request.path
            response = redirect_to_login(path, login_url=resolve_url("accounts:login"))
        add_never_cache_headers(response)
        return response

    return guarded


def person(request: HttpRequest) -> User:
    """Who is signed in, on a page that is `personal`."""
    if not isinstance(request.user, User):
        message = "this page is for people who are signed in"
        raise TypeError(message)
    return request.user


def next_page(request: HttpRequest, *, default: str = "") -> str:
    """Where the caller wants to go afterwards, if that is on this site; else `default`, or home."""
    wanted = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return default or resolve_url(settings.LOGIN_REDIRECT_URL)


def page_number(request: HttpRequest) -> int:
    """The wanted page of a list; the first when that is no number."""
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
