"""What is composed of several apps."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Home, the submit endpoint, `/api/me`, the settings index."""

    name = "ccgather.site"
    label = "site"

    def ready(self) -> None:
        """Registers what `readyz` says of the nightly proof."""
        from ccgather.site.integrity import health  # noqa: PLC0415 - models are not ready before

        health.register()
