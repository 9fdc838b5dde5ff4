"""What an operator sees of the nightly proof, and the review area."""

from django.contrib import admin

from ccgather.ops.admin import ReadOnlyAdmin
from ccgather.site.review.admin import REGISTERED
from leaderboard.models import IntegrityRun


@admin.register(IntegrityRun)
class IntegrityRunAdmin(ReadOnlyAdmin[IntegrityRun]):
    """Each run with what was wrong, and whose; the public page tells figures only."""

    list_display = ("at", "outcome", "started_at", "ended_at")
    list_filter = ("outcome",)


# The area has a navigation of its own, in the header of every page of the admin.
admin.site.enable_nav_sidebar = False
for model, model_admin in REGISTERED:
    admin.site.register(model, model_admin)
