"""As many requests at once as may be; the others in order, and not for ever."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from ccgather.ops import turns
from ccgather.ops.body_limit import Application, Receive, Scope, Send
from ccgather.ops.turns import with_turns

HTTP: Scope = {"type": "http", "path": "/"}


class Work:
    """An application that reads the request and then works until it is told that it is done."""

    def __init__(self) -> None:
        self.inside = 0
        self.most = 0
        self.done = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        self.inside += 1
        self.most = max(self.most, self.inside)
        await self.done.wait()
        self.inside -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def ask(application: Application, asker: "Asker") -> None:
    await application(HTTP, asker.receive, asker.send)


class Asker:
    """Somebody whose request has come in whole, or still comes."""

    def __init__(self, *, slowly: bool = False) -> None:
        self._parts = 0
        self._slowly = slowly
        self.told: list[Mapping[str, Any]] = []

    async def receive(self) -> Mapping[str, Any]:
        self._parts += 1
        if self._slowly and self._parts > 1:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": b"", "more_body": self._slowly}

    async def send(self, message: Mapping[str, Any]) -> None:
        self.told.append(message)


def test_no_more_than_may_are_inside_and_all_are_answered() -> None:
    async def asking() -> None:
        work = Work()
        application = with_turns(work, at_once=2)
        askers = [Asker() for _ in range(7)]
        asked = [asyncio.create_task(ask(application, a)) for a in askers]
        await asyncio.sleep(0.02)
        assert work.inside == 2
        work.done.set()
        await asyncio.gather(*asked)
        assert work.most == 2
        assert [asker.told[0]["status"] for asker in askers] == [200] * 7

    asyncio.run(asking())


def test_whoever_sends_slowly_holds_up_nobody() -> None:
    async def asking() -> None:
        work = Work()
        work.done.set()
        application = with_turns(work, at_once=1)
        slow, quick = Asker(slowly=True), Asker()
        waiting = asyncio.create_task(ask(application, slow))
        await asyncio.sleep(0.01)
        await asyncio.wait_for(ask(application, quick), 1)
        assert quick.told[0]["status"] == 200
        waiting.cancel()

    asyncio.run(asking())


def test_whoever_waits_too_long_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "WAIT_SECONDS", 0.02)

    async def asking() -> None:
        work = Work()
        application = with_turns(work, at_once=1)
        first, second, third = Asker(), Asker(), Asker()
        working = asyncio.create_task(ask(application, first))
        await asyncio.sleep(0.01)
        await ask(application, second)
        assert second.told[0]["status"] == 503
        assert (b"retry-after", b"5") in second.told[0]["headers"]
        assert json.loads(second.told[1]["body"])["error"] == "overloaded"
        work.done.set()
        await working
        await ask(application, third)
        assert third.told[0]["status"] == 200

    asyncio.run(asking())
