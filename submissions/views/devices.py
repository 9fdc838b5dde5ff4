"""The machines somebody sends from: named, merged, deleted."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import selectors as accounts
from accounts.errors import NameTakenError
from accounts.models import User
from accounts.services.devices import MAX_DEVICES, rename_device
from ccgather.errors import InvalidInputError
from ccgather.ops import clock
from ccgather.ui.pages import render_personal
from submissions.services.deletion import delete_device, merge_devices, slice_counts


@require_safe
@login_required
def devices(request: HttpRequest) -> HttpResponse:
    """Every device with what it has sent; at most 32, so on one page."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required
    counts = slice_counts(user=request.user)
    lines = accounts.devices(user=request.user)
    context = {
        "devices": [(line, counts.get(line.id, 0)) for line in lines],
        "max_devices": MAX_DEVICES,
        "at": clock.now(),
    }
    return render_personal(request, "submissions/devices.html", context)


@require_POST
@login_required
def device_rename(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Another name."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required
    try:
        device = rename_device(
            user_id=request.user.pk, device_id=device_id, name=request.POST.get("name", "")
        )
        messages.success(request, _("This device is called %(name)s now.") % {"name": device.name})
    except (InvalidInputError, NameTakenError) as error:
        messages.error(request, error.message)
    return redirect("submissions:devices")


@require_POST
@login_required
def device_merge(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Two devices that are one machine become one."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required
    try:
        into_id = UUID(request.POST.get("into", ""))
    except ValueError:
        messages.error(request, _("Choose the device that stays."))
        return redirect("submissions:devices")
    try:
        merge_devices(user_id=request.user.pk, from_id=device_id, into_id=into_id, at=clock.now())
        messages.success(request, _("The two devices are one now; of each day the larger stayed."))
    except InvalidInputError as error:
        messages.error(request, error.message)
    return redirect("submissions:devices")


@require_POST
@login_required
def device_delete(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """The device, its tokens and what it alone saw go."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required
    if request.POST.get("confirm") != "on":
        messages.error(request, _("Nothing was deleted: tick the box to confirm."))
        return redirect("submissions:devices")
    delete_device(user_id=request.user.pk, device_id=device_id, at=clock.now())
    messages.success(request, _("The device and what it alone sent are deleted."))
    return redirect("submissions:devices")
