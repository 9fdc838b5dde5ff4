"""A report as a file: for people who run ccusage themselves."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import AccountError
from accounts.models import User
from accounts.selectors import devices
from ccgather.ops import clock
from ccgather.site.submitting import Sender, submit
from ccgather.ui.pages import render_personal
from submissions.bodies import MAX_DECODED_BYTES, read_body
from submissions.errors import SubmissionError

NEW_DEVICE = ""


class UploadForm(forms.Form):
    """The file, whose machine it is from, and the tool where the file does not say."""

    file = forms.FileField(
        label="File",
        help_text="What ccusage daily --json printed, or a report of any format this site reads. "
        "A .gz or .zst file is read as well.",
    )
    device = forms.ChoiceField(
        label="Device",
        required=False,
        help_text="The machine whose logs were counted. The same machine twice would count twice.",
    )
    new_device = forms.CharField(label="Name of the new device", required=False, max_length=100)
    client = forms.CharField(
        label="Tool",
        required=False,
        max_length=96,
        help_text="Only for files that do not name it; claude otherwise.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        known = [(str(line.id), line.name) for line in devices(user=user)]
        field = self.fields["device"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [*known, (NEW_DEVICE, _("A new device"))]

    def clean(self) -> dict[str, Any]:
        """A device is chosen or named."""
        cleaned = super().clean() or {}
        if not cleaned.get("device") and not (cleaned.get("new_device") or "").strip():
            self.add_error("new_device", _("Choose a device, or name a new one."))
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def upload(request: HttpRequest) -> HttpResponse:
    """The form; after it the answer as the endpoint would give it, in words."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required
    if request.method != "POST":
        form = UploadForm(user=request.user)
        return render_personal(request, "site/upload.html", {"form": form})
    form = UploadForm(request.POST, request.FILES, user=request.user)
    if not form.is_valid():
        return render_personal(request, "site/upload.html", {"form": form}, status=400)
    try:
        answer = _submit(request.user, form)
    except (SubmissionError, AccountError) as error:
        context = {"form": form, "refusal": error, "reasons": error.shown_details()}
        return render_personal(request, "site/upload.html", context, status=error.status)
    messages.success(request, str(answer["message"]))
    for warning in list(answer["warnings"])[:5]:
        messages.warning(request, str(warning))
    return redirect("submissions:submissions")


def _submit(user: User, form: UploadForm) -> dict[str, Any]:
    upload_file = form.cleaned_data["file"]
    name = upload_file.name.lower()
    encoding = "gzip" if name.endswith(".gz") else "zstd" if name.endswith(".zst") else ""
    body = read_body(stream=upload_file, content_encoding=encoding, limit=MAX_DECODED_BYTES)
    chosen = form.cleaned_data["device"]
    return submit(
        sender=Sender(
            user=user,
            device=user.devices.get(pk=chosen) if chosen else None,
            new_device="" if chosen else form.cleaned_data["new_device"],
        ),
        body=body,
        at=clock.now(),
        client=form.cleaned_data["client"].strip() or None,
        source="upload",
    )
