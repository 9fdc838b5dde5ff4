"""A real HTTP server on loopback that plays the site, well or badly."""

import contextlib
import gzip
import json
import sys
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ccgather_cli import __version__

TOKEN = "tt_" + "5eed" * 12
WHOSE = {
    "user": {"username": "alice", "avatarUrl": ""},
    "token": {"name": "laptop", "createdAt": "2026-05-01T08:00:00Z", "expiresAt": None},
}
DEVICE = {
    "deviceCode": "0123456789abcdef0123456789abcdef",
    "userCode": "BCDF-GHJK",
    "verificationUrl": "http://127.0.0.1/device",
    "verificationUrlComplete": "http://127.0.0.1/device?code=BCDF-GHJK",
    "expiresIn": 900,
    "interval": 5,
}
COMPLETE = {"status": "complete", "token": TOKEN, "user": {"username": "alice", "avatarUrl": ""}}
SALT = bytes(range(32))
CONFIG: dict[str, Any] = {
    "siteName": "Board",
    "minCliVersion": "0.1.0",
    "latestCliVersion": __version__,
    "limits": {"rows": 20_000},
    "evidence": {"version": 1, "salt": SALT.hex(), "saltId": "37214e53", "k": 64},
    "features": {"evidence": True},
}
ACCEPTED: dict[str, Any] = {
    "success": True,
    "submissionId": "0199a000-0000-7000-8000-000000000000",
    "status": "verified",
    "mode": "merge",
    "message": "Submission recorded",
    "username": "alice",
    "profileUrl": "https://board.example/u/alice",
    "metrics": {
        "totalTokens": 1_234_567,
        "totalCost": 12.5,
        "activeDays": 45,
        "dateRange": {"start": "2026-01-01", "end": "2026-05-02"},
        "clients": ["claude"],
    },
    "rank": {
        "global": 12,
        "globalChange": 3,
        "country": 2,
        "countryChange": -1,
        "movedNow": 4,
        "next": {"username": "bob", "tokensAhead": 4321},
    },
    "level": {"level": 4, "name": "Maker", "icon": "*", "progress": 0.63, "tokensToNext": 99_000},
    "newBadges": [],
    "changes": [
        {"day": "2026-05-02", "client": "claude", "before": 100, "after": 763, "why": "more usage"}
    ],
    "held": [],
    "warnings": [],
}


@dataclass
class Seen:
    """A request as it came in. `raw` is everything on the wire but the request line."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def raw(self) -> bytes:
        """Headers and body, readable: what a listener would see."""
        head = "".join(f"{name}: {value}\n" for name, value in self.headers.items())
        return f"{self.method} {self.path}\n{head}\n".encode() + self.content

    @property
    def content(self) -> bytes:
        """The body without its compression."""
        if self.headers.get("Content-Encoding") == "gzip":
            return gzip.decompress(self.body)
        return self.body

    @property
    def json(self) -> Any:
        """The body as a value."""
        return json.loads(self.content)


Play = Callable[[BaseHTTPRequestHandler], None]


def answers(content: Any, status: int = 200, **headers: str) -> Play:
    """A JSON answer."""
    body = json.dumps(content).encode()
    return sends(body, status, **{"Content-Type": "application/json", **headers})


def sends(body: bytes, status: int = 200, **headers: str) -> Play:
    """An answer of any kind; `_` in the names of headers stands for `-`."""

    def play(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {"Content-Length": str(len(body)), **named}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return play


def refuses(status: int, code: str, message: str, *details: str, **headers: str) -> Play:
    """An error as the contract has it."""
    content = {"success": False, "error": code, "message": message, "details": list(details)}
    return answers(content, status, **headers)


def hangs_up(request: BaseHTTPRequestHandler) -> None:
    """No answer at all."""
    request.close_connection = True


def half(content: Any) -> Play:
    """The connection ends in the middle of the body."""
    body = json.dumps(content).encode()

    def play(request: BaseHTTPRequestHandler) -> None:
        sends(body[: len(body) // 2], Content_Length=str(len(body)))(request)
        request.close_connection = True

    return play


class _Server(ThreadingHTTPServer):
    """One that says nothing about clients which hang up, as ours are meant to."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@dataclass
class LoopbackSite:
    """Answers in the order in which they were queued for a path; the last one stays."""

    seen: list[Seen] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    _plays: dict[str, deque[Play]] = field(default_factory=lambda: defaultdict(deque))
    _server: ThreadingHTTPServer | None = None
    _thread: threading.Thread | None = None

    def on(self, path: str, *plays: Play) -> None:
        """What to do when `path` is asked for."""
        self._plays[path] = deque(plays)

    def asked(self, path: str) -> list[Seen]:
        """Every request for `path`, whatever its query."""
        return [request for request in self.seen if request.path.partition("?")[0] == path]

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def silent(self, request: BaseHTTPRequestHandler) -> None:
        """No answer until the test is over."""
        self.closing.wait(20)
        request.close_connection = True

    def trickling(self, request: BaseHTTPRequestHandler) -> None:
        """A body that comes letter by letter and never ends."""
        request.send_response(200)
        request.send_header("Content-Length", "100000")
        request.end_headers()
        with contextlib.suppress(OSError):
            while not self.closing.wait(0.02):
                request.wfile.write(b" ")

    def start(self) -> None:
        """Listen on a free port."""
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                seen = Seen(self.command, self.path, dict(self.headers.items()), body)
                site.seen.append(seen)
                plays = site._plays[self.path.partition("?")[0]]
                if not plays:
                    refuses(404, "not_found", "No such address")(self)
                    return
                play = plays.popleft() if len(plays) > 1 else plays[0]
                play(self)

            do_GET = do_POST = do_DELETE = answer  # noqa: N815

            def log_message(self, *_: Any) -> None:
                """Nothing: the test's own output is what matters."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and wait for everything under way."""
        assert self._server is not None
        assert self._thread is not None
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
