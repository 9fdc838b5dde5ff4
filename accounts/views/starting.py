"""The first step of a sign-in: off to the provider."""

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url

from accounts.views.access import next_page


def start_sign_in(request: HttpRequest, *, provider: str) -> HttpResponseBase:
    """Redirect to the provider; back to the sign-in page when this site has no keys for it.

    allauth's own first step is not used: it takes the scope, the parameters and the purpose of
    the sign-in from the address, which anybody can write.
    """
    try:
        found = get_adapter(request).get_provider(request, provider)
    except SocialApp.DoesNotExist:
        return unavailable()
    response: HttpResponseBase = found.redirect(
        request, process=AuthProcess.LOGIN, next_url=next_page(request)
    )
    return response


def unavailable() -> HttpResponseRedirect:
    """Back to the sign-in page, which says that this site has no keys for that provider."""
    return HttpResponseRedirect(f"{resolve_url('accounts:login')}?problem=unavailable")
