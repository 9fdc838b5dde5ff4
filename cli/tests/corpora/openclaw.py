"""OpenClaw's transcripts and databases as it writes them, and what was really burned."""

import json
import random
import sqlite3
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from corpora import paper, rough
from corpora.opencode import release
from corpora.truth import Truth

CLIENT = "openclaw"
FOLDER = Path(".openclaw/agents")
MODELS = (
    ("anthropic", "claude-opus-4-5"),
    ("openai", "gpt-5.2"),
    ("moonshot", "kimi-k2.6"),
)
TRAPS: tuple[str, ...] = (
    "ended",  # sessions that were reset or deleted
    "database",  # sessions in the newer database
    "moved",  # sessions in both
    "copies",  # history copied into another session
    "equal_answers",
    "no_model",  # the model stands in a line before
    "deliveries",  # an answer repeated into a chat, with zeros
    "compactions",  # with the numbers of the request that wrote the summary
    "profiles",
    "former_names",
    "without_ids",
    "odd_times",
    "midnight",
    "write_ahead",
    *(trap for trap in rough.TRAPS if trap != "text_numbers"),
)


class Corpus:
    """Sessions, and their truth."""

    def __init__(self, home: Path, chance: random.Random, traps: Collection[str]) -> None:
        self.home, self.chance, self.traps = home, chance, traps
        self.truth = Truth(CLIENT, peers=("ccusage", "tokscale"))
        self.stored: list[tuple[str, list[Any]]] = []

    def has(self, trap: str, often: float) -> bool:
        return trap in self.traps and self.chance.random() < often

    def id(self) -> str:
        return f"{self.chance.getrandbits(32):08x}"

    def answer(self, at: datetime, provider: str, model: str) -> list[Any]:
        chance = self.chance
        figures = {
            "input": chance.randrange(1, 5000),
            "output": chance.randrange(1, 4000),
            "cacheRead": chance.choice((0, chance.randrange(150_000))),
            "cacheWrite": chance.choice((0, chance.randrange(9000))),
        }
        message: dict[str, Any] = {
            "role": "assistant",
            "content": [{"type": "text", "text": 'said "usage": 9 once'}],
            "provider": provider,
            "model": model,
            "usage": {**figures, "totalTokens": sum(figures.values()), "cost": {"total": 0.01}},
            "timestamp": paper.milliseconds(at),
        }
        line = {"type": "message", "id": self.id(), "parentId": None, "message": message}
        line["timestamp"] = paper.zulu(at + timedelta(milliseconds=3))
        if self.has("no_model", 0.4):
            del message["model"], message["provider"]
        if self.has("odd_times", 0.3):
            message["timestamp"] = paper.odd(at.replace(microsecond=0), chance)
        if self.has("without_ids", 0.3):
            del line["id"]
        lines: list[Any] = [line]
        if self.has("equal_answers", 0.2):
            lines.append({**line, "id": self.id()} if "id" in line else line)
        for _ in lines:
            self.truth.add(
                paper.day(at),
                model,
                fresh=figures["input"],
                output=figures["output"],
                cache_read=figures["cacheRead"],
                cache_write=figures["cacheWrite"],
            )
        if self.has("deliveries", 0.3):
            zeros = {**dict.fromkeys(message["usage"], 0)}
            mirror = {**message, "model": "delivery-mirror", "usage": zeros}
            lines.append({**line, "id": self.id(), "message": mirror})
        if self.has("compactions", 0.2):
            usage = {"input": 9000, "output": 90, "cacheRead": 0, "cacheWrite": 0}
            moment = paper.zulu(at + timedelta(milliseconds=5))
            kind = chance.choice(("compaction", "branch_summary"))
            lines.append({"type": kind, "id": self.id(), "timestamp": moment, "usage": usage})
            self.truth.add(paper.day(at), model, fresh=9000, output=90)
            custom = {"type": "custom", "customType": "x", "id": self.id(), "usage": usage}
            lines.append({**custom, "timestamp": moment})
        return lines

    def session(self) -> list[Any]:
        chance = self.chance
        at = paper.any_moment(chance)
        provider, model = chance.choice(MODELS)
        lines: list[Any] = [
            {"type": "session", "version": 3, "id": self.id(), "timestamp": paper.zulu(at)},
            {"type": "model_change", "provider": provider, "modelId": model},
        ]
        for _ in range(chance.randint(1, 7)):
            at += timedelta(milliseconds=chance.randrange(1, 4_000_000))
            if self.has("midnight", 0.2):
                at = at.replace(hour=23, minute=59, second=59, microsecond=990_000)
            lines.append({"type": "message", "id": self.id(), "message": {"role": "user"}})
            if chance.random() < 0.2:
                provider, model = chance.choice(MODELS)
                data = {"provider": provider, "modelId": model}
                lines.append({"type": "custom", "customType": "model-snapshot", "data": data})
            lines += self.answer(at, provider, model)
        return lines

    def write(self, lines: list[Any], *, folder: Path = FOLDER, ending: str = "") -> None:
        path = self.home / folder / "main/sessions" / f"{self.id()}.jsonl{ending}"
        rough.write_lines(path, lines, self.chance, tuple(self.traps))

    def store(self) -> None:
        """The sessions that go into the database."""
        path = self.home / FOLDER / "main/agent/openclaw-agent.sqlite"
        path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(path)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(
            "CREATE TABLE transcript_events (session_id TEXT NOT NULL, seq INTEGER NOT NULL,"
            " event_json TEXT, created_at INTEGER NOT NULL, PRIMARY KEY (session_id, seq))"
        )
        if "write_ahead" in self.traps:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            database.execute("PRAGMA wal_autocheckpoint = 0")
        for key, lines in self.stored:
            database.executemany(
                "INSERT INTO transcript_events VALUES (?, ?, ?, 1777716000000)",
                ((key, place, json.dumps(line)) for place, line in enumerate(lines)),
            )
        database.commit()
        if "write_ahead" in self.traps:
            release(database, path)
        else:
            database.close()


def generate(
    home: Path, chance: random.Random, *, sessions: int, traps: Collection[str] = ()
) -> Truth:
    """Write `sessions` sessions below `home`; gives what they burned."""
    corpus = Corpus(home, chance, traps)
    for number in range(sessions):
        lines = corpus.session()
        in_database = corpus.has("database", 0.5)
        if in_database:
            corpus.stored.append((f"session-{number}", lines))
        if not in_database or corpus.has("moved", 0.5):
            folder = FOLDER
            if corpus.has("profiles", 0.3):
                folder = Path(".openclaw-work/agents")
            elif corpus.has("former_names", 0.3):
                folder = Path(".clawdbot/agents")
            ended = corpus.has("ended", 0.4)
            endings = (".reset.2026-05-02T10-00-00.000Z", ".deleted.2026-05-03T10-00-00.000Z")
            corpus.write(lines, folder=folder, ending=chance.choice(endings) if ended else "")
        if corpus.has("copies", 0.4):
            copied = lines[: chance.randint(2, len(lines))]
            corpus.write([{"type": "session", "id": "copy"}, *copied[1:], *corpus.session()[1:]])
    if corpus.stored:
        corpus.store()
    return corpus.truth
