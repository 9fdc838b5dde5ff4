"""What the site told a person, and by which mails."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import EmailsForm
from accounts.selectors import notices_page
from accounts.services import change_settings
from accounts.services.email_links import person_of_link, turn_emails_off
from accounts.services.notices import open_notice, see_notices
from accounts.views.access import page_number, person, personal
from ccgather.errors import DomainError
from ccgather.ops import clock


@personal
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Everything the site told one, the latest first; looking at it changes nothing."""
    page = notices_page(user=person(request), page=page_number(request))
    shown = list(page.object_list)
    context = {
        "page": page,
        "notices": shown,
        "until": shown[0].created_at if shown and page.number == 1 else None,
        "at": clock.now(),
    }
    return render(request, "accounts/notices.html", context)


@personal
@require_POST
def notice_open(request: HttpRequest, notice_id: UUID) -> HttpResponseBase:
    """Seen, and on to what it is about."""
    link = open_notice(user=person(request), notice_id=notice_id, at=clock.now())
    # Links are paths that our own services wrote; nothing else is followed.
    is_path = link.startswith("/") and not link.startswith("//")
    return redirect(link if is_path else "accounts:notices")


@personal
@require_POST
def notices_seen(request: HttpRequest) -> HttpResponseBase:
    """All of them are seen; what came after the page was drawn is still new."""
    at = clock.now()
    see_notices(user=person(request), until=_moment_of(request) or at, at=at)
    return redirect("accounts:notices")


def _moment_of(request: HttpRequest) -> datetime | None:
    try:
        moment = parse_datetime(request.POST.get("until", ""))
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def emails(request: HttpRequest) -> HttpResponseBase:
    """Which mails one wants."""
    user = person(request)
    # Without its one box ticked the form may arrive without a field, and is bound all the same.
    sent = request.POST if request.method == "POST" else None
    form = EmailsForm(sent, initial=EmailsForm.initial_of(user))
    if form.is_bound and form.is_valid():
        try:
            change_settings(user_id=user.pk, wanted=form.wanted(), at=clock.now())
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Your settings are saved.")
            return redirect("accounts:emails")
    status = 400 if form.is_bound and form.errors else 200
    context = {"form": form, "address": user.email}
    return render(request, "accounts/emails.html", context, status=status)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def emails_off(request: HttpRequest, token: str) -> HttpResponse:
    """No more mails about reviews, for whoever holds the link of one: signed in or not.

    Opening it only asks, since mail programs open links; the button, or the mail program itself
    (RFC 8058), posts. The link is the proof, so the form needs no other.
    """
    if request.method == "POST":
        user, is_done = turn_emails_off(token=token, at=clock.now()), True
    else:
        user = person_of_link(token=token)
        is_done = not user.email_reviews
    context = {"username": user.username, "is_done": is_done}
    response = render(request, "accounts/emails_off.html", context)
    add_never_cache_headers(response)
    return response
