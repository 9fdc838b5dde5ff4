"""A small internet on loopback: sites of every kind, kind, slow, failing and hostile.

All names lead to one server; which site answers is in the `Host` header. `SITES` says what each
is there for; what a crawl should bring of it is in `EXPECTED`.
"""

import gzip
import json
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

Handler = BaseHTTPRequestHandler
Page = Callable[[Handler, str], None]

OPENING = (
    "Claude Code and other coding agents burn tokens while developers sleep, and this week that "
    "changed in a way which nobody who pays for them had expected."
)


def body_of(topic: str, *, sentences: int = 14) -> str:
    """An article's text that is about something of its own."""
    words = topic.split()
    lines = [OPENING]
    for number in range(sentences):
        word = words[number % len(words)]
        lines.append(
            f"In part {number + 1} of the story about {topic}, the {word} team of coding agents "
            f"measured {number * 37 + len(topic)} sessions before {word} and again after {word}."
        )
    return "\n".join(lines)


def article(
    title: str, text: str, *, at: str = "2026-11-20T10:00:00Z", language: str = "en"
) -> str:
    """A page with an article among a menu, a footer and a script."""
    paragraphs = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    return (
        f"<!doctype html><html lang='{language}'><head><title>{title} | A site</title>"
        f"<meta property='article:published_time' content='{at}'></head><body>"
        "<nav><a href='/'>Home</a><a href='/about'>About us</a></nav>"
        f"<main><article><h1>{title}</h1>{paragraphs}</article></main>"
        "<footer>All rights reserved. Subscribe to our newsletter.</footer>"
        "<script>alert('no text of mine')</script></body></html>"
    )


def rss(*items: tuple[str, str, str]) -> str:
    """A feed of (title, link, description)."""
    entries = "".join(
        f"<item><title>{title}</title><link>{link}</link><description>{text}</description>"
        "<pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate></item>"
        for title, link, text in items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>A feed</title>'
        f"<link>http://example.org</link><description>x</description>{entries}</channel></rss>"
    )


@dataclass
class Internet:
    """`seen` counts requests by (site, path); `sent_bytes` what went out; `down` are sites that
    answer nothing but 503."""

    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    sent_bytes: int = 0
    down: set[str] = field(default_factory=set)
    sites: dict[str, Page] = field(default_factory=dict)

    def __enter__(self) -> Self:
        internet = self

        class AnyHost(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                """Quiet."""

            def do_GET(self) -> None:
                """Whatever site it is."""
                host = self.headers.get("Host", "").split(":")[0]
                internet.seen[host, self.path] += 1
                try:
                    if host in internet.down:
                        internet.answer(self, "", status=503, headers={"Retry-After": "3600"})
                    else:
                        internet.sites[host](self, self.path)
                except OSError:
                    self.close_connection = True  # the crawler hung up: it had enough

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), AnyHost)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        """Of every site."""
        return int(self._server.server_port)

    def address(self, host: str, path: str) -> str:
        """The address of a page."""
        return f"http://{host}:{self.port}{path}"

    async def resolve(self, host: str, _port: int) -> list[str]:
        """The names of this internet; two lead inside."""
        if host == "inside.test":
            return ["10.0.0.7"]
        if host == "both.test":
            return ["93.184.216.34", "169.254.169.254"]
        if not host.endswith(".test"):
            raise OSError(f"no such name: {host}")
        return ["127.0.0.1"]

    def answer(
        self,
        handler: Handler,
        body: str | bytes,
        *,
        kind: str = "text/html; charset=utf-8",
        status: int = 200,
        headers: dict[str, str] | None = None,
        etag: str = "",
    ) -> None:
        """An answer with its length; 304 for whoever has it already."""
        if etag and handler.headers.get("If-None-Match") == etag:
            handler.send_response(304)
            handler.send_header("ETag", etag)
            handler.end_headers()
            return
        data = body.encode() if isinstance(body, str) else body
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(data)))
        if etag:
            handler.send_header("ETag", etag)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)
        self.sent_bytes += len(data)

    def missing(self, handler: Handler) -> None:
        """404."""
        self.answer(handler, "<h1>Not found</h1>", status=404)

    def redirect(self, handler: Handler, target: str) -> None:
        """302."""
        self.answer(handler, "", status=302, headers={"Location": target})

    def drip(self, handler: Handler, *, seconds: float, pause: float) -> None:
        """Slow loris: a byte now and then, for so long."""
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Connection", "close")
        handler.end_headers()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            handler.wfile.write(b"<")
            handler.wfile.flush()
            time.sleep(pause)
        handler.close_connection = True

    def endless(self, handler: Handler) -> None:
        """A body without an end, until somebody hangs up."""
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Connection", "close")
        handler.end_headers()
        for _ in range(4000):
            handler.wfile.write(b"<p>tokens</p>" * 1000)
            self.sent_bytes += 13_000
        handler.close_connection = True

    def bomb(self, handler: Handler, *, encoding: str) -> None:
        """A few kilobytes that unpack to a hundred megabytes."""
        packer = gzip.compress if encoding == "gzip" else zlib.compress
        packed = packer(b"\0" * 100_000_000)
        self.answer(handler, packed, headers={"Content-Encoding": encoding})


def json_text(value: object) -> str:
    """As an API writes it."""
    return json.dumps(value)
