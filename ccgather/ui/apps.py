"""The app that holds what pages are drawn with: formats, template tags, charts, form renderer."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Has no models."""

    name = "ccgather.ui"
    label = "ui"
    verbose_name = "Presentation"
