"""The database backend of a machine without a PostgreSQL of its own.

The server is started when the first connection is asked for, not when settings are read: most
commands (`check`, `makemigrations`, type checking) need none.
"""

from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base

from ccgather.ops import postgres


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL, reached through the embedded server's socket."""

    def get_connection_params(self) -> dict[str, Any]:
        """The parameters of psycopg; starts the server if nobody has."""
        server = postgres.use(settings.EMBEDDED_POSTGRES)
        self.settings_dict["HOST"] = str(server.socket_folder)
        return super().get_connection_params()
