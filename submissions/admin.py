"""What staff see of submissions. Reviewing has pages of its own; nothing here is edited by hand,
because sums follow slices only through the services."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from submissions.models import EvidenceSalt, RejectedReport, Slice, Submission, UnpricedModel


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Look, do not touch."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come from reports."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401
        """Nothing is edited by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401
        """Nothing is deleted by hand."""
        return False


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    """Reports that changed something."""

    list_display = (
        "submitted_at",
        "user",
        "collector",
        "collector_version",
        "status",
        "tokens_after",
    )
    list_filter = ("status", "wire_format", "source")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    date_hierarchy = "submitted_at"
    show_full_result_count = False


@admin.register(Slice)
class SliceAdmin(ReadOnlyAdmin):
    """What a device saw of a tool on a day."""

    list_display = ("day", "user", "client", "state", "not_counted", "total_tokens", "collector")
    list_filter = ("state", "not_counted")
    list_select_related = ("user",)
    search_fields = ("user__username", "client")
    show_full_result_count = False


@admin.register(EvidenceSalt)
class EvidenceSaltAdmin(ReadOnlyAdmin):
    """What message ids were hashed with, since when, and who changed it."""

    list_display = ("id", "number", "made_at", "made_by")
    fields = ("id", "number", "made_at", "made_by")
    ordering = ("-number",)


@admin.register(RejectedReport)
class RejectedReportAdmin(ReadOnlyAdmin):
    """Attempts that failed validation: whose client needs help."""

    list_display = ("attempted_at", "user", "code", "message", "body_bytes")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    show_full_result_count = False


@admin.register(UnpricedModel)
class UnpricedModelAdmin(ReadOnlyAdmin):
    """Models that came in and have no price. `manage.py reprice` clears those that got one."""

    list_display = ("model", "provider", "first_seen_at")
    search_fields = ("model",)
