"""The settings pages of accounts."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout as end_browser_session
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import SettingsInvalidError
from accounts.forms import DeleteAccountForm, ProfileForm, TokenForm
from accounts.rights import delete_account
from accounts.rules.signing_in import RECENT_SIGN_IN, is_recent_sign_in
from accounts.selectors import session_lines, sessions_page, tokens_page
from accounts.services import (
    change_settings,
    create_token,
    end_session,
    end_sessions,
    revoke_token,
)
from accounts.sessions import current_session, signed_in_at
from accounts.views.access import page_number, person, personal
from ccgather.errors import DomainError
from ccgather.ops import clock


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def profile_settings(request: HttpRequest) -> HttpResponseBase:
    """Name, country, time zone, and what others see."""
    user = person(request)
    form = ProfileForm(request.POST or None, initial=ProfileForm.initial_of(user))
    if request.method == "POST" and form.is_valid():
        try:
            change_settings(user_id=user.pk, wanted=form.wanted(), at=clock.now())
        except SettingsInvalidError as error:
            form.refuse(error)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Your settings are saved.")
            return redirect("accounts:profile_settings")
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "accounts/profile_settings.html", {"form": form}, status=status)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponseBase:
    """API tokens: the list, and a new one, which is shown on the answer to the form only."""
    user, at = person(request), clock.now()
    form, made, status = TokenForm(), None, 200
    if request.method == "POST":
        form = TokenForm(request.POST)
        status = 400
        if form.is_valid():
            try:
                made, _ = create_token(
                    user_id=user.pk,
                    name=form.cleaned_data["name"],
                    expires_at=form.expires_at(at=at),
                    at=at,
                )
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                form, status = TokenForm(), 200
    page = tokens_page(user=user, page=page_number(request), at=at)
    context = {"page": page, "form": form, "made": made, "at": at}
    return render(request, "accounts/tokens.html", context, status=status)


@personal
@require_POST
def token_revoke(request: HttpRequest, token_id: UUID) -> HttpResponseBase:
    """End one of one's tokens."""
    revoke_token(user=person(request), token_id=token_id)
    messages.success(request, "The token is revoked. Nothing can use it any more.")
    return redirect("accounts:tokens")


@personal
@require_http_methods(["GET", "HEAD"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in."""
    current = current_session(request)
    page = sessions_page(user=person(request), page=page_number(request), at=clock.now())
    lines = session_lines(rows=list(page.object_list), current_id=current.id if current else None)
    context = {"page": page, "lines": lines, "at": clock.now()}
    return render(request, "accounts/sessions.html", context)


@personal
@require_POST
def session_end(request: HttpRequest, session_id: UUID) -> HttpResponseBase:
    """End one session; one's own is a log-out."""
    current = current_session(request)
    if current is not None and current.id == session_id:
        end_browser_session(request)
        return redirect("accounts:login")
    end_session(user=person(request), session_id=session_id)
    messages.success(request, "That session is ended.")
    return redirect("accounts:sessions")


@personal
@require_POST
def sessions_end(request: HttpRequest) -> HttpResponseBase:
    """End every session but this one."""
    current = current_session(request)
    ended = end_sessions(user=person(request), except_id=current.id if current else None)
    messages.success(request, f"Other sessions ended: {ended}.")
    return redirect("accounts:sessions")


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponseBase:
    """Take everything away, or leave for good. Leaving asks for a recent sign-in."""
    user, at = person(request), clock.now()
    is_recent = is_recent_sign_in(signed_in_at=signed_in_at(request), at=at)
    form = DeleteAccountForm(request.POST or None, username=user.username)
    status = 200
    if request.method == "POST":
        if not is_recent:
            status = 403
        elif form.is_valid():
            return _leave(request, form)
        else:
            status = 400
    context = {
        "form": form,
        "is_recent": is_recent,
        "minutes": int(RECENT_SIGN_IN.total_seconds() // 60),
    }
    return render(request, "accounts/account.html", context, status=status)


def _leave(request: HttpRequest, form: DeleteAccountForm) -> HttpResponseBase:
    try:
        delete_account(user_id=person(request).pk, at=clock.now())
    except DomainError as error:
        form.add_error(None, error.message)
        context = {"form": form, "is_recent": True}
        return render(request, "accounts/account.html", context, status=error.status)
    end_browser_session(request)
    messages.success(request, "Your account and everything in it is deleted.")
    return redirect("/")
