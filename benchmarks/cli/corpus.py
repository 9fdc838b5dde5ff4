"""Logs as Claude Code and Codex write them, in any amount, the same every time.

Sizes and shapes follow real histories: prompts, tool results and answers are most of the bytes,
a third of the responses is written several times while it streams, sessions have some dozen to
some hundred turns. Nothing here is a trap: both peers read it to the same sums.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

FIRST_DAY = datetime(2026, 8, 1, tzinfo=UTC)
DAYS = 80
CLAUDE_MODELS = (
    "claude-opus-4-5-20251101",
    "claude-sonnet-4-5-20250929",
    "claude-haiku-4-5-20251001",
)
CODEX_MODELS = ("gpt-5.1-codex", "gpt-5-codex", "gpt-5")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789"


class Corpus:
    """Writes sessions below a home folder until there are as many bytes as wanted."""

    def __init__(self, home: Path, *, seed: int = 5) -> None:
        self.home = home
        self.chance = random.Random(seed)
        words = [
            "".join(self.chance.choices("abcdefghijklmnopqrstuvwxyz", k=self.chance.randint(2, 9)))
            for _ in range(4000)
        ]
        # Escaped quotes and newlines, as code in JSON has them.
        marks = (" ", " ", " ", "\n", ' "', '" ', "\t")
        self.prose = "".join(
            word + self.chance.choice(marks) for word in self.chance.choices(words, k=300_000)
        )

    def write(self, megabytes: int, *, codex_share: float = 0.3) -> int:
        """Claude Code's and Codex's logs; answers how many bytes there are."""
        wanted = megabytes * 1_000_000
        written = number = 0
        while written < wanted:
            number += 1
            codex = written * codex_share > self._codex_bytes
            written += self._codex(number) if codex else self._claude(number)
        return written

    _codex_bytes = 0

    def _text(self, middle: float, spread: float, most: int) -> str:
        length = int(min(most, self.chance.lognormvariate(middle, spread)))
        start = self.chance.randint(0, len(self.prose) - length - 1)
        return self.prose[start : start + length]

    def _id(self, prefix: str, length: int) -> str:
        return prefix + "".join(self.chance.choices(_LETTERS, k=length))

    def _uuid(self) -> str:
        digits = f"{self.chance.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"

    def _start(self) -> datetime:
        return FIRST_DAY + timedelta(minutes=self.chance.randint(0, DAYS * 1440))

    def _claude(self, number: int) -> int:
        session = self._uuid()
        folder = self.home / ".claude" / "projects" / f"-home-me-project-{number % 40}"
        return _written(folder / f"{session}.jsonl", self._claude_lines(session))

    def _claude_lines(self, session: str) -> Iterator[str]:
        moment = self._start()
        frame = {"isSidechain": False, "userType": "external", "cwd": "/home/me/project"}
        frame |= {"sessionId": session, "version": "2.1.9", "gitBranch": "main"}
        for _ in range(self.chance.randint(20, 300)):
            moment += timedelta(seconds=self.chance.randint(2, 90))
            result = self._text(6.6, 1.2, 30_000)
            content = [{"tool_use_id": self._id("toolu_", 24), "type": "tool_result"}]
            content[0]["content"] = result
            yield _line(
                {
                    "parentUuid": self._uuid(),
                    **frame,
                    "type": "user",
                    "message": {"role": "user", "content": content},
                    "uuid": self._uuid(),
                    "timestamp": _stamp(moment),
                    "toolUseResult": {"stdout": result[: len(result) // 2], "stderr": ""},
                }
            )
            yield from self._response(frame, moment)

    def _response(self, frame: dict[str, object], moment: datetime) -> Iterator[str]:
        written = self.chance.randint(100, 5000)
        usage = {
            "input_tokens": self.chance.randint(1, 50),
            "cache_creation_input_tokens": written,
            "cache_read_input_tokens": self.chance.randint(1000, 150_000),
            "cache_creation": {
                "ephemeral_5m_input_tokens": written,
                "ephemeral_1h_input_tokens": 0,
            },
        }
        message = self._id("msg_01", 22)
        request = self._id("req_011", 22)
        model = self.chance.choice(CLAUDE_MODELS)
        output = self.chance.randint(5, 60)
        for block in range(self.chance.choice((1, 1, 2, 2, 3))):
            output += self.chance.randint(0, 300)
            yield _line(
                {
                    "parentUuid": self._uuid(),
                    **frame,
                    "message": {
                        "model": model,
                        "id": message,
                        "type": "message",
                        "role": "assistant",
                        "content": [{"type": "text", "text": self._text(5.8, 1.0, 8000)}],
                        "stop_reason": None,
                        "stop_sequence": None,
                        "usage": {**usage, "output_tokens": output, "service_tier": "standard"},
                    },
                    "requestId": request,
                    "type": "assistant",
                    "uuid": self._uuid(),
                    "timestamp": _stamp(moment + timedelta(seconds=block)),
                }
            )

    def _codex(self, number: int) -> int:
        moment = self._start()
        session = self._uuid()
        folder = (
            self.home / ".codex" / "sessions" / f"{moment:%Y}" / f"{moment:%m}" / f"{moment:%d}"
        )
        path = folder / f"rollout-{moment:%Y-%m-%dT%H-%M-%S}-{session}.jsonl"
        size = _written(path, self._codex_lines(session, moment, number))
        self._codex_bytes += size
        return size

    def _codex_lines(self, session: str, moment: datetime, number: int) -> Iterator[str]:
        payload: dict[str, object] = {"id": session, "timestamp": _stamp(moment)}
        payload |= {
            "cwd": "/home/me/project",
            "originator": "codex_cli_rs",
            "cli_version": "0.60.0",
        }
        payload |= {"model_provider": "openai", "instructions": self._text(8.0, 0.5, 9000)}
        yield _line({"timestamp": _stamp(moment), "type": "session_meta", "payload": payload})
        totals = dict.fromkeys(("input", "cached", "output", "reasoning"), 0)
        model = CODEX_MODELS[number % len(CODEX_MODELS)]
        for _ in range(self.chance.randint(20, 200)):
            moment += timedelta(seconds=self.chance.randint(2, 90))
            stamp = _stamp(moment)
            context = {"cwd": "/home/me/project", "model": model, "effort": "medium"}
            yield _line({"timestamp": stamp, "type": "turn_context", "payload": context})
            call = {"type": "function_call_output", "call_id": self._id("call_", 24)}
            call["output"] = self._text(6.8, 1.2, 30_000)
            yield _line({"timestamp": stamp, "type": "response_item", "payload": call})
            thought = {"type": "reasoning", "encrypted_content": self._id("gAAA", 600)}
            yield _line({"timestamp": stamp, "type": "response_item", "payload": thought})
            yield self._token_count(stamp, totals)

    def _token_count(self, stamp: str, totals: dict[str, int]) -> str:
        last = {"input": self.chance.randint(500, 120_000), "output": self.chance.randint(50, 900)}
        last["cached"] = self.chance.randint(0, last["input"])
        last["reasoning"] = self.chance.randint(0, last["output"])
        for name, count in last.items():
            totals[name] += count
        info = {
            "total_token_usage": _codex_usage(totals),
            "last_token_usage": _codex_usage(last),
            "model_context_window": 272_000,
        }
        limits = {"primary": {"used_percent": 12.0, "window_minutes": 300}, "secondary": None}
        payload = {"type": "token_count", "info": info, "rate_limits": limits}
        return _line({"timestamp": stamp, "type": "event_msg", "payload": payload})


def one_more_response(home: Path) -> None:
    """Append one response to the newest Claude transcript, as an agent at work does."""
    path = max((home / ".claude" / "projects").rglob("*.jsonl"))
    corpus = Corpus(home, seed=path.stat().st_size)
    frame: dict[str, object] = {"isSidechain": False, "sessionId": path.stem, "version": "2.1.9"}
    with path.open("a", encoding="utf-8") as file:
        file.writelines(corpus._response(frame, FIRST_DAY))  # noqa: SLF001


def _codex_usage(counts: dict[str, int]) -> dict[str, int]:
    return {
        "input_tokens": counts["input"],
        "cached_input_tokens": counts["cached"],
        "output_tokens": counts["output"],
        "reasoning_output_tokens": counts["reasoning"],
        "total_tokens": counts["input"] + counts["output"],
    }


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def _line(document: dict[str, object]) -> str:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n"


def _written(path: Path, lines: Iterator[str]) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(lines)
    return path.stat().st_size
