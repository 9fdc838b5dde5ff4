"""Writes Claude Code transcripts; what is in them is up to each test."""

import itertools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

OPUS = "claude-opus-4-5-20251101"
HAIKU = "claude-haiku-4-5-20251001"
MORNING = "2026-05-02T10:00:01.000Z"

SECRET_PROMPT = "fix the flux capacitor of Project Nightingale"
SECRET_FOLDER = "-home-mallory-nightingale-secret"
SECRET_PATH = "/home/mallory/nightingale-secret/src/flux.py"
SECRETS = (SECRET_PROMPT, SECRET_FOLDER, SECRET_PATH, "ightingale", "mallory", "flux", "gitBranch")


def usage(
    fresh: Any = 3, out: Any = 90, read: Any = 600, written: Any = 70, hour: Any = 20, **more: Any
) -> dict[str, Any]:
    """`message.usage` as Claude Code writes it; the split explains the whole of `written`."""
    return {
        "input_tokens": fresh,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": written - hour if isinstance(written, int) else 0,
            "ephemeral_1h_input_tokens": hour if isinstance(written, int) else 0,
        },
        "output_tokens": out,
        "service_tier": "standard",
        **more,
    }


def assistant(
    message_id: Any = "msg_1",
    request_id: Any = "req_1",
    *,
    tokens: dict[str, Any] | None = None,
    at: Any = MORNING,
    model: Any = OPUS,
    side: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """One line of a response, with the secrets that real lines carry around it."""
    line: dict[str, Any] = {
        "parentUuid": None,
        "isSidechain": side,
        "cwd": SECRET_PATH,
        "gitBranch": "nightingale",
        "sessionId": "8f14e45f-ceea-467f-a1f0-000000000001",
        "version": "2.1.9",
        "type": "assistant",
        "requestId": request_id,
        "timestamp": at,
        "message": {
            "id": message_id,
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [{"type": "text", "text": SECRET_PROMPT}],
            "usage": usage() if tokens is None else tokens,
        },
        **more,
    }
    for missing in ("requestId", "timestamp"):
        if line[missing] is None:
            del line[missing]
    for missing in ("id", "model"):
        if line["message"][missing] is None:
            del line["message"][missing]
    return line


def progress(inner: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A line of the parent's file that wraps a line of a sub-agent."""
    return {
        "type": "progress",
        "isSidechain": False,
        "timestamp": MORNING,
        "data": {"type": "agent_progress", "agentId": "a1", "message": inner},
        **more,
    }


def user(text: str = SECRET_PROMPT, **more: Any) -> dict[str, Any]:
    """A line of the person."""
    message = {"role": "user", "content": text}
    return {"type": "user", "timestamp": MORNING, "message": message, **more}


def dense(line: Any) -> bytes:
    """A line as JavaScript writes it: no spaces, no escapes that are not needed."""
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode()


def joined(lines: Iterable[Any]) -> bytes:
    """Lines of a file; bytes stay as they are, everything else becomes JSON."""
    return b"".join((line if isinstance(line, bytes) else dense(line)) + b"\n" for line in lines)


class ClaudeLogs:
    """Transcripts below a home folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._names = itertools.count(1)

    @property
    def projects(self) -> Path:
        """Where Claude Code keeps its transcripts by default."""
        return self.home / ".claude" / "projects"

    def session(self, *lines: Any, name: str | None = None, root: Path | None = None) -> Path:
        """A new transcript with these lines."""
        return self.raw(joined(lines), name=name, root=root)

    def raw(self, content: bytes, *, name: str | None = None, root: Path | None = None) -> Path:
        """A new transcript with exactly these bytes."""
        name = name or f"{SECRET_FOLDER}/session-{next(self._names):04}.jsonl"
        path = (root or self.projects) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path
