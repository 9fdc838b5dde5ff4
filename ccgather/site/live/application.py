"""`GET /live/board?period=&sort=&country=&page=`: the moving parts of a board, as they move.

A stream of server-sent events; with `once=1` the newest state alone, as JSON with an ETag, for
readers whose network does not let streams through. It stands in front of Django: a stream lasts
for minutes, and Django would keep a thread for each. Everything in it is public.
"""

import asyncio
import json
import signal
import threading
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from types import FrameType
from urllib.parse import parse_qsl

from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.core.handlers.asgi import ASGIRequest
from django.db import connections

from ccgather.errors import DomainError
from ccgather.ops.body_limit import Application, Receive, Scope, Send
from ccgather.ops.runtime import runtime
from ccgather.site.board_links import board_query_of
from ccgather.site.live.hub import Hub
from ccgather.site.live.rendering import Frame, frame_of
from leaderboard.shapes import BoardQuery

PATH = "/live/board"
MOST_QUERY_BYTES = 2_000
RETRY_MILLISECONDS = 3000
"""When a browser whose stream broke comes back."""


class LiveBoards:
    """The endpoint; everything else goes on to `application`."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._hub: Hub | None = None
        self._ends: set[asyncio.Event] = set()
        self._by_address: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._application(scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD"):
            await _refuse(send, 405, "method_not_allowed", "Only GET.", allow="GET, HEAD")
            return
        try:
            request = ASGIRequest(
                {**scope, "query_string": scope["query_string"][:2000]}, BytesIO()
            )
            request.get_host()
            params = dict(parse_qsl(request.META["QUERY_STRING"], keep_blank_values=True))
            query = board_query_of(params)
            address = request.META["REMOTE_ADDR"]
        except (DisallowedHost, RequestDataTooBig):
            await _refuse(send, 400, "bad_request", "This address is not served here.")
            return
        except DomainError as problem:
            await _refuse(send, 400, problem.code, problem.message)
            return
        if params.get("once"):
            await _once(query, request.headers.get("If-None-Match", ""), send)
        else:
            if self._hub is None:
                self._hub = Hub()
                _when_ending(self._end)
            await self._stream(self._hub, query, address, receive, send)

    async def _stream(
        self, hub: Hub, query: BoardQuery, address: str, receive: Receive, send: Send
    ) -> None:
        limit = await asyncio.to_thread(_limits)
        if hub.readers >= limit[0] or self._by_address[address] >= limit[1]:
            message = "Too many live boards are open here; the page asks again by itself."
            await _refuse(send, 503, "too_many_streams", message, retry_after="10")
            return
        self._by_address[address] += 1
        begun, end = asyncio.Event(), asyncio.Event()
        self._ends.add(end)
        leaving = asyncio.create_task(_left(receive))
        sending = asyncio.create_task(_send_frames(hub, query, send, begun))
        ending = asyncio.create_task(end.wait())
        tasks = {leaving, sending, ending}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]
            self._ends.discard(end)
        if begun.is_set() and end.is_set():
            await send({"type": "http.response.body", "body": b""})

    def _end(self) -> None:
        for end in self._ends:
            end.set()


def with_live_boards(application: Application) -> Application:
    """The application, with live boards in front of it."""
    return LiveBoards(application)


def _limits() -> tuple[float, float]:
    """(streams a process, streams an address); read in a thread, since it may ask the database."""
    try:
        return runtime.live_streams_per_process, runtime.live_streams_per_address
    finally:
        connections.close_all()


async def _left(receive: Receive) -> None:
    """Returns when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _when_ending(act: Callable[[], object]) -> None:
    """Has `act` called when this process is asked to end.

    The server waits for every answer to end before it does, and a stream would not by itself: a
    restart would take as long as the server has patience.
    """
    if threading.current_thread() is not threading.main_thread():
        return  # a server inside of another program, which hears its signals itself
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def end(
            number: int,
            frame: FrameType | None,
            before: Callable[[int, FrameType | None], object] | int | None = before,
        ) -> None:
            loop.call_soon_threadsafe(act)
            if callable(before):
                before(number, frame)

        signal.signal(number, end)


async def _send_frames(hub: Hub, query: BoardQuery, send: Send, begun: asyncio.Event) -> None:
    try:
        async for frame in hub.frames(query):
            if not begun.is_set():
                begun.set()
                await send(_start(200, b"text/event-stream"))
                await send(_part(b"retry: %d\n\n" % RETRY_MILLISECONDS))
            await send(_part(_event(frame)))
    except DomainError as problem:
        if not begun.is_set():
            await _refuse(send, 400, problem.code, problem.message)


async def _once(query: BoardQuery, known: str, send: Send) -> None:
    try:
        frame = await asyncio.to_thread(frame_of, query=query)
    except DomainError as problem:
        await _refuse(send, 400, problem.code, problem.message)
        return
    etag = (b"etag", frame.etag.encode())
    if frame.etag in known:
        await send({"type": "http.response.start", "status": 304, "headers": [etag, *_COMMON]})
        await send({"type": "http.response.body", "body": b""})
        return
    headers = [(b"content-type", b"application/json"), etag, *_COMMON]
    headers.append((b"content-length", str(len(frame.body)).encode()))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": frame.body})


_COMMON = [
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),  # nginx would keep a stream until it has a page full
    (b"x-content-type-options", b"nosniff"),
]


def _event(frame: Frame | None) -> bytes:
    if frame is None:
        return b": still here\n\n"
    return (
        b"event: board\nid: " + frame.etag.strip('"').encode() + b"\ndata: " + frame.body + b"\n\n"
    )


def _start(status: int, content_type: bytes) -> dict[str, object]:
    headers = [(b"content-type", content_type), *_COMMON]
    return {"type": "http.response.start", "status": status, "headers": headers}


def _part(body: bytes) -> dict[str, object]:
    return {"type": "http.response.body", "body": body, "more_body": True}


async def _refuse(
    send: Send, status: int, code: str, message: str, *, allow: str = "", retry_after: str = ""
) -> None:
    body = json.dumps({"success": False, "error": code, "message": message, "details": []}).encode()
    headers = [(b"content-type", b"application/json"), *_COMMON]
    headers.append((b"content-length", str(len(body)).encode()))
    if allow:
        headers.append((b"allow", allow.encode()))
    if retry_after:
        headers.append((b"retry-after", retry_after.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
