"""Tasks as Cline's extension writes them, sessions as its command line does."""

import json
import random
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from corpora import paper, vscode_tasks
from corpora.truth import Truth

CLIENT = "cline"
TRAPS: tuple[str, ...] = (
    *vscode_tasks.TRAPS,
    "forks",  # a session's beginning under a new session id
    "sub_agents",  # files beside their parent's
    "defaults",  # messages that name no model
    "taken_over",  # a task of the extension that was resumed
    "nameless",  # messages without ids
    "plain",  # content that is a text and no list of blocks
)
KIND = vscode_tasks.Kind(
    client=CLIENT,
    extension="saoudrizwan.claude-dev",
    includes_cache=False,
    names_model=True,
    deleted="deleted_api_reqs",
    sums="subagent_usage",
)
_WARNING = (
    "Warning: this is a legacy conversation, which means tool names may have changed."
    " Please use the most up-to-date tools you are aware of."
)


class Sessions:
    """The command line's sessions while they are written."""

    def __init__(
        self, home: Path, chance: random.Random, traps: Collection[str], truth: Truth
    ) -> None:
        self.root = home / ".cline/data/sessions"
        self.chance, self.traps, self.truth = chance, frozenset(traps), truth

    def has(self, trap: str, likelihood: float) -> bool:
        return trap in self.traps and self.chance.random() < likelihood

    def message(self, at: datetime, model: str, *, is_named: bool = True) -> dict[str, Any]:
        chance = self.chance
        fresh, output = chance.randrange(1, 4000), chance.randrange(1, 4000)
        cache_read = chance.choice((0, chance.randrange(150_000)))
        cache_write = chance.choice((0, chance.randrange(9000)))
        self.truth.add(
            paper.day(at),
            model,
            fresh=fresh,
            output=output,
            cache_read=cache_read,
            cache_write=cache_write,
        )
        message = {
            "id": f"msg_{chance.getrandbits(50):x}",
            "role": "assistant",
            "ts": paper.milliseconds(at),
            "content": [{"type": "text", "text": f"done {paper.SPOT}"}],
            "metrics": {
                "inputTokens": fresh + cache_read + cache_write,
                "outputTokens": output,
                "cacheReadTokens": cache_read,
                "cacheWriteTokens": cache_write,
                "cost": 0.02,
            },
        }
        if is_named:
            message["modelInfo"] = {"id": model, "provider": "anthropic"}
        if self.has("nameless", 0.3):
            del message["id"]
        return message

    def messages(self, at: datetime, default: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        if self.has("taken_over", 0.3):
            stored = dict(self.truth.burned)
            burned = {key: vars(value).copy() for key, value in stored.items()}
            found.append(self.message(at, default))  # counted where its task is
            self.truth.burned.clear()
            for key, value in burned.items():
                vars(self.truth.burned[key]).update(value)
            found.append({"role": "user", "content": [{"type": "text", "text": _WARNING}]})
        model = default
        for _ in range(self.chance.randrange(1, 7)):
            at += timedelta(milliseconds=self.chance.randrange(1, 9_000_000))
            asked: Any = [{"type": "text", "text": "go"}]
            if self.has("plain", 0.5):
                asked = "go"
            found.append({"id": "u", "role": "user", "content": asked, "ts": 1})
            is_named = not self.has("defaults", 0.6)
            if is_named:
                model = self.chance.choice(vscode_tasks.MODELS)
            found.append(self.message(at, model, is_named=is_named))
        return found

    def write(self, folder: Path, name: str, messages: list[dict[str, Any]], model: str) -> None:
        document = {"version": 1, "sessionId": name, "agent": "lead", "messages": messages}
        cut = 0
        if self.has("cut", 0.4):
            messages.append({"role": "user", "content": [{"type": "text", "text": "x" * 90}]})
            cut = 40
        path = folder / f"{name}.messages.json"
        paper.write_document(path, document, self.chance, self.traps, cut=cut)
        manifest = {"session_id": name, "provider": "anthropic", "model": model}
        (folder / f"{name}.json").write_text(json.dumps(manifest))

    def session(self) -> None:
        at, model = paper.any_moment(self.chance), self.chance.choice(vscode_tasks.MODELS)
        name = f"{paper.milliseconds(at)}_{self.chance.getrandbits(20):05x}"
        messages = self.messages(at, model)
        self.write(self.root / name, name, messages, model)
        if self.has("forks", 0.5) and all("id" in each for each in messages):
            fork = f"{name}f"
            kept = messages[: self.chance.randrange(len(messages) + 1)]
            kept.append(self.message(at + timedelta(hours=9), "gpt-5.2"))
            self.write(self.root / fork, fork, kept, model)
        if self.has("sub_agents", 0.5):
            child = f"agent_{self.chance.getrandbits(30):x}"
            self.write(self.root / name, child, self.messages(at, model), model)


def generate(
    home: Path, chance: random.Random, *, sessions: int, traps: Collection[str] = ()
) -> Truth:
    """Write logs below `home`; gives what they burned."""
    truth = vscode_tasks.generate(KIND, home, chance, sessions=sessions // 2, traps=traps)
    writer = Sessions(home, chance, traps, truth)
    for _ in range(sessions - sessions // 2):
        writer.session()
    return truth
