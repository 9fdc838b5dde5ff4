"""Tasks as Cline, Roo Code and Kilo Code write them, and what was really burned."""

import json
import random
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from corpora import paper
from corpora.truth import Truth

MODELS = ("claude-sonnet-4-5", "claude-opus-4-5", "gpt-5.2", "gemini-3-pro-preview")
TRAPS: tuple[str, ...] = (
    "cached",  # prompts with a cache: the peer takes it twice where the prompt includes it
    "old_protocol",  # prompts without their cache
    "unanswered",  # requests without tokens, cancelled ones with
    "copies",  # a task in two editors, one of them older
    "editors",  # tasks in other editors and on a server
    "deleted",  # requests that going back removed, summed up
    "sums",  # sub-agents
    "finished",  # very old tasks with the numbers in another entry
    "same_moment",  # two requests of one millisecond
    "talk",  # entries and texts that only look like requests
    "fake_models",  # a person who writes model tags
    "no_history",
    "broken_text",  # text that is cut, text that is an object
    "cut",  # the file ends in the middle
    "odd_times",
    "midnight",
    *paper.TRAPS,
)
EDITORS = (
    ".config/Cursor",
    ".config/VSCodium",
    ".config/Windsurf",
    ".config/Code - Insiders",
    ".vscode-server/data",
    ".cursor-server/data",
)


@dataclass
class Kind:
    """An extension: its client and folder, and what it does in its own way."""

    client: str
    extension: str
    includes_cache: bool
    names_model: bool
    deleted: str
    sums: str


class Task:
    """One task's entries."""

    def __init__(self, corpus: "Corpus", at: datetime) -> None:
        self.corpus, self.chance, self.at = corpus, corpus.chance, at
        self.name = str(paper.milliseconds(at))
        self.model = self.chance.choice(MODELS)
        self.entries: list[dict[str, Any]] = []
        self.history: list[Any] = []
        self.has_history = not corpus.has("no_history", 0.4)

    def say(self, say: str, text: Any, **more: Any) -> dict[str, Any]:
        self.at += timedelta(milliseconds=self.chance.randrange(1, 300_000))
        if self.corpus.has("midnight", 0.1):
            self.at = self.at.replace(hour=23, minute=59, second=59, microsecond=999_000)
        moment: Any = paper.milliseconds(self.at)
        if self.corpus.has("odd_times", 0.2):
            moment = str(moment)
        entry = {"ts": moment, "type": "say", "say": say, "text": text, "partial": False, **more}
        self.entries.append(entry)
        return entry

    def figures(self) -> tuple[dict[str, Any], dict[str, int]]:
        chance, corpus = self.chance, self.corpus
        fresh, output = chance.randrange(1, 5000), chance.randrange(1, 4000)
        cached = corpus.with_("cached") or not corpus.kind.includes_cache
        cache_read = chance.choice((0, chance.randrange(9000, 150_000))) if cached else 0
        cache_write = chance.choice((0, chance.randrange(9000))) if cached else 0
        whole = fresh + cache_read + cache_write
        protocol = chance.choice(("anthropic", "openai"))
        if not corpus.kind.includes_cache:
            whole = fresh
        elif corpus.has("old_protocol", 0.5) and fresh < cache_read:
            whole, protocol = fresh, "anthropic"
        written = {
            "apiProtocol": protocol,
            "request": f"do it {paper.SPOT}",
            "tokensIn": whole,
            "tokensOut": output,
            "cacheWrites": cache_write,
            "cacheReads": cache_read,
            "cost": 0.01,
        }
        burned = {
            "fresh": fresh,
            "output": output,
            "cache_read": cache_read,
            "cache_write": cache_write,
        }
        return written, burned

    def request(self) -> None:
        corpus, chance = self.corpus, self.chance
        written, burned = self.figures()
        more = {}
        model = self.model if self.has_history else "unknown"
        if corpus.kind.names_model:
            model = chance.choice(MODELS)
            more["modelInfo"] = {"providerId": "anthropic", "modelId": model, "mode": "act"}
        if corpus.has("unanswered", 0.3):
            self.say("api_req_started", json.dumps({"request": "do it"}), **more)
            written["cancelReason"] = "user_cancelled"
        if corpus.has("finished", 0.5):
            started = self.say("api_req_started", json.dumps({"request": "do it"}), **more)
            if chance.random() < 0.5:
                self.say("text", "…")
            self.say("api_req_finished", json.dumps(written))
            if chance.random() < 0.3:
                started["text"] = json.dumps(written)
                moment = datetime.fromtimestamp(int(started["ts"]) / 1000, tz=self.at.tzinfo)
                corpus.truth.add(paper.day(moment), model, **burned)
                return
        else:
            text: Any = json.dumps(written, ensure_ascii=False)
            if corpus.has("broken_text", 0.3):
                text = written
            entry = self.say("api_req_started", text, **more)
            if corpus.has("same_moment", 0.3):
                self.entries.append({**entry})
                corpus.truth.add(paper.day(self.at), model, **burned)
        corpus.truth.add(paper.day(self.at), model, **burned)

    def turn(self) -> None:
        corpus, kind = self.corpus, self.corpus.kind
        self.say("text", f"fix it {paper.SPOT}", images=[])
        self.request()
        details = "…<slug>code</slug>\n<name>Code</name>\n"
        if not kind.names_model:
            details += f"<model>{self.model}</model>\n"
        text = f"<environment_details>\n# Current Mode\n{details}</environment_details>"
        said = "see <model>not-this-one</model>" if corpus.with_("fake_models") else "see"
        content = [{"type": "text", "text": said}, {"type": "text", "text": text}]
        self.history += [{"role": "user", "content": content}, {"role": "assistant"}]
        if corpus.with_("fake_models"):
            content.append(
                {"type": "text", "text": "<environment_details> <model>nor-this</model>"}
            )
        if corpus.has("talk", 0.5):
            fake = json.dumps(self.figures()[0])
            self.say("text", fake)
            self.say("user_feedback", f'"say":"api_req_started","text":{fake}')
            self.entries.append({"ts": 5, "type": "ask", "ask": "command", "text": fake})
            self.say("condense_context", None, contextCondense={"cost": 0.01, "summary": "…"})
        if corpus.has("broken_text", 0.3):
            self.say("api_req_started", json.dumps(self.figures()[0])[:-9])
        for trap, say in (("deleted", kind.deleted), ("sums", kind.sums)):
            if say and corpus.has(trap, 0.3):
                written, burned = self.figures()
                more = {}
                if kind.names_model:
                    more["modelInfo"] = {"providerId": "anthropic", "modelId": self.model}
                named = kind.names_model or self.has_history
                self.say(say, json.dumps(written), **more)
                corpus.truth.add(paper.day(self.at), self.model if named else "unknown", **burned)

    def write(self, user: Path, entries: list[dict[str, Any]]) -> Path:
        corpus, chance = self.corpus, self.chance
        folder = user / "User/globalStorage" / corpus.kind.extension / "tasks" / self.name
        traps = corpus.traps
        cut = 0
        if corpus.has("cut", 0.4):
            entries = [*entries, {"ts": 1, "type": "say", "say": "text", "text": "x" * 90}]
            cut = 40
        paper.write_document(folder / "ui_messages.json", entries, chance, traps, cut=cut)
        if self.has_history:
            path = folder / "api_conversation_history.json"
            path.write_text(json.dumps(self.history))
        return folder


class Corpus:
    """What is being written."""

    def __init__(
        self, kind: Kind, home: Path, chance: random.Random, traps: Collection[str]
    ) -> None:
        self.kind, self.home, self.chance = kind, home, chance
        self.traps = frozenset(traps)
        self.truth = Truth(kind.client, peers=("tokscale",))

    def with_(self, trap: str) -> bool:
        return trap in self.traps

    def has(self, trap: str, likelihood: float) -> bool:
        return trap in self.traps and self.chance.random() < likelihood

    def task(self) -> None:
        task = Task(self, paper.any_moment(self.chance))
        for _ in range(self.chance.randrange(1, 7)):
            task.turn()
        user = self.home / ".config/Code"
        if self.has("editors", 0.6):
            user = self.home / self.chance.choice(EDITORS)
        folder = task.write(user, task.entries)
        if self.has("copies", 0.5):
            other = self.home / ".config/Trae/User/globalStorage" / self.kind.extension / "tasks"
            shutil.copytree(folder, other / task.name)
            older = task.entries[: self.chance.randrange(len(task.entries))]
            path = other / task.name / "ui_messages.json"
            paper.write_document(path, older, self.chance, ())


def generate(
    kind: Kind, home: Path, chance: random.Random, *, sessions: int, traps: Collection[str]
) -> Truth:
    """Write tasks below `home`; gives what they burned."""
    corpus = Corpus(kind, home, chance, traps)
    for _ in range(sessions):
        corpus.task()
    return corpus.truth
