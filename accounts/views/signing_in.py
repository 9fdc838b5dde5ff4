"""The pages of signing in and out."""

from types import MappingProxyType
from typing import Final

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.contrib.auth import logout as end_browser_session
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import SettingsInvalidError
from accounts.forms import LocalSignInForm, WelcomeForm
from accounts.services import finish_onboarding
from accounts.views.access import NEXT, next_page, person, personal
from accounts.views.starting import start_sign_in
from ccgather.ops import clock

PROBLEMS: Final = MappingProxyType(
    {
        "cancelled": "You did not finish signing in. Nothing was changed.",
        "failed": "The sign-in did not work. Please try again; if it keeps failing, the other "
        "site may be having trouble.",
        "unavailable": "This way of signing in is not set up on this site.",
        "upload_in_progress": "A report of yours is being written at this moment. Please try "
        "again in a few seconds.",
        "forbidden": "This name belongs to somebody who signs in another way.",
    }
)


@never_cache
@require_safe
def login(request: HttpRequest) -> HttpResponseBase:
    """The ways to sign in. With `again`, also for somebody who is signed in already."""
    if request.user.is_authenticated and "again" not in request.GET:
        return HttpResponseRedirect(next_page(request))
    return _login_page(request, LocalSignInForm())


@never_cache
@require_safe
def google_login(request: HttpRequest) -> HttpResponseBase:
    """Off to Google."""
    return start_sign_in(request, provider="google")


@never_cache
@require_POST
def local_login(request: HttpRequest) -> HttpResponseBase:
    """Be whoever one says, on one's own machine only."""
    if not settings.LOCAL:
        raise Http404
    form = LocalSignInForm(request.POST)
    if not form.is_valid():
        return _login_page(request, form)
    name = form.cleaned_data["name"]
    provider = get_adapter(request).get_provider(request, "dummy")
    sign_in = provider.sociallogin_from_response(request, {"id": name.lower(), "username": name})
    sign_in.state = {"process": AuthProcess.LOGIN, "next": next_page(request)}
    response: HttpResponseBase = complete_social_login(request, sign_in)
    return response


@never_cache
@require_safe
def suspended(request: HttpRequest) -> HttpResponse:
    """Why somebody cannot come in."""
    return render(request, "accounts/suspended.html", status=403)


@never_cache
@require_POST
def logout(request: HttpRequest) -> HttpResponseBase:
    """End this browser's session."""
    end_browser_session(request)
    return HttpResponseRedirect(next_page(request))


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest) -> HttpResponseBase:
    """Ask a newcomer for country and time zone; both can be skipped."""
    user = person(request)
    if request.method != "POST":
        form = WelcomeForm(initial={"country": user.country_code, "timezone": user.timezone})
        return _welcome_page(request, form)
    skipped = "skip" in request.POST
    form = WelcomeForm(request.POST)
    if not skipped and not form.is_valid():
        return _welcome_page(request, form)
    try:
        finish_onboarding(user_id=user.pk, wanted={} if skipped else form.wanted(), at=clock.now())
    except SettingsInvalidError as error:
        form.refuse(error)
        return _welcome_page(request, form)
    return redirect(next_page(request))


def _welcome_page(request: HttpRequest, form: WelcomeForm) -> HttpResponse:
    status = 400 if form.is_bound and form.errors else 200
    context = {"form": form, NEXT: next_page(request)}
    return render(request, "accounts/welcome.html", context, status=status)


def _login_page(request: HttpRequest, form: LocalSignInForm) -> HttpResponse:
    context = {
        "form": form,
        NEXT: next_page(request),
        "problem": PROBLEMS.get(request.GET.get("problem", "")),
        "has_github": settings.GITHUB_CONFIGURED,
        "has_google": settings.GOOGLE_CONFIGURED,
        "is_local": settings.LOCAL,
    }
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "accounts/login.html", context, status=status)
