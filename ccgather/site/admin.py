"""What an operator sees of the nightly proof."""

from django.contrib import admin

from ccgather.ops.admin import ReadOnlyAdmin
from leaderboard.models import IntegrityRun


@admin.register(IntegrityRun)
class IntegrityRunAdmin(ReadOnlyAdmin[IntegrityRun]):
    """Each run with what was wrong, and whose; the public page tells figures only."""

    list_display = ("at", "outcome", "started_at", "ended_at")
    list_filter = ("outcome",)
