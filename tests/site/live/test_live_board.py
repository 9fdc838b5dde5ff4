"""`/live/board`: a stream over HTTP from the real server, and the answer for those without."""

import contextlib
import json
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import pytest

from accounts.models import ApiToken
from accounts.services.settings import change_settings
from ccgather.ops import clock
from ccgather.ops.services import change_setting
from tests.browser.serving import Server
from tests.submissions.reports import report, row
from tests.submissions.sending import accept

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running
        running.wait_until_idle()


@contextlib.contextmanager
def asked(server: Server, path: str, method: str = "GET", **headers: str) -> Iterator[HTTPResponse]:
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=named)
    try:
        yield connection.getresponse()
    finally:
        connection.close()


def event(stream: HTTPResponse) -> dict[str, str]:
    """The next board event."""
    while True:
        line = stream.readline()
        assert line, "the stream ended"
        if line.startswith(b"data: "):
            parts: dict[str, str] = json.loads(line.removeprefix(b"data: "))
            return parts


def burned(html: str) -> bool:
    return "alice" in html


def test_a_report_moves_an_open_page_within_two_seconds(
    server: Server, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, report([row(input_tokens=100)]))
    with asked(server, "/live/board") as stream:
        assert stream.status == 200
        assert stream.headers["Content-Type"] == "text/event-stream"
        assert "bob" not in event(stream)["podium"]
        accept(bob_token, report([row(input_tokens=500)]))
        begun = time.monotonic()
        podium = event(stream)["podium"]
        assert time.monotonic() - begun < 2
        assert podium.index("bob") < podium.index("alice")


def test_a_decision_shows_on_open_pages(
    server: Server, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, report([row(input_tokens=100)]))
    accept(bob_token, report([row(input_tokens=500)]))
    with asked(server, "/live/board?period=30d") as stream:
        event(stream)
        change_settings(user_id=bob_token.user_id, wanted={"profileVisible": False}, at=clock.now())
        assert "bob" not in event(stream)["podium"]


def test_without_a_stream_the_newest_state_is_asked_for_with_an_etag(
    server: Server, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row(input_tokens=100)]))
    with asked(server, "/live/board?once=1") as answer:
        etag = answer.headers["ETag"]
        assert "alice" in json.loads(answer.read())["podium"]
    with asked(server, "/live/board?once=1", If_None_Match=etag) as answer:
        assert answer.status == 304
    accept(alice_token, report([row(input_tokens=900)]))
    with asked(server, "/live/board?once=1", If_None_Match=etag) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/live/board?sort=nonsense", 400),
        ("/live/board?period=nonsense", 400),
        ("/live/board?period=nonsense&once=1", 400),
        ("/live/board?country=Q1", 400),
        ("/live/board?around=nobody", 400),
        ("/live/other", 404),
    ],
)
def test_nonsense_is_refused_in_words(server: Server, path: str, status: int) -> None:
    with asked(server, path) as answer:
        assert answer.status == status
        if status == 400:
            body = json.loads(answer.read())
            assert body["success"] is False
            assert body["message"]


def test_only_reading_is_possible(server: Server) -> None:
    with asked(server, "/live/board", method="POST") as answer:
        assert answer.status == 405
        assert answer.headers["Allow"] == "GET, HEAD"


def test_a_host_that_is_not_ours_is_refused(server: Server) -> None:
    with asked(server, "/live/board", Host="evil.example") as answer:
        assert answer.status == 400


def test_too_many_streams_are_sent_to_ask_instead(server: Server, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(input_tokens=100)]))
    change_setting(key="live_streams_per_address", value=1, by="tests", at=clock.now())
    with asked(server, "/live/board") as first:
        event(first)
        with asked(server, "/live/board") as second:
            assert second.status == 503
            assert second.headers["Retry-After"] == "10"
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with asked(server, "/live/board") as third:
            if third.status == 200:
                break
    assert third.status == 200
