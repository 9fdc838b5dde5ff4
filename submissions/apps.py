"""What people sent."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SubmissionsConfig(AppConfig):
    """Wire formats, validation, merge, pricing, slices, daily usage, holds."""

    name = "submissions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Takes part in export and deletion of accounts; makes the groups of the staff; adds the
        settings of signals to the catalogue."""
        # Models are not ready before this.
        from submissions import rights, signal_settings  # noqa: F401, PLC0415
        from submissions.services import staff  # noqa: PLC0415

        rights.register()

        def make_groups(*, using: str, **_signal: object) -> None:
            staff.make_groups(using=using)

        post_migrate.connect(
            make_groups, sender=self, weak=False, dispatch_uid="submissions.groups"
        )
