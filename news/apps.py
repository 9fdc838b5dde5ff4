"""What happened."""

from django.apps import AppConfig


class NewsConfig(AppConfig):
    """Sources, crawler, summariser, feed."""

    name = "news"
    label = "news"
