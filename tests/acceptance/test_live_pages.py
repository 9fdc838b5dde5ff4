"""Hundreds of open live pages: the site ends quickly all the same, and readers that stopped reading
cost it nothing."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.acceptance.running import RunningSite
from tests.submissions.reports import native_body, row

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(300)]

PAGES = 300
REPORTS = 6
MOST_GROWTH = 5_000_000
"""Bytes: less than 20 KB a stream, a fraction of what was sent to it."""

END_SECONDS = 5.0


@pytest.fixture
def site(tmp_path: Path) -> Iterator[RunningSite]:
    running = RunningSite(tmp_path)
    try:
        running.start()
        yield running
    finally:
        running.stop()


def opened(site: RunningSite) -> list[socket.socket]:
    """That many streams, each with its first event."""
    streams = []
    ask = f"GET /live/board HTTP/1.1\r\nHost: localhost:{site.port}\r\n\r\n".encode()
    for _ in range(PAGES):
        stream = socket.create_connection(("127.0.0.1", site.port), timeout=30)
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stream.sendall(ask)
        streams.append(stream)
    for stream in streams:
        assert stream.recv(12) == b"HTTP/1.1 200"
    return streams


def test_streams_end_with_the_site_and_cost_nothing_when_nobody_reads(site: RunningSite) -> None:
    secret = site.manage("issue_token", "alice", "--name", "laptop", "--create")
    streams = opened(site)
    web = site._web_process()
    threading.Event().wait(2)
    before = web.memory_info().rss
    day = datetime.now(UTC).date()
    for number in range(1, REPORTS + 1):
        body = native_body([row(day, 1_000 * number)], device="laptop-1")
        assert site.request("POST", "/api/submit", body=body, secret=secret)[0] == 200
        threading.Event().wait(1.5)
    assert web.memory_info().rss - before < MOST_GROWTH
    begun = time.monotonic()
    web.terminate()
    web.wait(30)
    assert time.monotonic() - begun < END_SECONDS
    for stream in streams:
        stream.close()


def test_readers_hear_that_the_stream_is_over(site: RunningSite) -> None:
    streams = opened(site)
    web = site._web_process()
    web.terminate()
    for stream in streams:
        last = b""
        while part := stream.recv(100_000):
            last = (last + part)[-5:]
        assert last == b"0\r\n\r\n"
        stream.close()
    web.wait(30)
