"""The moving parts of a board as an anonymous reader sees them, and when they may have moved."""

import json
from dataclasses import dataclass
from hashlib import blake2b

from django.db import connections
from django.template.loader import render_to_string

from ccgather.ops import clock
from ccgather.ops.caching import cached_bytes
from ccgather.ops.epoch import visibility_epoch
from ccgather.site.board_links import href_of
from ccgather.site.views.home import PODIUM, shown_rows
from leaderboard.selectors import board_page
from leaderboard.selectors.freshness import boards_version
from leaderboard.shapes import BoardQuery

Version = tuple[object, ...]


FRAME_SECONDS = 30
"""How long a rendering is kept; what changed has another version, and so another key."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A state of a board: `body` is JSON of HTML parts, `etag` its digest."""

    body: bytes
    etag: str


def present_version() -> Version:
    """Differs after every change of any board, and after every decision on who is seen."""
    try:
        return (visibility_epoch(), *boards_version())
    finally:
        connections.close_all()  # this thread may be idle for long; the pool needs it back


def frame_of(*, query: BoardQuery) -> Frame:
    """The parts of a page of the board that move: figures, podium, rows.

    Raises UnknownPeriodError, UnknownPersonError.
    """
    try:
        key = ("live", boards_version(), href_of(query))
        body = cached_bytes(key=key, seconds=FRAME_SECONDS, build=lambda: _body(query))
    finally:
        connections.close_all()
    return Frame(body=body, etag=f'"{blake2b(body, digest_size=16).hexdigest()}"')


def _body(query: BoardQuery) -> bytes:
    board = board_page(query=query, viewer=None, at=clock.now())
    podium = PODIUM if board.page == 1 else 0
    context = {
        "board": board,
        "query": query,
        "podium": shown_rows(board, board.rows[:podium]),
        "rows": shown_rows(board, board.rows[podium:]),
    }
    parts = {
        name: render_to_string(f"site/home.html#{name}", context)
        for name in ("figures", "podium", "rows")
    }
    return json.dumps(parts, ensure_ascii=False).encode()  # one line, as an event's data must be
