"""No request body longer than any page or endpoint reads, refused before it is stored.

Django under ASGI writes a body to a temporary file before any of its own limits is asked; a
stranger could fill the disk. This stands in front of it.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY_BYTES = 17 * 1024 * 1024
"""A report of 16 MB and the frame of a form around it."""


class _TooLong(Exception):  # noqa: N818 - never leaves this module
    """More came in than may."""


def with_body_limit(application: Application, limit: int = MAX_BODY_BYTES) -> Application:
    """The application, with longer bodies answered 413 in the API's words."""

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        stated = dict(scope["headers"]).get(b"content-length", b"")
        if stated.isdigit() and int(stated) > limit:
            await _refuse(send, limit)
            return
        received = 0
        has_begun = False

        async def counting_receive() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _TooLong
            return message

        async def watching_send(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await application(scope, counting_receive, watching_send)
        except _TooLong:
            if has_begun:
                raise
            await _refuse(send, limit)

    return limited


async def _refuse(send: Send, limit: int) -> None:
    body = json.dumps(
        {
            "success": False,
            "error": "body_too_large",
            "message": f"A body may have {limit:,} bytes.",
            "details": [],
        }
    ).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
