"""Bodies longer than anything reads are refused before they are stored."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from ccgather.ops.body_limit import with_body_limit


async def _reading(_scope: Any, receive: Any, send: Any) -> None:
    """An application that reads the whole body and answers its length."""
    length = 0
    while True:
        message = await receive()
        length += len(message["body"])
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


def _status(chunks: list[bytes], headers: list[tuple[bytes, bytes]]) -> int:
    sent: list[Mapping[str, Any]] = []
    left = list(chunks)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    application = with_body_limit(_reading, limit=100)

    async def serve() -> None:
        await application({"type": "http", "headers": headers}, receive, send)

    asyncio.run(serve())
    return int(sent[0]["status"])


@pytest.mark.parametrize(
    ("chunks", "stated", "status"),
    [
        ([b"x" * 100], b"100", 200),
        ([b"x" * 101], b"101", 413),
        ([b"x"] * 100, b"", 200),
        ([b"x" * 60, b"x" * 60], b"", 413),
        ([b"x" * 60, b"x" * 60], b"10", 413),
    ],
)
def test_a_body_is_counted_however_it_comes(
    chunks: list[bytes], stated: bytes, status: int
) -> None:
    headers = [(b"content-length", stated)] if stated else [(b"transfer-encoding", b"chunked")]
    assert _status(chunks, headers) == status
