"""Open pages and senders, in one event loop, over real connections."""

import asyncio
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.live.ages import Acknowledged, Reader
from benchmarks.live.people import Sender

LARGEST_EVENT = 4 * 1024 * 1024
MOST_TOKENS = 5_000_000
IDLE_SECONDS = 3.0


class UnexpectedAnswerError(Exception):
    """The site did not answer what this measurement needs."""


@dataclass(slots=True)
class Pages:
    """All open pages; `states` are the distinct renderings, by view and the id of the event."""

    host: str
    port: int
    readers: list[Reader] = field(default_factory=list)
    states: dict[str, dict[str, bytes]] = field(default_factory=dict)
    events: int = 0
    octets: int = 0
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def open(self, views: Sequence[str], count: int) -> None:
        """Opens that many pages, spread over the views; each has its first state afterwards."""
        for number in range(count):
            reader = Reader(views[number % len(views)])
            self.readers.append(reader)
            self._tasks.append(asyncio.create_task(self._follow(reader)))
            await asyncio.sleep(0.01)
        while not all(reader.arrived for reader in self.readers):
            self.raise_what_broke()
            await asyncio.sleep(0.05)

    def raise_what_broke(self) -> None:
        """A stream that ended is an error."""
        for task in self._tasks:
            if task.done():
                task.result()
                message = "a stream ended"
                raise UnexpectedAnswerError(message)

    async def close(self) -> None:
        """Everybody leaves."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.close()

    async def _follow(self, reader: Reader) -> None:
        stream, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=LARGEST_EVENT)
        self._writers.append(writer)
        ask = (
            f"GET {reader.view} HTTP/1.1\r\nHost: {self.host}\r\nAccept: text/event-stream\r\n\r\n"
        )
        writer.write(ask.encode())
        status = await stream.readline()
        if b" 200 " not in status:
            message = f"{reader.view}: {status!r}"
            raise UnexpectedAnswerError(message)
        states = self.states.setdefault(reader.view, {})
        name = ""
        # An event is one chunk, so that its lines are never broken.
        while line := await stream.readline():
            if line.startswith(b"id: "):
                name = line[4:-1].decode()
            elif line.startswith(b"data: "):
                reader.arrived.append((time.monotonic(), name))
                states.setdefault(name, line[6:-1])
                self.events += 1
                self.octets += len(line)


@dataclass(slots=True)
class Submissions:
    """Reports sent at an even rate, each by somebody who is not sending just now."""

    host: str
    port: int
    senders: Sequence[Sender]
    day: str
    acknowledged: list[Acknowledged] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    refused: int = 0
    _idle: list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]] = field(
        default_factory=list
    )

    async def send(self, *, rate: float, seconds: float) -> None:
        """`rate` a second, begun at even moments whether or not the earlier ones are answered."""
        order = random.Random(7)
        queue = list(self.senders)
        order.shuffle(queue)
        begun = time.monotonic()
        tasks = []
        for number in range(int(rate * seconds)):
            due = begun + number / rate
            await asyncio.sleep(max(due - time.monotonic(), 0))
            while (sender := queue.pop(0)).is_busy:
                queue.append(sender)
                await asyncio.sleep(0.005)
            queue.append(sender)
            sender.is_busy = True
            self.late.append(time.monotonic() - due)
            tasks.append(asyncio.create_task(self._send(sender, order.randint(1_000, MOST_TOKENS))))
        await asyncio.gather(*tasks)
        for _, _, writer in self._idle:
            writer.close()

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """One that was used just now, if there is one: the site closes those that idle for 5 s."""
        while self._idle:
            used, stream, writer = self._idle.pop()
            if time.monotonic() - used < IDLE_SECONDS:
                return stream, writer
            writer.close()
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def _send(self, sender: Sender, tokens: int) -> None:
        sender.sent += tokens
        begun = time.monotonic()
        answer = await self._post(sender.body(self.day), sender.secret)
        ended = time.monotonic()
        sender.is_busy = False
        if answer.get("error") == "overloaded":  # nothing of it was read
            sender.sent -= tokens
            self.refused += 1
            return
        sender.tokens += tokens
        if answer.get("status") != "verified" or answer["metrics"]["totalTokens"] != sender.tokens:  # type: ignore[index]
            raise UnexpectedAnswerError(str(answer)[:600])
        self.latencies.append(ended - begun)
        self.acknowledged.append(
            Acknowledged(ended, sender.username, sender.country, tokens, sender.tokens)
        )

    async def _post(self, body: bytes, secret: str) -> dict[str, object]:
        stream, writer = await self._connection()
        writer.write(
            f"POST /api/submit HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Bearer {secret}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = (await stream.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        answer: dict[str, object] = json.loads(await stream.readexactly(length))
        self._idle.append((time.monotonic(), stream, writer))
        return answer
