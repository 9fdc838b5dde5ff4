"""Chats as Qwen Code writes them, and what was really burned."""

import random
from collections.abc import Collection
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from corpora import rough
from corpora.truth import Truth

CLIENT = "qwen"
MODELS = ("qwen3-coder-plus", "qwen3-max")
TRAPS: tuple[str, ...] = (
    "cache",  # both peers count it twice
    "thoughts",  # inside the candidates
    "native",  # thoughts beside the candidates, as Gemini has it
    "repeats",  # a line again
    "resumed",  # a session's lines in another session's file
    "equal_answers",  # two answers of one moment with the same numbers
    "telemetry",
    "midnight",
    *rough.TRAPS,
)
_START = datetime(2026, 4, 1, 9, tzinfo=timezone.utc)


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


class _Corpus:
    def __init__(self, chance: random.Random, traps: Collection[str]) -> None:
        self.chance, self.traps = chance, traps
        self.truth = Truth(CLIENT, peers=("ccusage", "tokscale"))

    def answer(self, at: datetime, session: str) -> list[dict[str, Any]]:
        chance, traps = self.chance, self.traps
        prompt, candidates = chance.randint(900, 230_000), chance.randint(5, 4000)
        cached = chance.randint(0, prompt) if "cache" in traps else 0
        thoughts = chance.randint(1, candidates) if "thoughts" in traps else 0
        output, total = candidates - thoughts, prompt + candidates
        if "native" in traps and chance.random() < 0.4:
            thoughts = chance.randint(1, 9000)
            output, total = candidates, prompt + candidates + thoughts
        if "midnight" in traps and chance.random() < 0.3:
            at = at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        model = chance.choice(MODELS)
        usage = {
            "promptTokenCount": prompt,
            "candidatesTokenCount": candidates,
            "cachedContentTokenCount": cached,
            "thoughtsTokenCount": thoughts,
            "totalTokenCount": total,
        }
        lines = []
        for _ in range(2 if "equal_answers" in traps and chance.random() < 0.2 else 1):
            self.truth.add(
                f"{at:%Y-%m-%d}",
                model,
                fresh=prompt - cached,
                output=output,
                cache_read=cached,
                reasoning=thoughts,
            )
            line = {
                "uuid": f"{chance.getrandbits(128):032x}",
                "sessionId": session,
                "timestamp": _iso(at),
                "type": "assistant",
                "model": model,
                "message": {"role": "model", "parts": [{"text": "done"}]},
                "usageMetadata": usage,
            }
            lines.append(line)
            if "repeats" in traps and chance.random() < 0.3:
                lines.append(line)
        if "telemetry" in traps:
            event = {"event.name": "qwen-code.api_response", "input_token_count": prompt}
            lines.append(
                {
                    "type": "system",
                    "subtype": "ui_telemetry",
                    "timestamp": _iso(at),
                    "systemPayload": {"uiEvent": event},
                    "usageMetadata": usage,
                }
            )
        return lines


def generate(
    home: Path, chance: random.Random, *, sessions: int, traps: Collection[str] = ()
) -> Truth:
    """Chats below `home`."""
    corpus = _Corpus(chance, traps)
    chats: list[list[Any]] = []
    for number in range(sessions):
        at, session = _START + timedelta(hours=13 * number), f"{number:08x}-0000"
        lines: list[Any] = []
        if "resumed" in traps and chats and chance.random() < 0.4:
            earlier = chance.choice(chats)
            copied = earlier[: chance.randint(0, len(earlier))]
            lines = [{**line, "sessionId": session} for line in copied]
        for _ in range(chance.randint(1, 6)):
            at += timedelta(seconds=chance.uniform(5, 900))
            lines.append({"uuid": "u", "type": "user", "timestamp": _iso(at), "text": "do it"})
            lines += corpus.answer(at, session)
        chats.append(lines)
        path = home / ".qwen" / "projects" / f"-p{number % 3}" / "chats" / f"{session}.jsonl"
        rough.write_lines(path, lines, chance, tuple(traps))
    return corpus.truth
