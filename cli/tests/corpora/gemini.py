"""Chats as Gemini CLI writes them, and what was really burned."""

import random
from collections.abc import Collection
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from corpora import rough
from corpora.truth import Truth

CLIENT = "gemini"
MODELS = ("gemini-3-pro-preview", "gemini-2.5-flash")
TRAPS: tuple[str, ...] = (
    "growing",  # a message first without tokens, then again and again
    "sets",  # {"$set": …} with all messages and with metadata
    "rewinds",
    "documents",  # the old format
    "resumed",  # an old document copied into a file of lines, both there
    "sub_agents",
    "tools",  # prompts of tool use beside the input
    "separate_cache",  # totals that say that the cache is beside the input
    "saved_output",
    "midnight",
    *rough.TRAPS,
)
_START = datetime(2026, 4, 1, 9, tzinfo=timezone.utc)


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


class _Corpus:
    def __init__(self, home: Path, chance: random.Random, traps: Collection[str]) -> None:
        self.home, self.chance, self.traps = home, chance, traps
        self.truth = Truth(
            CLIENT,
            peers=("ccusage", "tokscale"),
            peer_notes={"ccusage": "reasoning is in totalTokens alone"},
        )

    def message(self, at: datetime) -> dict[str, Any]:
        chance = self.chance
        told = chance.randint(900, 230_000)
        output, thoughts = chance.randint(5, 4000), chance.randint(0, 900)
        cached = chance.randint(0, told) if chance.random() < 0.7 else 0
        tool = chance.randint(1, 500) if "tools" in self.traps and chance.random() < 0.3 else 0
        total, fresh = told + output + thoughts + tool, told - cached + tool
        if "separate_cache" in self.traps and cached and chance.random() < 0.3:
            total, fresh = total + cached, told + tool
        if "midnight" in self.traps and chance.random() < 0.3:
            at = at.replace(hour=23, minute=59, second=59, microsecond=999_000)
        model = chance.choice(MODELS)
        self.truth.add(
            f"{at:%Y-%m-%d}",
            model,
            fresh=fresh,
            output=output,
            cache_read=cached,
            reasoning=thoughts,
        )
        numbers = {
            "input": told,
            "output": output,
            "cached": cached,
            "thoughts": thoughts,
            "tool": tool,
            "total": total,
        }
        return {
            "id": f"{chance.getrandbits(128):032x}",
            "timestamp": _iso(at),
            "type": "gemini",
            "content": [{"text": "I did"}],
            "model": model,
            "tokens": numbers,
        }

    def lines_of(self, message: dict[str, Any], before: list[Any]) -> list[Any]:
        chance, lines = self.chance, []
        if "growing" in self.traps and chance.random() < 0.5:
            lines.append({key: value for key, value in message.items() if key != "tokens"})
            small = {**message["tokens"], "output": 1, "total": message["tokens"]["total"]}
            lines.append({**message, "tokens": small})
        lines.append(message)
        if "growing" in self.traps and chance.random() < 0.3:
            lines.append(message)
        if "sets" in self.traps and chance.random() < 0.3:
            lines.append({"$set": {"messages": [*before, message]}})
            lines.append({"$set": {"lastUpdated": message["timestamp"]}})
        if "rewinds" in self.traps and chance.random() < 0.2:
            lines.append({"$rewindTo": message["id"]})
        return lines

    def session(self, at: datetime, folder: Path, name: str) -> None:
        chance, session = self.chance, f"{self.chance.getrandbits(128):032x}"
        begun = at
        messages: list[dict[str, Any]] = []
        lines: list[Any] = [
            {"sessionId": session, "projectHash": "abc", "startTime": _iso(at), "kind": "main"}
        ]
        for _ in range(chance.randint(1, 6)):
            at += timedelta(seconds=chance.uniform(5, 900))
            user = {"id": f"u{chance.getrandbits(64):x}", "timestamp": _iso(at), "type": "user"}
            lines.append({**user, "content": [{"text": "do it"}]})
            message = self.message(at)
            lines += self.lines_of(message, messages)
            messages.append(message)
        old = "documents" in self.traps and chance.random() < 0.4
        resumed = "resumed" in self.traps and chance.random() < 0.4
        if old or resumed:
            document = {
                "sessionId": session,
                "projectHash": "abc",
                "startTime": _iso(begun),
                "lastUpdated": _iso(at),
                "messages": messages,
            }
            path = folder / f"{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            mark = b"\xef\xbb\xbf" if "byte_order_mark" in self.traps else b""
            path.write_bytes(mark + rough.dense(document))
        if not old:
            rough.write_lines(folder / f"{name}.jsonl", lines, chance, tuple(self.traps))

    def saved_output(self, at: datetime) -> None:
        chance = self.chance
        fresh, cached, output = (chance.randint(10, 9000) for _ in range(3))
        self.truth.add(
            f"{at:%Y-%m-%d}", MODELS[0], fresh=fresh, cache_read=cached, output=output, messages=2
        )
        tokens = {
            "prompt": fresh + cached,
            "input": fresh,
            "candidates": output,
            "cached": cached,
            "thoughts": 0,
            "tool": 0,
            "total": fresh + cached + output,
        }
        models = {MODELS[0]: {"api": {"totalRequests": 2}, "tokens": tokens}}
        document = {
            "timestamp": _iso(at),
            "response": "done",
            "session_id": f"{chance.getrandbits(64):x}",
            "stats": {"models": models},
        }
        path = self.home / ".gemini" / "tmp" / f"run-{at:%Y%m%d%H%M%S}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(rough.dense(document))


def generate(
    home: Path, chance: random.Random, *, sessions: int, traps: Collection[str] = ()
) -> Truth:
    """Chats below `home`."""
    corpus = _Corpus(home, chance, traps)
    for number in range(sessions):
        at = _START + timedelta(hours=13 * number)
        project = f"p{number % 3}"
        chats = home / ".gemini" / "tmp" / project / "chats"
        corpus.session(at, chats, f"session-{at:%Y-%m-%dT%H-%M}-{number:08x}")
        if "sub_agents" in traps and chance.random() < 0.4:
            corpus.session(at + timedelta(minutes=3), chats / f"{number:032x}", f"{number:06x}")
        if "saved_output" in traps and chance.random() < 0.3:
            corpus.saved_output(at)
    if traps:
        logs = home / ".gemini" / "tmp" / "p0" / "logs.json"
        logs.parent.mkdir(parents=True, exist_ok=True)
        logs.write_bytes(b'[{"sessionId":"x","type":"user","message":"\\"tokens\\""}]')
    return corpus.truth
