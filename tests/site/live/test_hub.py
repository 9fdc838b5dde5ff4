"""Who looks at which board, and what they are told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest

from ccgather.site.live import hub as hubs
from ccgather.site.live.hub import Hub
from ccgather.site.live.rendering import Frame
from leaderboard.shapes import BoardQuery

WORLD, GERMANY = BoardQuery(), BoardQuery(country="DE")


class Site:
    """A site whose boards change when the test says so."""

    def __init__(self) -> None:
        self.state = 0
        self.looks = 0
        self.rendered: list[BoardQuery] = []
        self.trouble: Exception | None = None

    def version(self) -> tuple[object, ...]:
        self.looks += 1
        if self.trouble is not None:
            raise self.trouble
        return (self.state,)

    def frame(self, *, query: BoardQuery) -> Frame:
        if self.trouble is not None:
            raise self.trouble
        self.rendered.append(query)
        return Frame(body=b"%d" % self.state, etag=f'"{self.state}"')


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setattr(hubs, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(hubs, "RENDER_SECONDS", 0.02)
    return Site()


def runs(test: Callable[[Hub, Site], Coroutine[Any, Any, None]], site: Site) -> Hub:
    """The test in an event loop of its own; nothing of the hub may be left running."""

    async def main() -> Hub:
        hub = Hub(version=site.version, frame=site.frame)
        await asyncio.wait_for(test(hub, site), 10)
        await asyncio.sleep(0.05)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        assert not [task for task in others if not task.done()]
        assert hub.readers == 0
        return hub

    return asyncio.run(main())


async def bodies(frames: AsyncIterator[Frame | None], count: int) -> list[bytes]:
    found: list[bytes] = []
    async for frame in frames:
        if frame is not None:
            found.append(frame.body)
        if len(found) == count:
            break
    await frames.aclose()  # type: ignore[attr-defined]  # a generator
    return found


def test_a_reader_gets_the_state_at_once_and_then_each_change(site: Site) -> None:
    async def reading(hub: Hub, site: Site) -> None:
        frames = hub.frames(WORLD)
        first = await anext(frames)
        site.state = 1
        second = await anext(frames)
        site.state = 2
        third = await anext(frames)
        await frames.aclose()  # type: ignore[attr-defined]
        assert [frame and frame.body for frame in (first, second, third)] == [b"0", b"1", b"2"]

    runs(reading, site)


def test_a_view_is_rendered_once_for_all_who_look_at_it(site: Site) -> None:
    async def reading(hub: Hub, site: Site) -> None:
        readers = [asyncio.create_task(bodies(hub.frames(WORLD), 2)) for _ in range(50)]
        await asyncio.sleep(0.1)
        before = len(site.rendered)
        site.state = 7
        assert await asyncio.gather(*readers) == [[b"0", b"7"]] * 50
        assert len(site.rendered) == before + 1

    runs(reading, site)


def test_each_distinct_view_is_rendered_by_itself(site: Site) -> None:
    async def reading(hub: Hub, site: Site) -> None:
        world = asyncio.create_task(bodies(hub.frames(WORLD), 2))
        germany = asyncio.create_task(bodies(hub.frames(GERMANY), 2))
        await asyncio.sleep(0.1)
        site.state = 1
        await asyncio.gather(world, germany)
        assert set(site.rendered) == {WORLD, GERMANY}

    runs(reading, site)


def test_nothing_is_asked_while_nobody_looks(site: Site) -> None:
    async def reading(hub: Hub, site: Site) -> None:
        await bodies(hub.frames(WORLD), 1)
        await asyncio.sleep(0.05)
        looks = site.looks
        await asyncio.sleep(0.1)
        assert site.looks == looks

    runs(reading, site)


def test_a_database_that_restarts_delays_news_and_loses_none(site: Site) -> None:
    from django.db import OperationalError  # noqa: PLC0415

    async def reading(hub: Hub, site: Site) -> None:
        frames = hub.frames(WORLD)
        await anext(frames)
        site.trouble = OperationalError("terminating connection")
        site.state = 5
        await asyncio.sleep(0.1)
        site.trouble = None
        frame = await anext(frames)
        await frames.aclose()  # type: ignore[attr-defined]
        assert frame is not None
        assert frame.body == b"5"

    runs(reading, site)


def test_silence_is_broken_by_a_heartbeat(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "HEARTBEAT_SECONDS", 0.02)

    async def reading(hub: Hub, site: Site) -> None:
        frames = hub.frames(WORLD)
        assert await anext(frames) is not None
        assert await anext(frames) is None
        await frames.aclose()  # type: ignore[attr-defined]

    runs(reading, site)


def test_a_view_that_cannot_be_rendered_is_the_readers_to_know(site: Site) -> None:
    from leaderboard.errors import UnknownPeriodError  # noqa: PLC0415

    async def reading(hub: Hub, site: Site) -> None:
        site.trouble = UnknownPeriodError("nonsense")
        with pytest.raises(UnknownPeriodError):
            await anext(hub.frames(WORLD))

    runs(reading, site)
