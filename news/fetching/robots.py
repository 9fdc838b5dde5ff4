"""robots.txt (RFC 9309): who may be asked for what, remembered for a while."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol
from urllib.parse import urlsplit

from protego import Protego

from news.errors import FetchError, HttpStatusError, RobotsRefusedError
from news.fetching.fetcher import Fetcher

KEPT: Final = timedelta(hours=24)
MAX_DELAY_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class KeptRobots:
    """A robots.txt as it was found at `at`; "" where there is none."""

    text: str
    at: datetime


class RobotsShelf(Protocol):
    """Where they are kept between crawls."""

    def find(self, origin: str) -> KeptRobots | None:
        """What is kept of an origin ("https://example.org")."""

    def keep(self, origin: str, robots: KeptRobots) -> None:
        """Keep it."""


@dataclass(slots=True)
class Robots:
    """Asks a site's robots.txt once and answers from it. `agent` is our product's token."""

    fetcher: Fetcher
    shelf: RobotsShelf
    agent: str
    at: datetime
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    _rules: dict[str, Protego] = field(default_factory=dict)
    _asking: dict[str, asyncio.Lock] = field(default_factory=dict)
    _turns: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def allow(self, url: str) -> None:
        """Raises RobotsRefusedError; waits as long as the site wants between two requests."""
        rules = await self._rules_of(url)
        if not rules.can_fetch(url, self.agent):
            raise RobotsRefusedError(f"robots.txt of {urlsplit(url).netloc} asks us to stay away.")
        delay = min(float(rules.crawl_delay(self.agent) or 0.0), MAX_DELAY_SECONDS)
        if delay:
            async with self._turns.setdefault(urlsplit(url).netloc, asyncio.Lock()):
                await self.pause(delay)

    async def _rules_of(self, url: str) -> Protego:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        async with self._asking.setdefault(origin, asyncio.Lock()):
            if origin not in self._rules:
                kept = self.shelf.find(origin)
                if kept is None or self.at - kept.at > KEPT:
                    kept = KeptRobots(await self._fetch(origin), self.at)
                    self.shelf.keep(origin, kept)
                self._rules[origin] = Protego.parse(kept.text)
            return self._rules[origin]

    async def _fetch(self, origin: str) -> str:
        try:
            page = await self.fetcher.get(f"{origin}/robots.txt", accept=("text/*",))
        except HttpStatusError as error:
            # RFC 9309, 2.3.1: without the file all is allowed; while the server is broken nothing
            # is, and nothing is remembered.
            if error.http_status >= 500 or error.http_status == 429:
                raise
            return ""
        except FetchError as error:
            if error.code == "content_refused":  # a page in place of the file: there is none
                return ""
            raise
        return page.text[:500_000]
