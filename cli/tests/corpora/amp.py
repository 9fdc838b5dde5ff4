"""Threads as Amp writes them, and what was really burned."""

import random
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from corpora import paper
from corpora.truth import Truth

CLIENT = "amp"
MODELS = ("claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929", "gpt-5", "gemini-3-pro")
TRAPS: tuple[str, ...] = (
    "message_cache",  # the cache is only in the message
    "ledger_cache",  # the cache is only in the event
    "no_event",  # messages that the ledger does not have, with a time or without
    "no_ledger",
    "empty_ledger",
    "retries",  # several events for one message
    "no_message",  # events of messages that are gone
    "unlinked",  # events that name no message
    "no_time",  # events without a time
    "credits",  # events without tokens
    "twice",  # an event that is in the ledger twice
    "copies",  # the thread under another file name, one without its ledger
    "cut",
    "midnight",
    *paper.TRAPS,
)
_CLASSES = ("input", "output", "cache_read", "cache_write")


class Thread:
    """One thread."""

    def __init__(self, chance: random.Random, traps: frozenset[str], truth: Truth) -> None:
        self.chance, self.traps, self.truth = chance, traps, truth
        self.at = paper.any_moment(chance)
        self.id = f"T-{chance.getrandbits(128):032x}"
        self.created = self.at
        self.messages: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.is_ledgerless = self.has("no_ledger", 0.4)
        self.is_empty = self.has("empty_ledger", 0.4)

    def has(self, trap: str, likelihood: float) -> bool:
        return trap in self.traps and self.chance.random() < likelihood

    def burn(self, at: datetime, model: str, figures: dict[str, int]) -> None:
        self.truth.add(
            paper.day(at),
            model,
            fresh=figures["input"],
            output=figures["output"],
            cache_read=figures["cache_read"],
            cache_write=figures["cache_write"],
        )

    def figures(self) -> dict[str, int]:
        chance = self.chance
        return {
            "input": chance.randrange(1, 5000),
            "output": chance.randrange(1, 4000),
            "cache_read": chance.choice((0, chance.randrange(150_000))),
            "cache_write": chance.choice((0, chance.randrange(9000))),
        }

    def event(self, model: str, figures: dict[str, int], message_id: int | None) -> dict[str, Any]:
        tokens = {"input": figures["input"], "output": figures["output"]}
        if not self.has("message_cache", 0.5):
            tokens["cacheReadInputTokens"] = figures["cache_read"]
            tokens["cacheCreationInputTokens"] = figures["cache_write"]
        event: dict[str, Any] = {
            "id": f"{self.chance.getrandbits(64):016x}",
            "timestamp": paper.zulu(self.at),
            "model": model,
            "credits": 1.5,
            "tokens": tokens,
            "operationType": "inference",
        }
        if message_id is not None:
            event |= {"fromMessageId": message_id - 1, "toMessageId": message_id}
        self.events.append(event)
        return event

    def turn(self) -> None:
        chance = self.chance
        self.at += timedelta(seconds=chance.randrange(1, 4000))
        if self.has("midnight", 0.2):
            self.at = self.at.replace(hour=23, minute=59, second=59)
        number = len(self.messages)
        self.messages.append({"role": "user", "messageId": number, "content": [paper.SPOT]})
        self.answer(number + 1)
        if self.is_ledgerless or self.is_empty:
            return
        if self.has("no_message", 0.3):
            figures = {**self.figures(), "cache_read": 0, "cache_write": 0}
            self.event("gpt-5", figures, 9000 + number)
            self.burn(self.at, "gpt-5", figures)
        if self.has("credits", 0.3):
            self.event("gpt-5", self.figures(), None)["tokens"] = None
        if self.events and self.has("twice", 0.3):
            self.events.append(dict(self.events[-1]))

    def answer(self, number: int) -> None:
        chance, at = self.chance, self.at
        model, figures = chance.choice(MODELS), self.figures()
        usage: dict[str, Any] = {
            "model": model,
            "maxInputTokens": 168_000,
            "inputTokens": figures["input"],
            "outputTokens": figures["output"],
            "cacheCreationInputTokens": figures["cache_write"],
            "cacheReadInputTokens": figures["cache_read"],
            "credits": 1.5,
        }
        message = {"role": "assistant", "messageId": number, "content": [], "usage": usage}
        self.messages.append(message)
        if self.is_ledgerless or self.is_empty or self.has("no_event", 0.4):
            if chance.random() < 0.5:
                usage["timestamp"] = paper.zulu(at)
            else:
                at = self.created + timedelta(seconds=number)
            self.burn(at, model, figures)
            return
        link = None if self.has("unlinked", 0.4) else number
        if self.has("retries", 0.4):
            retried = {**self.figures(), "cache_read": 0, "cache_write": 0}
            self.event("gpt-5", retried, number)
            self.burn(at, "gpt-5", retried)
        event = self.event(model, figures, link)
        if self.has("ledger_cache", 0.4) and "cacheReadInputTokens" in event["tokens"]:
            del usage["cacheReadInputTokens"], usage["cacheCreationInputTokens"]
        if self.has("no_time", 0.3):
            del event["timestamp"]
            at = self.created + timedelta(seconds=number)
        self.burn(at, model, figures)

    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "v": 7,
            "id": self.id,
            "created": paper.milliseconds(self.created),
            "title": "about usage",
            "messages": self.messages,
        }
        if not self.is_ledgerless:
            document["usageLedger"] = {"events": [] if self.is_empty else self.events}
        return document


def generate(
    home: Path, chance: random.Random, *, sessions: int, traps: Collection[str] = ()
) -> Truth:
    """Write logs below `home`; gives what they burned."""
    truth = Truth(CLIENT, peers=("ccusage", "tokscale"))
    root = home / ".local/share/amp/threads"
    for _ in range(sessions):
        thread = Thread(chance, frozenset(traps), truth)
        for _ in range(chance.randrange(1, 7)):
            thread.turn()
        document = thread.document()
        cut = 0
        if thread.has("cut", 0.4):
            document["rest"] = "x" * 90
            cut = 40
        paper.write_document(root / f"{thread.id}.json", document, chance, traps, cut=cut)
        if thread.has("copies", 0.5):
            copy = {**document}
            if chance.random() < 0.5 and "unlinked" not in traps:
                copy.pop("usageLedger", None)
            paper.write_document(root / f"{thread.id} (1).json", copy, chance, ())
    return truth
