"""Lines of Pi's sessions; what is in them is up to each test."""

from typing import Any

from corpus_runs import Sums

DAY, MODEL = "2026-05-02", "claude-opus-4-5"
ONE: Sums = {(DAY, MODEL): (10, 50, 600, 70, 0, 1)}
HEAD = {"type": "session", "version": 3, "id": "s1", "timestamp": "2026-05-02T10:00:00.000Z"}


def usage(**more: Any) -> dict[str, Any]:
    return {"input": 10, "output": 50, "cacheRead": 600, "cacheWrite": 70, **more}


def answer(entry: Any = "a1b2c3d4", **more: Any) -> dict[str, Any]:
    message: dict[str, Any] = {
        "role": "assistant",
        "provider": "anthropic",
        "model": MODEL,
        "usage": usage(),
        "timestamp": 1_777_716_000_000,
    }
    at = more.pop("at", "2026-05-02T10:02:00.000Z")
    return {"type": "message", "id": entry, "timestamp": at, "message": {**message, **more}}
