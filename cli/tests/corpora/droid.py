"""Sessions as Droid writes them, and what was really burned."""

import os
import random
import shutil
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any

from corpora import paper, rough
from corpora.truth import Truth

CLIENT = "droid"
MODELS = ("claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929", "gpt-5-codex", "kimi-k2")
TRAPS: tuple[str, ...] = (
    "copies",  # a session in two projects' folders, one of them older
    "custom_models",
    "no_model",  # only in the transcript, or nowhere
    "no_transcript",
    "no_lock",  # then it is the first answer
    "several_days",  # the whole session is on its first day
    "nothing",  # sessions before their first answer
    "junk",  # files that are no settings
    *paper.TRAPS,
)
CUSTOM = {
    "custom:GLM-4.6-[Z.AI]-0": "glm-4-6-0",
    "custom:Claude-Opus-4.5-Thinking-[Anthropic]-1": "claude-opus-4-5-thinking-1",
}


def generate(
    home: Path, chance: random.Random, *, sessions: int, traps: Collection[str] = ()
) -> Truth:
    """Write logs below `home`; gives what they burned."""
    truth = Truth(
        CLIENT,
        peers=("ccusage", "tokscale"),
        peer_notes={"ccusage": "reasoning is in totalTokens only"},
    )
    for _ in range(sessions):
        _Session(home, chance, frozenset(traps)).write(truth)
    return truth


class _Session:
    """One session."""

    def __init__(self, home: Path, chance: random.Random, traps: frozenset[str]) -> None:
        self.root, self.chance, self.traps = home / ".factory/sessions", chance, traps
        self.at = paper.any_moment(chance).replace(hour=chance.randrange(20), minute=1)
        self.id = f"{chance.getrandbits(128):032x}"

    def has(self, trap: str, likelihood: float) -> bool:
        return trap in self.traps and self.chance.random() < likelihood

    def write(self, truth: Truth) -> None:
        chance = self.chance
        names = ("inputTokens", "outputTokens", "cacheReadTokens", "cacheCreationTokens")
        usage = {name: chance.randrange(1, 900_000) for name in names}
        usage["thinkingTokens"] = chance.choice((0, chance.randrange(9000)))
        if self.has("nothing", 0.3):
            usage = dict.fromkeys(usage, 0)
        settings: dict[str, Any] = {
            "assistantActiveTimeMs": 1,
            "model": chance.choice(MODELS),
            "reasoningEffort": "high",
            "autonomyMode": "normal",
            "providerLock": "anthropic",
            "providerLockTimestamp": paper.zulu(self.at),
            "tokenUsage": usage,
        }
        model = settings["model"]
        named = ""
        if self.has("custom_models", 0.5):
            settings["model"], model = chance.choice(list(CUSTOM.items()))
        elif self.has("no_model", 0.5):
            del settings["model"]
            named, model = chance.choice(
                (("Claude Opus 4.5 [Anthropic]", "claude-opus-4-5"), ("", "claude-unknown"))
            )
        has_transcript = bool(named) or not self.has("no_transcript", 0.4)
        if has_transcript and self.has("no_lock", 0.5):
            del settings["providerLockTimestamp"]
        truth.add(
            paper.day(self.at),
            model,
            fresh=usage["inputTokens"],
            output=usage["outputTokens"],
            cache_read=usage["cacheReadTokens"],
            cache_write=usage["cacheCreationTokens"],
            reasoning=usage["thinkingTokens"],
        )
        self._write_files(settings, named, has_transcript=has_transcript)

    def _write_files(self, settings: dict[str, Any], named: str, *, has_transcript: bool) -> None:
        chance = self.chance
        folder = self.root / f"-home-alice-p{chance.randrange(3)}"
        path = folder / f"{self.id}.settings.json"
        paper.write_document(path, settings, chance, self.traps)
        if has_transcript:
            rough.write_lines(folder / f"{self.id}.jsonl", self._transcript(named), chance)
        os.utime(path, (self.at.timestamp() + 60,) * 2)
        if self.has("copies", 0.5):
            other = self.root / "-home-alice-z" / path.name
            older = {**settings, "tokenUsage": {**settings["tokenUsage"], "inputTokens": 0}}
            paper.write_document(other, older, chance)
            if has_transcript:
                transcript = folder / f"{self.id}.jsonl"
                shutil.copy(transcript, other.with_name(transcript.name))
            os.utime(other, (self.at.timestamp() + 30,) * 2)
        if self.has("junk", 0.5):
            (folder / "x.settings.json").write_bytes(b'{"tokenUsage":{"inputTokens":')
            (folder / "y.settings.json").write_bytes(b'["tokenUsage"]')

    def _transcript(self, named: str) -> list[Any]:
        at = self.at
        start = paper.zulu(at - timedelta(seconds=30))
        said = f"<system-reminder>\nModel: {named}\n" if named else "<system-reminder>\n"
        lines: list[Any] = [
            {"type": "session_start", "id": self.id, "title": "about tokens"},
            {"type": "message", "timestamp": start, "message": {"role": "user", "text": said}},
        ]
        for _ in range(3):
            message = {"role": "assistant", "content": [{"type": "text", "text": "done"}]}
            lines.append({"type": "message", "timestamp": paper.zulu(at), "message": message})
            at += timedelta(days=1) if "several_days" in self.traps else timedelta(minutes=20)
        return lines
