"""Sessions as Pi and Oh My Pi write them, and what was really burned."""

import random
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from corpora import paper, rough
from corpora.truth import Truth

CLIENT = "pi"
FOLDER = Path(".pi/agent/sessions")
MODELS = (
    ("anthropic", "claude-opus-4-5"),
    ("openai-codex", "gpt-5.2-codex"),
    ("google", "gemini-3-pro-preview"),
    ("moonshotai", "kimi-k2.6"),
)
TRAPS: tuple[str, ...] = (
    "forks",  # the beginning of a session again under a new session id
    "response_ids",  # a copy with new entry ids and the provider's own ids
    "moved",  # a session in two projects' folders
    "sub_agents",  # files in a folder beside the session, artifacts among them
    "equal_answers",  # two answers of one millisecond with the same numbers
    "summaries",  # compactions and branches with numbers of their own
    "compactions",  # without numbers, or with copies of the kept messages
    "custom_usage",  # custom entries and tool results with numbers that are others'
    "failures",  # aborted before anything was billed, and after
    "first_version",  # entries without ids
    "headless",  # without the session line
    "titles",  # a line before the session line
    "reasoning",
    "odd_times",
    "midnight",
    *rough.TRAPS,
)


class Session:
    """One session's lines."""

    def __init__(self, corpus: "Corpus", at: datetime) -> None:
        self.corpus, self.chance, self.at = corpus, corpus.chance, at
        self.id = corpus.uuid()
        self.born = at
        self.provider, self.model = self.chance.choice(MODELS)
        self.lines: list[dict[str, Any]] = []
        self.first_version = corpus.has("first_version", 0.3)

    def entry(self, kind: str, **more: Any) -> dict[str, Any]:
        self.at += timedelta(milliseconds=self.chance.randrange(1, 400_000))
        spelled = paper.zulu(self.at)
        if self.corpus.has("odd_times", 0.3):
            spelled = paper.odd(self.at, self.chance)
        line: dict[str, Any] = {"type": kind}
        if not self.first_version:
            line |= {"id": f"{self.chance.getrandbits(32):08x}", "parentId": None}
        line |= {"timestamp": spelled, **more}
        self.lines.append(line)
        return line

    def usage(self) -> tuple[dict[str, Any], dict[str, int]]:
        chance = self.chance
        figures = {
            "input": chance.randrange(1, 3000),
            "output": chance.randrange(1, 4000),
            "cacheRead": chance.choice((0, chance.randrange(150_000))),
            "cacheWrite": chance.choice((0, chance.randrange(9000))),
        }
        burned = {
            "fresh": figures["input"],
            "output": figures["output"],
            "cache_read": figures["cacheRead"],
            "cache_write": figures["cacheWrite"],
        }
        written: dict[str, Any] = {**figures, "totalTokens": sum(figures.values())}
        if self.corpus.has("reasoning", 0.5):
            written["reasoning"] = chance.randrange(figures["output"])
            burned |= {
                "reasoning": written["reasoning"],
                "output": figures["output"] - written["reasoning"],
            }
        written["cost"] = {"input": 0.01, "total": 0.02}
        return written, burned

    def turn(self) -> None:
        chance, corpus = self.chance, self.corpus
        self.entry("message", message={"role": "user", "content": "do", "timestamp": 1})
        if chance.random() < 0.3:
            self.provider, self.model = chance.choice(MODELS)
            self.entry("model_change", provider=self.provider, modelId=self.model)
            self.entry("thinking_level_change", thinkingLevel="high")
        if corpus.has("midnight", 0.2):
            self.at = self.at.replace(hour=23, minute=59, second=59, microsecond=998_000)
        self.answer()
        if corpus.has("compactions", 0.3):
            kept = [line["message"] for line in self.lines[-2:] if "message" in line]
            self.entry("compaction", summary="…", tokensBefore=50_000, retainedTail=kept)
        if corpus.has("summaries", 0.3):
            usage, burned = self.usage()
            line = self.entry(chance.choice(("compaction", "branch_summary")), usage=usage)
            assert line["usage"]
            corpus.burn(self.at, self.model, burned)
        if corpus.has("custom_usage", 0.3):
            self.entry("custom", customType="x", data={}, usage=self.usage()[0])
            result = {"role": "toolResult", "content": [], "usage": self.usage()[0]}
            self.entry("message", message=result)
        if corpus.has("failures", 0.3):
            self.answer(stop="error", nothing=True)
            self.answer(stop="aborted")

    def answer(self, *, stop: str = "stop", nothing: bool = False) -> None:
        usage, burned = self.usage()
        if nothing:
            usage, burned = dict.fromkeys(usage, 0), {}
        message: dict[str, Any] = {
            "role": "assistant",
            "content": [{"type": "text", "text": 'said "usage": {"input": 9}'}],
            "api": "messages",
            "provider": self.provider,
            "model": self.model,
            "usage": usage,
            "stopReason": stop,
            "timestamp": paper.milliseconds(self.at),
        }
        if self.corpus.with_("response_ids"):
            message["responseId"] = f"msg_{self.chance.getrandbits(60):x}"
        line = self.entry("message", message=message)
        self.corpus.burn(self.at, self.model, burned)
        if self.corpus.has("equal_answers", 0.2):
            again = {**line, "message": {**message}}
            if "id" in line:
                again["id"] = f"{self.chance.getrandbits(32):08x}"
            if "responseId" in message:
                again["message"]["responseId"] = f"msg_{self.chance.getrandbits(60):x}"
            self.lines.append(again)
            self.corpus.burn(self.at, self.model, burned)

    def write(self, folder: Path, lines: list[dict[str, Any]], name: str = "") -> Path:
        corpus, session = self.corpus, name or self.id
        head: list[Any] = []
        if corpus.has("titles", 0.3):
            head.append({"type": "title", "title": "about usage"})
        if not corpus.has("headless", 0.3):
            about = {"id": session, "timestamp": paper.zulu(self.born), "cwd": "/home/alice/p"}
            head.append({"type": "session", "version": 3, **about})
        path = folder / f"{paper.zulu(self.born).replace(':', '-')}_{session}.jsonl"
        traps = [trap for trap in rough.TRAPS if corpus.with_(trap)]
        rough.write_lines(path, [*head, *lines], corpus.chance, traps)
        return path


class Corpus:
    """What is being written."""

    def __init__(self, home: Path, chance: random.Random, traps: Collection[str]) -> None:
        self.root, self.chance, self.traps = home / FOLDER, chance, frozenset(traps)
        self.truth = Truth(CLIENT, peers=("ccusage", "tokscale"))

    def with_(self, trap: str) -> bool:
        return trap in self.traps

    def has(self, trap: str, likelihood: float) -> bool:
        return trap in self.traps and self.chance.random() < likelihood

    def uuid(self) -> str:
        text = f"{self.chance.getrandbits(128):032x}"
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

    def burn(self, at: datetime, model: str, burned: dict[str, int]) -> None:
        self.truth.add(paper.day(at), model, **burned)

    def session(self) -> None:
        session = Session(self, paper.any_moment(self.chance))
        for _ in range(self.chance.randrange(1, 8)):
            session.turn()
        folder = self.root / f"--home-alice-p{self.chance.randrange(3)}--"
        path = session.write(folder, session.lines)
        if self.has("forks", 0.5):
            kept = session.lines[: self.chance.randrange(len(session.lines) + 1)]
            fork = Session(self, session.at + timedelta(hours=1))
            fork.lines = list(kept)
            fork.first_version = session.first_version
            fork.turn()
            fork.write(folder, fork.lines)
        if self.has("response_ids", 0.5) and not session.first_version:
            renamed = [
                {**line, "id": f"{self.chance.getrandbits(32):08x}"}
                for line in session.lines
                if "usage" not in line  # a summary has no other id
            ]
            session.write(folder, renamed, self.uuid())
        if self.has("moved", 0.5):
            copy = self.root / "--home-alice-elsewhere--" / path.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
        if self.has("sub_agents", 0.5):
            child = Session(self, session.born + timedelta(minutes=1))
            child.turn()
            child.write(path.with_suffix("") / "run-1", child.lines)
            child.write(folder / "subagent-artifacts", child.lines, self.uuid())


def generate(
    home: Path, chance: random.Random, *, sessions: int, traps: Collection[str] = ()
) -> Truth:
    """Write logs below `home`; gives what they burned."""
    corpus = Corpus(home, chance, traps)
    for _ in range(sessions):
        corpus.session()
    return corpus.truth
