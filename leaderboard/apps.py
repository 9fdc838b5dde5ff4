"""What usage amounts to."""

from django.apps import AppConfig


class LeaderboardConfig(AppConfig):
    """Standings, ranks, periods, levels, public profiles."""

    name = "leaderboard"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listens to the two signals from below and registers its checks and rights."""
        from leaderboard import (  # noqa: PLC0415 - models are not ready before this
            awarding,
            health,
            receivers,
            recorders,
        )

        recorders.connect()
        receivers.connect()
        awarding.connect()
        health.register()
