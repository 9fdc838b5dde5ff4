"""The web process: `python -m ccgather.ops.web`, in `make run` and on a server alike.

uvicorn's own defaults believe forwarding headers from this machine; here that is the business of
`TRUSTED_PROXIES` alone, so they are off.
"""

import os

import django
import uvicorn
from django.conf import settings


def main() -> None:
    """Serve until told to stop; `WEB_CONCURRENCY` processes where Redis lets them share."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ccgather.settings")
    django.setup()
    uvicorn.run(
        "ccgather.asgi:application",
        host=settings.BIND,
        port=settings.PORT,
        workers=settings.WEB_CONCURRENCY,
        proxy_headers=False,
        server_header=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=64 * 1024,
    )


if __name__ == "__main__":
    main()
