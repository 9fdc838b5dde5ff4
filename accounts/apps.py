"""The app, and what it hands to others when it is ready."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who you are."""

    name = "accounts"

    def ready(self) -> None:
        """Register this app's part of exports, and how API documents describe tokens."""
        # Imported here because models exist only now.
        from accounts.api import schema  # noqa: F401, PLC0415
        from accounts.exporting import export_files  # noqa: PLC0415
        from accounts.rights import register_exporter  # noqa: PLC0415

        register_exporter("account", export_files)
