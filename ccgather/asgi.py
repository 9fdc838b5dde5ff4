"""The site as an ASGI application: live boards and static files first, then Django."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ccgather.settings")
django_application = get_asgi_application()

from ccgather.ops.body_limit import with_body_limit  # noqa: E402 - after Django is set up
from ccgather.ops.patience import with_patience  # noqa: E402 - after Django is set up
from ccgather.ops.static import with_static_files  # noqa: E402 - after Django is set up
from ccgather.ops.turns import with_turns  # noqa: E402 - after Django is set up
from ccgather.site.live.application import with_live_boards  # noqa: E402 - after Django is set up

application = with_body_limit(
    with_live_boards(
        with_turns(
            with_patience(with_static_files(django_application)),
            at_once=settings.REQUESTS_AT_ONCE,
        )
    )
)
