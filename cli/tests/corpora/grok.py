"""Updates and the log of calls as Grok Build writes them, and what was really burned."""

import random
from collections.abc import Collection
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from corpora import rough
from corpora.truth import Truth

CLIENT = "grok"
MODELS = ("grok-4.5-build", "grok-code-fast-2")
TRAPS: tuple[str, ...] = (
    "both",  # the same calls in the log of calls
    "only_calls",  # a session that only the log of calls tells of
    "several_models",  # a turn of two models
    "repeats",  # a line again
    "same_event",  # an event's id that comes again within a session
    "copies",  # a session under another id
    "no_models",  # turns without modelUsage
    "old",  # sessions with nothing but a growing total
    "midnight",
    *rough.TRAPS,
)
_START = datetime(2026, 4, 1, 9, tzinfo=timezone.utc)


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def _usage(numbers: list[int]) -> dict[str, int]:
    whole, read, output, reasoning = numbers
    return {
        "inputTokens": whole,
        "outputTokens": output,
        "reasoningTokens": reasoning,
        "cachedReadTokens": read,
        "totalTokens": whole + output,
    }


class _Corpus:
    def __init__(self, home: Path, chance: random.Random, traps: Collection[str]) -> None:
        self.home, self.chance, self.traps = home / ".grok", chance, traps
        self.truth = Truth(
            CLIENT,
            peers=("ccusage", "tokscale"),
            peer_notes={"ccusage": "reasoning is inside output"},
        )
        self.calls: list[Any] = []

    def with_(self, trap: str, part: float = 1.0) -> bool:
        return trap in self.traps and self.chance.random() < part

    def numbers(self) -> list[int]:
        """Input with cache, cache read, output with reasoning, reasoning."""
        whole, output = self.chance.randint(900, 400_000), self.chance.randint(5, 4000)
        return [whole, self.chance.randint(0, whole), output, self.chance.randint(0, output)]

    def burn(self, at: datetime, model: str, numbers: list[int]) -> None:
        whole, read, output, reasoning = numbers
        self.truth.add(
            f"{at:%Y-%m-%d}",
            model,
            fresh=whole - read,
            output=output - reasoning,
            cache_read=read,
            reasoning=reasoning,
        )

    def call(self, at: datetime, session: str, place: int, numbers: list[int]) -> None:
        whole, read, output, reasoning = numbers
        told = {
            "loop_index": place,
            "prompt_tokens": whole,
            "cached_prompt_tokens": read,
            "completion_tokens": output,
            "reasoning_tokens": reasoning,
        }
        message = {"msg": "shell.turn.inference_done", "ctx": told}
        self.calls.append({"ts": _iso(at), "pid": 17, "sid": session, **message})
        self.calls.append({"ts": _iso(at), "pid": 17, "sid": session, "msg": "shell.turn.done"})

    def session(self, at: datetime, session: str) -> None:
        chance, model = self.chance, self.chance.choice(MODELS)
        folder = self.home / "sessions" / "%2Fhome%2Falice" / session
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "summary.json").write_bytes(rough.dense({"current_model_id": model}))
        lines: list[Any] = [self.update(session, at, "e0", {"sessionUpdate": "plan"})]
        if self.with_("old", 0.2):
            path = folder / "updates.jsonl"
            rough.write_lines(path, lines, chance, tuple(self.traps))
            return
        only_calls = self.with_("only_calls", 0.3)
        for turn in range(chance.randint(1, 5)):
            at += timedelta(seconds=chance.uniform(30, 900))
            if self.with_("midnight", 0.2):
                at = at.replace(hour=23, minute=59, second=59, microsecond=999_000)
            parts = {model: self.numbers()}
            if self.with_("several_models", 0.4):
                parts[MODELS[0] if model == MODELS[1] else MODELS[1]] = self.numbers()
            if only_calls:
                parts = {model: parts[model]}
            for name, numbers in parts.items():
                self.burn(at, name, numbers)
                self.log_calls(at, session, turn, numbers, only=only_calls)
            sums = [sum(values) for values in zip(*parts.values(), strict=True)]
            usage: dict[str, Any] = _usage(sums)
            if len(parts) > 1 or not self.with_("no_models", 0.5):
                usage["modelUsage"] = {name: _usage(numbers) for name, numbers in parts.items()}
            event = "e1" if "same_event" in self.traps else f"{chance.getrandbits(64):x}"
            done = {"sessionUpdate": "turn_completed", "usage": usage}
            line = self.update(session, at, event, done)
            lines.append(line)
            if self.with_("repeats", 0.3):
                lines.append(line)
        if only_calls:
            return
        rough.write_lines(folder / "updates.jsonl", lines, chance, tuple(self.traps))
        if self.with_("copies", 0.3):
            self.copy(folder, lines)

    def log_calls(
        self, at: datetime, session: str, turn: int, numbers: list[int], *, only: bool
    ) -> None:
        if only:
            self.call(at, session, turn, numbers)
        elif "both" in self.traps:
            half = [value // 2 for value in numbers]
            self.call(at - timedelta(seconds=20), session, 0, half)
            rest = [a - b for a, b in zip(numbers, half, strict=True)]
            self.call(at, session, 1, rest)

    def copy(self, folder: Path, lines: list[Any]) -> None:
        name = f"{folder.name}-copy"
        copied = [{**line, "params": {**line["params"], "sessionId": name}} for line in lines]
        rough.write_lines(folder.with_name(name) / "updates.jsonl", copied, self.chance)
        summary = folder.with_name(name) / "summary.json"
        summary.write_bytes((folder / "summary.json").read_bytes())

    def update(
        self, session: str, at: datetime, event: str, update: dict[str, Any]
    ) -> dict[str, Any]:
        meta = {
            "eventId": event,
            "agentTimestampMs": int(at.timestamp() * 1000),
            "totalTokens": 4711,
        }
        params = {"sessionId": session, "update": update, "_meta": meta}
        return {"method": "session/update", "params": params}


def generate(
    home: Path, chance: random.Random, *, sessions: int, traps: Collection[str] = ()
) -> Truth:
    """Sessions below `home`."""
    corpus = _Corpus(home, chance, traps)
    for number in range(sessions):
        corpus.session(_START + timedelta(hours=13 * number), f"{number:08x}-0000-7000")
    if corpus.calls:
        rough.write_lines(corpus.home / "logs" / "unified.jsonl", corpus.calls, chance)
    return corpus.truth
