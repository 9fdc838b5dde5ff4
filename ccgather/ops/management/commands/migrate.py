"""`migrate`, without the site's limit on the time of a statement."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    """Django's command; building an index on a large table may take longer than a page may."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, on a connection that waits as long as it takes."""
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        super().handle(*args, **options)
        connection.close()
