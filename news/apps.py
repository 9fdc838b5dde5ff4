"""What happened."""

from django.apps import AppConfig


class NewsConfig(AppConfig):
    """Sources, crawler, summariser, feed."""

    name = "news"
    label = "news"

    def ready(self) -> None:
        """Settings of the news join the catalogue."""
        from news import runtime_settings  # noqa: F401, PLC0415 - importing it registers them
