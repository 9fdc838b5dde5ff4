"""What people sent."""

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    """Wire formats, validation, merge, pricing, slices, daily usage, holds."""

    name = "submissions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Takes part in export and deletion of accounts."""
        from submissions import rights  # noqa: PLC0415 - models are not ready before this

        rights.register()
