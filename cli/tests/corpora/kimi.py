"""Wire files as Kimi CLI and Kimi Code write them, and what was really burned."""

import random
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from corpora import paper, rough
from corpora.truth import Truth

CLIENT = "kimi"
CLI = Path(".kimi")
CODE = Path(".kimi-code")
TRAPS: tuple[str, ...] = (
    "growing",  # several lines of one message, each with more
    "forks",  # the beginning of a session again in another
    "sub_agents",  # their own files, and wrapped in the parent's
    "code",  # sessions of Kimi Code
    "code_only",  # nothing of Kimi CLI
    "symbolic_models",  # a name for the model of the request before
    "session_scopes",  # records and steps that repeat
    "equal_records",
    "without_ids",
    "configured",  # config.toml names the model
    "formerly_configured",  # config.json does
    "midnight",
    *(trap for trap in rough.TRAPS if trap != "text_numbers"),
)
_CLI_NAMES = ("input_other", "output", "input_cache_read", "input_cache_creation")
_CODE_NAMES = ("inputOther", "output", "inputCacheRead", "inputCacheCreation")
_BURNED = ("fresh", "output", "cache_read", "cache_write")


class Corpus:
    """Sessions of both tools, and their truth."""

    def __init__(self, home: Path, chance: random.Random, traps: Collection[str]) -> None:
        self.home, self.chance, self.traps = home, chance, traps
        peers = () if "code_only" in traps else ("ccusage", "tokscale")
        self.truth = Truth(CLIENT, peers=peers)
        self.model = "kimi-for-coding"
        self._count = 0
        if "configured" in traps:
            self.model = "kimi-k2.6"
            self.write(CLI / "config.toml", 'default_theme = "dark"\ndefault_model = "kimi-k2.6"\n')
        elif "formerly_configured" in traps:
            self.model = "kimi-k2-turbo"
            self.write(CLI / "config.json", '{"model": "kimi-k2-turbo"}')

    def has(self, trap: str, often: float) -> bool:
        return trap in self.traps and self.chance.random() < often

    def write(self, path: Path, text: str) -> None:
        (self.home / path).parent.mkdir(parents=True, exist_ok=True)
        (self.home / path).write_text(text)

    def lines(self, path: Path, lines: list[Any]) -> None:
        rough.write_lines(self.home / path, lines, self.chance, tuple(self.traps))

    def id(self) -> str:
        self._count += 1
        return f"{self._count:04}-{self.chance.getrandbits(64):016x}"

    def figures(self) -> tuple[int, int, int, int]:
        chance = self.chance
        return (
            chance.randrange(1, 5000),
            chance.randrange(1, 4000),
            chance.choice((0, chance.randrange(150_000))),
            chance.choice((0, chance.randrange(9000))),
        )

    def burn(self, at: datetime, model: str, figures: tuple[int, ...]) -> None:
        self.truth.add(paper.day(at), model, **dict(zip(_BURNED, figures, strict=True)))

    def later(self, at: datetime) -> datetime:
        at += timedelta(milliseconds=self.chance.randrange(1, 900_000))
        if self.has("midnight", 0.2):
            at = at.replace(hour=23, minute=59, second=59, microsecond=999_000)
        return at

    def status(self, at: datetime, usage: Any, message_id: str | None) -> dict[str, Any]:
        payload: dict[str, Any] = {"context_usage": 0.1, "token_usage": usage}
        if message_id is not None:
            payload["message_id"] = message_id
        return {
            "timestamp": at.timestamp(),
            "message": {"type": "StatusUpdate", "payload": payload},
        }

    def steps(self, at: datetime, count: int) -> list[dict[str, Any]]:
        """Steps of Kimi CLI, booked."""
        lines: list[dict[str, Any]] = []
        for _ in range(count):
            at = self.later(at)
            begin = {"type": "StepBegin", "payload": {"n": 1, "text": "x"}}
            lines.append({"timestamp": at.timestamp(), "message": begin})
            figures = self.figures()
            self.burn(at, self.model, figures)
            key = None if self.has("without_ids", 0.5) else f"chatcmpl-{self.id()}"
            if key and self.has("growing", 0.4):
                small = (figures[0], figures[1] // 2, 0, 0)
                lines.append(self.status(at, dict(zip(_CLI_NAMES, small, strict=True)), key))
            lines.append(self.status(at, dict(zip(_CLI_NAMES, figures, strict=True)), key))
            lines.append(self.status(at, None, None))
        return lines

    def cli_session(self) -> None:
        at = paper.any_moment(self.chance)
        folder = CLI / "sessions" / f"{self.chance.getrandbits(64):016x}" / self.id()
        lines: list[Any] = [{"type": "metadata", "protocol_version": "1.6"}]
        lines += self.steps(at, self.chance.randint(1, 7))
        if self.has("sub_agents", 0.5):
            agent = f"a{self.chance.getrandbits(32):08x}"
            own = self.steps(at, self.chance.randint(1, 4))
            self.lines(folder / "subagents" / agent / "wire.jsonl", own)
            for line in own:
                payload = {"agent_id": agent, "event": line["message"]}
                event = {"type": "SubagentEvent", "payload": payload}
                lines.append({"timestamp": line["timestamp"] + 0.01, "message": event})
        self.lines(folder / "wire.jsonl", lines)
        if self.has("forks", 0.5):
            copied = lines[: self.chance.randint(1, len(lines))]
            copied += self.steps(at + timedelta(days=2), 2)
            self.lines(folder.parent / self.id() / "wire.jsonl", copied)

    def code_session(self) -> None:
        at = paper.any_moment(self.chance)
        folder = CODE / "sessions" / f"w{self.chance.getrandbits(32):08x}" / self.id()
        lines: list[Any] = [{"type": "metadata", "protocol_version": "2"}]
        for _ in range(self.chance.randint(1, 7)):
            at = self.later(at)
            model = self.chance.choice(("kimi-k2.6", "kimi-k2-thinking"))
            moment = paper.milliseconds(at)
            lines.append({"type": "llm.request", "model": model, "time": moment - 900})
            figures = self.figures()
            usage = dict(zip(_CODE_NAMES, figures, strict=True))
            record = {
                "type": "usage.record",
                "model": "__default__" if self.has("symbolic_models", 0.5) else model,
                "usage": usage,
                "usageScope": "turn",
                "time": moment,
            }
            for _ in range(2 if self.has("equal_records", 0.3) else 1):
                self.burn(at, model, figures)
                lines.append(record)
            if self.has("session_scopes", 0.5):
                lines.append({**record, "usageScope": "session"})
                lines.append({"type": "step.end", "usage": usage, "time": moment})
        self.lines(folder / "agents" / "main" / "wire.jsonl", lines)
        if self.has("forks", 0.5):
            self.lines(folder.parent / self.id() / "agents/main/wire.jsonl", lines)


def generate(
    home: Path, chance: random.Random, *, sessions: int, traps: Collection[str] = ()
) -> Truth:
    """Write `sessions` sessions below `home`; gives what they burned."""
    corpus = Corpus(home, chance, traps)
    for _ in range(sessions):
        if "code_only" in traps or corpus.has("code", 0.5):
            corpus.code_session()
        else:
            corpus.cli_session()
    return corpus.truth
