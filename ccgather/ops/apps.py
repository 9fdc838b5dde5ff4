"""The Django app for running the site."""

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class OpsConfig(AppConfig):
    """Runtime settings, job runs, single flight, embedded services."""

    name = "ccgather.ops"
    label = "ops"
    verbose_name = "Operations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the folders of the job files: whoever comes first may already leave a job."""
        if not settings.REDIS_URL:
            for folder in settings.CELERY_BROKER_TRANSPORT_OPTIONS.values():
                Path(folder).mkdir(parents=True, exist_ok=True)
