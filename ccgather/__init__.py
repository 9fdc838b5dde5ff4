"""The project package: wiring, and what is composed of several apps."""

from ccgather.celery import app as celery_app

__all__ = ["celery_app"]
