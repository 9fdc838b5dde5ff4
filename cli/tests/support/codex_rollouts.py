"""Writes rollouts of Codex CLI; what is in them is up to each test."""

from pathlib import Path
from typing import Any

from corpora import rough

from ccgather_cli.machine import Machine
from corpus_runs import (
    Sums,
    sums,
)

DAY = "2026-05-02"
MODEL = "gpt-5.2-codex"
PARENT, CHILD = "019de800-0000-7000-8000-000000000001", "019de900-0000-7000-8000-000000000002"
PARENT_TURN, CHILD_TURN = (
    "019de801-0000-7000-8000-00000000000a",
    "019de901-0000-7000-8000-00000000000b",
)
Numbers = tuple[int, int, int, int, int]
A: Numbers = (300, 140, 5, 90, 30)
B: Numbers = (500, 200, 0, 10, 10)
C: Numbers = (70, 0, 0, 7, 0)


def plus(*parts: Numbers) -> Numbers:
    return tuple(map(sum, zip(*parts, strict=True)))  # type: ignore[return-value]


def usage(numbers: Numbers) -> dict[str, Any]:
    whole, read, written, output, reasoning = numbers
    return {
        "input_tokens": whole,
        "cached_input_tokens": read,
        "cache_write_input_tokens": written,
        "output_tokens": output,
        "reasoning_output_tokens": reasoning,
        "total_tokens": whole + output,
    }


def line(kind: str, payload: Any, at: str = "10:00:00", day: str = DAY) -> dict[str, Any]:
    return {"timestamp": f"{day}T{at}.000Z", "type": kind, "payload": payload}


def count(
    total: Numbers | None, last: Numbers | None, at: str = "10:00:00", day: str = DAY, **more: Any
) -> dict[str, Any]:
    info: dict[str, Any] = {"model_context_window": 272_000, **more}
    if total is not None:
        info["total_token_usage"] = usage(total)
    if last is not None:
        info["last_token_usage"] = usage(last)
    return line("event_msg", {"type": "token_count", "info": info, "rate_limits": {}}, at, day)


def turn(model: str = MODEL, turn_id: str | None = None, at: str = "10:00:00") -> dict[str, Any]:
    payload = {"model": model, "cwd": "/x"}
    return line("turn_context", payload if turn_id is None else {**payload, "turn_id": turn_id}, at)


def meta(thread: str = PARENT, at: str = "10:00:00", **more: Any) -> dict[str, Any]:
    payload = {"id": thread, "timestamp": f"{DAY}T{at}.000Z", "model_provider": "openai", **more}
    return line("session_meta", payload, at)


def burned(*parts: Numbers) -> tuple[int, ...]:
    whole, read, written, output, reasoning = plus(*parts)
    return (whole - read - written, output - reasoning, read, written, reasoning, len(parts))


class Codex:
    """A home with rollouts."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.folder = machine.home / ".codex" / "sessions" / "2026" / "05" / "02"

    def rollout(self, *lines: Any, name: str = "a", folder: Path | None = None) -> Path:
        path = (folder or self.folder) / f"rollout-{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(
            b"".join(
                (text if isinstance(text, bytes) else rough.dense(text)) + b"\n" for text in lines
            )
        )
        return path

    def sums(self) -> Sums:
        return sums(self.machine, "codex")

    def counted(self) -> tuple[int, ...]:
        found = self.sums()
        assert set(found) <= {(DAY, MODEL)}
        return found.get((DAY, MODEL), (0, 0, 0, 0, 0, 0))
