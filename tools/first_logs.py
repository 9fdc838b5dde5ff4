"""Small logs of three tools, as they lie on a machine that was used for two weeks."""

import json
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

_DAYS = 12
_CLAUDE = ("claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001")


def write_logs(home: Path, *, today: datetime) -> None:
    """Claude Code, Codex and Gemini CLI, the same numbers for the same day."""
    chance = random.Random(4)
    for ago in range(_DAYS, 0, -1):
        day = (today - timedelta(days=ago)).replace(hour=9, minute=0, second=0, microsecond=0)
        if day.weekday() < 5 or ago % 3 == 0:
            _claude(home, day, chance)
        if ago % 3 == 1:
            _codex(home, day, chance)
        if ago % 5 == 2:
            _gemini(home, day, chance)


def _write(path: Path, lines: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _claude(home: Path, day: datetime, chance: random.Random) -> None:
    lines = []
    for number in range(chance.randint(20, 90)):
        read = chance.randint(8_000, 120_000)
        written = chance.randint(400, 9_000)
        lines.append(
            {
                "type": "assistant",
                "timestamp": _moment(day + timedelta(minutes=5 * number)),
                "requestId": f"req_{day:%m%d}_{number}",
                "message": {
                    "id": f"msg_{day:%m%d}_{number}",
                    "role": "assistant",
                    "model": chance.choices(_CLAUDE, (6, 3, 2))[0],
                    "usage": {
                        "input_tokens": chance.randint(2, 900),
                        "output_tokens": chance.randint(40, 2_400),
                        "cache_read_input_tokens": read,
                        "cache_creation_input_tokens": written,
                    },
                },
            }
        )
    _write(home / ".claude" / "projects" / "-work-shop" / f"{day:%Y%m%d}.jsonl", lines)


def _codex(home: Path, day: datetime, chance: random.Random) -> None:
    def line(kind: str, payload: dict[str, Any], minutes: int) -> dict[str, Any]:
        moment = _moment(day + timedelta(minutes=minutes))
        return {"timestamp": moment, "type": kind, "payload": payload}

    name = f"019a0000-0000-7000-a000-{day:%Y%m%d}0000"
    lines = [
        line(
            "session_meta", {"id": name, "timestamp": _moment(day), "model_provider": "openai"}, 0
        ),
        line("turn_context", {"turn_id": "1", "model": "gpt-5.2-codex"}, 0),
    ]
    total = dict.fromkeys(
        ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens"), 0
    )
    for number in range(chance.randint(10, 40)):
        whole, output = chance.randint(9_000, 90_000), chance.randint(100, 3_000)
        last = {
            "input_tokens": whole,
            "cached_input_tokens": whole * 7 // 10,
            "output_tokens": output,
            "reasoning_output_tokens": output // 3,
        }
        total = {key: total[key] + last[key] for key in total}
        info = {"total_token_usage": _with_total(total), "last_token_usage": _with_total(last)}
        lines.append(line("event_msg", {"type": "token_count", "info": info}, number + 1))
    folder = home / ".codex" / "sessions" / f"{day:%Y}" / f"{day:%m}" / f"{day:%d}"
    _write(folder / f"rollout-{day:%Y-%m-%dT%H-%M-%S}-{name}.jsonl", lines)


def _with_total(usage: dict[str, int]) -> dict[str, int]:
    return {**usage, "total_tokens": usage["input_tokens"] + usage["output_tokens"]}


def _gemini(home: Path, day: datetime, chance: random.Random) -> None:
    messages = []
    for number in range(chance.randint(6, 20)):
        fresh, output = chance.randint(4_000, 40_000), chance.randint(60, 1_500)
        cached, thoughts = fresh // 2, output // 4
        messages.append(
            {
                "id": f"{day:%m%d}-{number}",
                "timestamp": _moment(day + timedelta(minutes=3 * number)),
                "type": "gemini",
                "content": "",
                "model": "gemini-3-pro-preview",
                "tokens": {
                    "input": fresh,
                    "output": output,
                    "cached": cached,
                    "thoughts": thoughts,
                    "tool": 0,
                    "total": fresh + output + thoughts,
                },
            }
        )
    session = {
        "sessionId": f"session-{day:%Y%m%d}",
        "projectHash": "0" * 64,
        "startTime": _moment(day),
        "lastUpdated": messages[-1]["timestamp"],
        "messages": messages,
    }
    path = home / ".gemini" / "tmp" / ("0" * 64) / "chats" / f"session-{day:%Y-%m-%d}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(session, indent=2))
