"""Twenty sites with a hundred articles each, served by a process of its own."""

import multiprocessing
import random
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection

SITES = 20
ARTICLES = 100
RETOLD = 5
"""Every fifth article tells what another site told before, in nearly the same words."""

_WORDS = (
    *("agent", "token", "cache", "model", "session", "prompt", "file", "test", "branch", "commit"),
    *("review", "merge", "build", "release", "latency", "memory", "window", "price", "limit"),
    *("tool", "server", "client", "editor", "terminal", "plugin", "index", "search", "parser"),
    *("stream", "batch", "queue", "worker", "thread", "schema", "contract", "budget", "usage"),
)


def text_of(number: int) -> str:
    """An article's words: a story of its own, with its own figures."""
    draw = random.Random(number)
    lines = []
    for _ in range(28):
        words = [
            draw.choice(_WORDS) + (str(draw.randint(2, 99)) if draw.random() < 0.2 else "")
            for _ in range(draw.randint(10, 22))
        ]
        lines.append(" ".join(words).capitalize() + ".")
    return "\n".join(["Claude Code and other coding agents were measured again.", *lines])


def article_of(site: int, number: int) -> str:
    """A page; the retold ones differ from their origin in a few sentences."""
    is_retold = number % RETOLD == 0 and site > 0
    text = text_of((site - 1) * ARTICLES + number + 1 if is_retold else site * ARTICLES + number)
    if is_retold:
        lines = text.split("\n")
        lines[3] = f"Our own reporter {site} looked at it as well."
        text = "\n".join(lines)
    paragraphs = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    menu = "".join(f"<li><a href='/s/{n}'>Section {n}</a></li>" for n in range(30))
    return (
        f"<html lang='en'><head><title>Story {site}-{number}</title></head><body><nav><ul>{menu}"
        f"</ul></nav><main><article><h1>Story {site}-{number}</h1>{paragraphs}</article></main>"
        "<footer>Imprint, privacy, contact</footer></body></html>"
    )


def feed_of(host: str, port: int) -> str:
    """A site's feed."""
    items = "".join(
        f"<item><title>Story {n}</title><link>http://{host}:{port}/a/{n}</link></item>"
        for n in range(ARTICLES)
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'
    )


def _serve(pipe: Connection) -> None:
    class Sites(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            host = self.headers["Host"].split(":")[0]
            site = int(host.removeprefix("site").removesuffix(".test"))
            if self.path == "/feed":
                body, kind = feed_of(host, server.server_port), "application/rss+xml"
            elif self.path.startswith("/a/"):
                body, kind = article_of(site, int(self.path[3:])), "text/html"
            else:
                body, kind = "", "text/plain"
            data = body.encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Sites)
    server.daemon_threads = True
    pipe.send(server.server_port)
    server.serve_forever()


@contextmanager
def served() -> Iterator[int]:
    """The port at which all of them answer."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(there,), daemon=True
    )
    process.start()
    try:
        yield int(here.recv())
    finally:
        process.terminate()
        process.join()
