"""The page on which a person lets a program in, or turns it away."""

from types import MappingProxyType
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.forms import DeviceAnswerForm
from accounts.rules.device_codes import CODE_LOOKUPS_ALLOWED, CODE_LOOKUPS_WINDOW, user_code_of
from accounts.selectors import WaitingLogin, devices, waiting_login
from accounts.services import MAX_DEVICES, approve_device_login, deny_device_login
from accounts.views.access import person, personal
from ccgather.errors import DomainError
from ccgather.ops import clock
from ccgather.ops.limits import RateLimitedError, count_person, require

OUTCOMES: Final = MappingProxyType(
    {
        "approved": "The program is let in. You can close this page and go back to it.",
        "denied": "The program was turned away. It cannot use this code any more.",
    }
)
UNKNOWN_CODE = (
    "No program waits under this code. Check it, or start the login again: codes last 15 minutes "
    "and work once."
)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def device(request: HttpRequest) -> HttpResponseBase:
    """Enter a code, look at what asks, then authorize or deny it. Opening a link does neither."""
    typed = request.POST.get("code") or request.GET.get("code") or ""
    if not typed:
        outcome = OUTCOMES.get(request.GET.get("outcome", ""))
        return render(request, "accounts/device.html", {"outcome": outcome})
    try:
        require(
            count_person(
                request,
                group="device-code-lookups",
                person=person(request).pk,
                limit=CODE_LOOKUPS_ALLOWED,
                seconds=int(CODE_LOOKUPS_WINDOW.total_seconds()),
            )
        )
    except RateLimitedError as error:
        response = _refuse(request, error.message, typed=typed, status=error.status)
        response["Retry-After"] = str(error.retry_after)
        return response
    user_code = user_code_of(typed=typed)
    waiting = waiting_login(user_code=user_code, at=clock.now()) if user_code else None
    if waiting is None:
        return _refuse(request, UNKNOWN_CODE, typed=typed, status=404)
    if request.method == "POST":
        return _answer(request, waiting)
    return _ask(request, waiting, DeviceAnswerForm(user=person(request), waiting=waiting))


def _answer(request: HttpRequest, waiting: WaitingLogin) -> HttpResponseBase:
    user, at = person(request), clock.now()
    form = DeviceAnswerForm(request.POST, user=user, waiting=waiting)
    try:
        if request.POST.get("answer") == "deny":
            deny_device_login(user_code=waiting.user_code, at=at)
            return redirect(f"{reverse('accounts:device')}?outcome=denied")
        if not form.is_valid():
            return _ask(request, waiting, form, status=400)
        approve_device_login(
            user_id=user.pk, user_code=waiting.user_code, device_id=form.device_id(), at=at
        )
    except DomainError as error:
        return _refuse(request, error.message, typed=waiting.user_code, status=error.status)
    return redirect(f"{reverse('accounts:device')}?outcome=approved")


def _ask(
    request: HttpRequest, waiting: WaitingLogin, form: DeviceAnswerForm, *, status: int = 200
) -> HttpResponse:
    is_full = len(devices(user=person(request))) >= MAX_DEVICES
    context = {"waiting": waiting, "form": form, "is_full": is_full, "at": clock.now()}
    return render(request, "accounts/device.html", context, status=status)


def _refuse(request: HttpRequest, problem: str, *, typed: str, status: int) -> HttpResponse:
    context = {"problem": problem, "typed": typed[:20]}
    return render(request, "accounts/device.html", context, status=status)
