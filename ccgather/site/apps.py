"""What is composed of several apps."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Home, the submit endpoint, `/api/me`, the settings index."""

    name = "ccgather.site"
    label = "site"
