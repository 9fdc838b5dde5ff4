"""Who looks at which board in this process, and telling them when it moved.

While anybody looks, one question a half second asks PostgreSQL whether any board changed: it
costs the same whatever happens on the site, holds no connection, survives a restart of the
database, and needs nothing of those who write. Each distinct view is then rendered at most once a
second, and the same bytes go to everybody who looks at it. See ADR 0009.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from django.db import Error as DatabaseError

from ccgather.errors import DomainError
from ccgather.site.live.rendering import Frame, Version, frame_of, present_version
from leaderboard.shapes import BoardQuery

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
"""Between two looks at whether anything changed."""

RENDER_SECONDS = 1.0
"""Between two renderings of one view."""

HEARTBEAT_SECONDS = 15.0
"""A comment goes out after this much silence: proxies close what says nothing."""


@dataclass(eq=False)
class _View:
    """One view of a board: its newest frame, and those who wait for the next."""

    query: BoardQuery
    frame: Frame | None = None
    waiting: set[asyncio.Event] = field(default_factory=set)
    rendering: asyncio.Task[None] | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class Hub:
    """All the open live pages of a process. Lives in one event loop."""

    def __init__(
        self,
        *,
        version: Callable[[], Version] = present_version,
        frame: Callable[..., Frame] = frame_of,
    ) -> None:
        self._version = version
        self._frame = frame
        self._views: dict[BoardQuery, _View] = {}
        self._watch: asyncio.Task[None] | None = None
        self.readers = 0

    async def frames(self, query: BoardQuery) -> AsyncIterator[Frame | None]:
        """The newest state at once, then each that differs; None when it is time for a heartbeat.

        A reader that is slower than the board misses states in between, never the newest. Raises
        what rendering the first one raises.
        """
        view = self._views.setdefault(query, _View(query))
        news = asyncio.Event()
        view.waiting.add(news)
        self.readers += 1
        try:
            if view.frame is None:
                view.frame = await asyncio.to_thread(self._frame, query=query)
            self._start(view)
            seen = ""
            while True:
                if view.frame is not None and view.frame.etag != seen:
                    seen = view.frame.etag
                    yield view.frame
                news.clear()
                try:
                    await asyncio.wait_for(news.wait(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield None
        finally:
            self.readers -= 1
            view.waiting.discard(news)
            if not view.waiting:
                self._forget(view)

    def _start(self, view: _View) -> None:
        if view.rendering is None:
            view.rendering = asyncio.create_task(self._render(view))
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._look())

    def _forget(self, view: _View) -> None:
        if self._views.get(view.query) is view:
            del self._views[view.query]
        if view.rendering is not None:
            view.rendering.cancel()
        if not self._views and self._watch is not None:
            self._watch.cancel()
            self._watch = None

    async def _look(self) -> None:
        """Tell the views whenever anything changed."""
        known: Version | None = None
        while True:
            try:
                version = await asyncio.to_thread(self._version)
            except DatabaseError as problem:
                # Restarted or busy. What changed meanwhile is seen at the next look.
                logger.warning("live boards wait for the database: %s", problem)
            else:
                if version != known:
                    known = version
                    for view in self._views.values():
                        view.changed.set()
            await asyncio.sleep(LOOK_SECONDS)

    async def _render(self, view: _View) -> None:
        """Keep one view's frame new."""
        while True:
            await view.changed.wait()
            view.changed.clear()
            try:
                frame = await asyncio.to_thread(self._frame, query=view.query)
            except (DatabaseError, DomainError) as problem:
                logger.warning("a live board was not rendered: %s", problem)
                view.changed.set()
            else:
                if view.frame is None or frame.etag != view.frame.etag:
                    view.frame = frame
                    for news in view.waiting:
                        news.set()
            await asyncio.sleep(RENDER_SECONDS)
