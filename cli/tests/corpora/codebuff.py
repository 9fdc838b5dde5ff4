"""Chats as Codebuff writes them, and what was really burned."""

import random
import shutil
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from corpora import paper
from corpora.truth import Truth

CLIENT = "codebuff"
MODELS = ("claude-opus-4-5", "claude-sonnet-4-5", "gpt-5", "gemini-3-pro")
TRAPS: tuple[str, ...] = (
    "nested",  # the numbers in metadata.codebuff
    "both_places",
    "run_states",  # the numbers in the history so far
    "several_requests",  # of which one answer took more than one
    "openai",  # keys that include the cache
    "snake_case",
    "clock_times",  # a timestamp without a day
    "copies",  # a chat in another project, one of them older
    "channels",
    "credits",  # without tokens
    "same_ids",  # ids that begin anew in each chat
    "nameless",
    "cut",
    "odd_times",
    "midnight",
    *paper.TRAPS,
)
_SNAKE = {
    "inputTokens": "input_tokens",
    "outputTokens": "output_tokens",
    "cacheReadInputTokens": "cache_read_input_tokens",
    "cacheCreationInputTokens": "cache_creation_input_tokens",
}


class Chat:
    """One chat."""

    def __init__(self, chance: random.Random, traps: frozenset[str], truth: Truth) -> None:
        self.chance, self.traps, self.truth = chance, traps, truth
        self.at = paper.any_moment(chance)
        self.born = self.at
        self.messages: list[dict[str, Any]] = []
        self.history: list[dict[str, Any]] = []
        self.uses_states = self.has("run_states", 0.5)

    def has(self, trap: str, likelihood: float) -> bool:
        return trap in self.traps and self.chance.random() < likelihood

    def usage(self, at: datetime, model: str) -> dict[str, Any]:
        """The numbers of one request, which is burned."""
        chance = self.chance
        fresh, output = chance.randrange(1, 5000), chance.randrange(1, 4000)
        cache_read = chance.choice((0, chance.randrange(150_000)))
        cache_write = chance.choice((0, chance.randrange(9000)))
        usage: dict[str, Any] = {
            "inputTokens": fresh,
            "outputTokens": output,
            "cacheReadInputTokens": cache_read,
            "cacheCreationInputTokens": cache_write,
        }
        if self.has("snake_case", 0.5):
            usage = {_SNAKE[name]: count for name, count in usage.items()}
        reasoning = 0
        if self.has("openai", 0.5):
            cache_write, reasoning = 0, chance.randrange(output)
            usage = {
                "prompt_tokens": fresh + cache_read,
                "completion_tokens": output,
                "prompt_tokens_details": {"cached_tokens": cache_read},
                "completion_tokens_details": {"reasoning_tokens": reasoning},
            }
        self.truth.add(
            paper.day(at),
            model,
            fresh=fresh,
            output=output - reasoning,
            cache_read=cache_read,
            cache_write=cache_write,
            reasoning=reasoning,
            messages=1,
        )
        return usage

    def turn(self) -> None:
        chance = self.chance
        self.at += timedelta(milliseconds=chance.randrange(1, 4_000_000))
        if self.has("midnight", 0.2):
            self.at = self.at.replace(hour=23, minute=59, second=59)
        number = len(self.messages)
        asked = {"id": f"user-{number}", "variant": "user", "content": paper.SPOT}
        self.messages.append({**asked, "timestamp": paper.zulu(self.at)})
        message: dict[str, Any] = {
            "id": f"ai-{number}-{chance.getrandbits(40):x}",
            "variant": "ai",
            "content": f"done {paper.SPOT}",
            "timestamp": paper.zulu(self.at),
            "isComplete": True,
            "credits": 5,
        }
        if "same_ids" in self.traps:
            message["id"] = f"ai-{number}"
        if self.has("nameless", 0.3):
            del message["id"]
        at = self.at
        if self.has("odd_times", 0.4):
            message["timestamp"] = paper.odd(at, chance)
        if self.has("clock_times", 0.4):
            message["timestamp"] = at.strftime("%I:%M %p")
            at = self.born
        model = chance.choice(MODELS)
        if not self.has("credits", 0.3):
            message["metadata"] = self.metadata(at, model)
        self.messages.append(message)

    def metadata(self, at: datetime, model: str) -> dict[str, Any]:
        metadata: dict[str, Any] = {"bashCwd": "/home/alice", "model": model}
        if self.uses_states:
            requests = self.chance.randrange(1, 4) if "several_requests" in self.traps else 1
            self.history.append({"role": "user", "content": []})
            for _ in range(requests):
                told = {"codebuff": {"usage": self.usage(at, model), "model": model}}
                self.history.append({"role": "assistant", "providerOptions": told})
            agent = {"agentType": "base2", "messageHistory": list(self.history)}
            metadata["runState"] = {"sessionState": {"mainAgentState": agent}}
            return metadata
        usage = self.usage(at, model)
        if self.has("both_places", 0.5):
            metadata |= {"usage": usage, "codebuff": {"usage": usage}}
        elif self.has("nested", 0.5):
            metadata["codebuff"] = {"usage": usage}
        else:
            metadata["usage"] = usage
        return metadata


def generate(
    home: Path, chance: random.Random, *, sessions: int, traps: Collection[str] = ()
) -> Truth:
    """Write logs below `home`; gives what they burned."""
    truth = Truth(CLIENT, peers=("ccusage", "tokscale"))
    for _ in range(sessions):
        chat = Chat(chance, frozenset(traps), truth)
        for _ in range(chance.randrange(1, 7)):
            chat.turn()
        channel = "manicode"
        if chat.has("channels", 0.5):
            channel = chance.choice(("manicode-dev", "manicode-staging"))
        folder = paper.zulu(chat.born).replace(":", "-")
        path = home / ".config" / channel / "projects/p" / "chats" / folder / "chat-messages.json"
        messages, cut = chat.messages, 0
        if chat.has("cut", 0.4):
            messages, cut = [*messages, {"variant": "user", "content": "x" * 90}], 40
        paper.write_document(path, messages, chance, traps, cut=cut)
        if chat.has("copies", 0.5):
            other = home / ".config/manicode/projects/z/chats" / folder
            shutil.copytree(path.parent, other)
            older = messages[: chance.randrange(len(messages))]
            paper.write_document(other / path.name, older, chance, ())
    return truth
