"""As many requests at once as the process can work on; the others wait their turn, in order.

Python works on one at a time anyway. Twenty threads that fight for it answer nobody sooner, and
starve what must be on time: the live boards, whose renderings need connections of the same pool.
A turn begins when the request has come in whole: whoever sends slowly holds up nobody.
"""

import asyncio
import json
from weakref import WeakKeyDictionary

from ccgather.ops.body_limit import Application, Message, Receive, Scope, Send

WAIT_SECONDS = 10.0
"""As long as for a connection of the pool: whoever waits longer is told to come back."""


class _WaitedTooLong(Exception):  # noqa: N818 - never leaves this module
    """No turn came."""


def with_turns(application: Application, *, at_once: int) -> Application:
    """The application, with at most `at_once` requests inside."""
    turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

    async def in_turn(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        turn = turns.setdefault(loop, asyncio.Semaphore(at_once))
        is_ours = False

        async def hear() -> Message:
            nonlocal is_ours
            message = await receive()
            has_come_in = message["type"] == "http.request" and not message.get("more_body", False)
            if has_come_in and not is_ours:
                try:
                    await asyncio.wait_for(turn.acquire(), WAIT_SECONDS)
                except TimeoutError:
                    raise _WaitedTooLong from None
                is_ours = True
            return message

        try:
            await application(scope, hear, send)
        except _WaitedTooLong:
            await _refuse(send)
        finally:
            if is_ours:
                turn.release()

    return in_turn


async def _refuse(send: Send) -> None:
    body = json.dumps(
        {
            "success": False,
            "error": "overloaded",
            "message": "Too many ask at once; try again in a moment.",
            "details": [],
        }
    ).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", b"5"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})
