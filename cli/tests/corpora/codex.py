"""Rollouts as Codex CLI writes them, and what was really burned."""

import json
import random
import shutil
from collections.abc import Collection
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from corpora import rough
from corpora.truth import Truth

CLIENT = "codex"
MODELS = ("gpt-5.2-codex", "gpt-5.4", "gpt-5.4-mini")
TRAPS: tuple[str, ...] = (
    "repeats",  # an event again for new rate limits, or without numbers
    "late_snapshots",  # a total that was there before comes again
    "slow_snapshots",  # a total between two others comes after both
    "compaction",  # zeros with only `total_tokens`, then from zero
    "restarts",  # the totals begin anew without zeros
    "forks",  # a copy with its old times
    "stamped_forks",  # a copy stamped with the moment of the fork
    "sub_agents",  # as a fork, announced by thread_spawn
    "ordinals",  # as a sub-agent of newer files, with subagent_history_start_ordinal
    "nameless_forks",  # copies of threads whose turns have no ids
    "empty_sub_agents",  # a sub-agent with nothing copied and two answers in its first second
    "restarted_forks",  # the child's totals begin anew
    "archived",  # in both folders
    "records",  # token_usage_record beside or without token_count
    "cache_writes",
    "only_totals",  # old files without last_token_usage
    "midnight",  # the turn begins the day before its answers
    "saved_output",  # codex exec --json
    "auto_review",  # a model that is no model's name
    *rough.TRAPS,
)
_START = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
_FIELDS = ("input", "cached_input", "cache_write_input", "output", "reasoning_output")


def uuid7(at: datetime, chance: random.Random) -> str:
    """A time-ordered UUID."""
    stamp = f"{int(at.timestamp() * 1000):012x}"
    rest = f"{chance.getrandbits(74):019x}"
    return f"{stamp[:8]}-{stamp[8:]}-7{rest[:3]}-a{rest[3:6]}-{rest[6:18]}"


def moment(at: datetime) -> str:
    """Milliseconds and `Z`."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


class Thread:
    """One thread: its lines, and the totals it has come to."""

    def __init__(self, corpus: "Corpus", at: datetime) -> None:
        self.corpus, self.chance, self.at = corpus, corpus.chance, at
        self.id = uuid7(at, self.chance)
        self.born = at
        self.model = self.chance.choice(MODELS)
        self.lines: list[dict[str, Any]] = []
        self.totals = [0, 0, 0, 0, 0]
        self.history: list[list[int]] = []
        self.old = corpus.with_("only_totals") and self.chance.random() < 0.3
        self.named = not (corpus.with_("nameless_forks") and self.chance.random() < 0.4)
        self.records = corpus.with_("records") and self.chance.random() < 0.5

    def later(self, least: float, most: float) -> None:
        self.at += timedelta(seconds=self.chance.uniform(least, most))

    def say(self, kind: str, payload: dict[str, Any]) -> None:
        self.lines.append({"timestamp": moment(self.at), "type": kind, "payload": payload})

    def meta(self, **more: Any) -> dict[str, Any]:
        payload = {
            "id": self.id,
            "timestamp": moment(self.born),
            "cwd": "/home/alice/secret",
            "originator": "codex_cli_rs",
            "cli_version": "0.98.0",
            "source": "cli",
            "model_provider": "openai",
            "base_instructions": {"text": "You are Codex. " * 40},
            **more,
        }
        return {"timestamp": moment(self.at), "type": "session_meta", "payload": payload}

    def turn(self, answers: int) -> None:
        turn = uuid7(self.at, self.chance)
        if self.chance.random() < 0.3:
            self.model = self.chance.choice(MODELS)
            if self.corpus.with_("auto_review"):
                self.model = "codex-auto-review"
        if self.named:
            self.say("event_msg", {"type": "task_started", "turn_id": turn})
        context = {"cwd": "/home/alice/secret", "model": self.model, "effort": "high"}
        self.say("turn_context", {"turn_id": turn, **context} if self.named else context)
        self.say("response_item", {"type": "message", "role": "user", "text": "do it"})
        if self.corpus.with_("midnight") and self.chance.random() < 0.2:
            self.at = self.at.replace(hour=23, minute=59, second=58, microsecond=0)
            self.lines[-2]["timestamp"] = moment(self.at)
            self.at += timedelta(seconds=self.chance.uniform(3, 9))
        for _ in range(answers):
            self.later(2, 400)
            self.say("response_item", {"type": "message", "role": "assistant", "text": "done"})
            self.answer(turn)

    def answer(self, turn: str) -> None:
        chance, corpus = self.chance, self.corpus
        whole = chance.randint(900, 240_000)
        read = chance.randint(0, whole)
        written = 0
        if corpus.with_("cache_writes") and not self.old:
            written = chance.randint(0, whole - read)
        output = chance.randint(20, 9_000)
        last = [whole, read, written, output, chance.randint(0, output)]
        corpus.burn(self.at, self.model, last)
        if corpus.with_("compaction") and not self.old and chance.random() < 0.1:
            self.compacted()
        if corpus.with_("restarts") and self.history and not self.old and chance.random() < 0.1:
            self.totals, self.history = [0, 0, 0, 0, 0], []
        before, self.totals = self.totals, [a + b for a, b in zip(self.totals, last, strict=True)]
        if self.records:
            self.say("token_usage_record", self.record(turn, last))
            if chance.random() < 0.1:  # as for a compaction: no event of its own
                self.totals = before
                return
        event = self.event(self.totals, last)
        self.say("event_msg", event)
        self.history.append(list(self.totals))
        if corpus.with_("repeats") and chance.random() < 0.3:
            self.later(0, 2)
            self.say("event_msg", json.loads(json.dumps(event)))
            self.say("event_msg", {"type": "token_count", "info": None, "rate_limits": {}})
        self.late(last)

    def late(self, last: list[int]) -> None:
        if self.old:
            return
        corpus, chance = self.corpus, self.chance
        late = corpus.with_("late_snapshots") and len(self.history) > 2 and chance.random() < 0.1
        slow = corpus.with_("slow_snapshots") and chance.random() < 0.1
        if late:
            total = chance.choice(self.history[-3:-1])
            part = [1, 0, 0, 1, 0]
        elif slow and len(self.history) > 1:
            part = [value // 3 for value in last]
            total = [a - b // 2 for a, b in zip(self.totals, last, strict=True)]
        else:
            return
        self.say("event_msg", self.event(total, part))
        # The next answer of the thread goes on from the true total.
        self.later(1, 2)
        self.say("response_item", {"type": "message", "role": "assistant", "text": "more"})

    def compacted(self) -> None:
        zeros = {f"{name}_tokens": 0 for name in _FIELDS} | {"total_tokens": 272_000}
        info = {"total_token_usage": zeros, "last_token_usage": dict(zeros)}
        self.say("event_msg", {"type": "token_count", "info": info, "rate_limits": None})
        self.totals, self.history = [0, 0, 0, 0, 0], []

    def usage(self, numbers: list[int]) -> dict[str, int]:
        told = {f"{name}_tokens": value for name, value in zip(_FIELDS, numbers, strict=True)}
        if not self.corpus.with_("cache_writes"):
            del told["cache_write_input_tokens"]
        return {**told, "total_tokens": numbers[0] + numbers[3]}

    def event(self, total: list[int], last: list[int]) -> dict[str, Any]:
        info: dict[str, Any] = {"total_token_usage": self.usage(total)}
        if not self.old:
            info["last_token_usage"] = self.usage(last)
        info["model_context_window"] = 272_000
        return {"type": "token_count", "info": info, "rate_limits": {"primary": None}}

    def record(self, turn: str, last: list[int]) -> dict[str, Any]:
        return {
            "thread_id": self.id,
            "turn_id": turn,
            "session_id": self.id,
            "response_id": f"resp_{self.chance.getrandbits(64):016x}",
            "usage": self.usage(last),
        }

    @property
    def path(self) -> str:
        day = self.born.strftime("%Y/%m/%d")
        return f"sessions/{day}/rollout-{self.born:%Y-%m-%dT%H-%M-%S}-{self.id}.jsonl"


class Corpus:
    """All threads of one home folder."""

    def __init__(self, chance: random.Random, traps: Collection[str]) -> None:
        self.chance, self.traps = chance, traps
        self.truth = Truth(CLIENT, peers=("ccusage", "tokscale"))
        self.threads: list[Thread] = []

    def with_(self, trap: str) -> bool:
        return trap in self.traps

    def burn(self, at: datetime, model: str, last: list[int]) -> None:
        whole, read, written, output, reasoning = last
        self.truth.add(
            f"{at:%Y-%m-%d}",
            model,
            fresh=whole - read - written,
            output=output - reasoning,
            cache_read=read,
            cache_write=written,
            reasoning=reasoning,
        )

    def thread(self, at: datetime) -> Thread:
        thread = Thread(self, at)
        thread.lines.append(thread.meta())
        for _ in range(self.chance.randint(1, 4)):
            thread.later(5, 4000)
            thread.turn(self.chance.randint(1, 5))
        self.threads.append(thread)
        return thread

    def child(self, parent: Thread, trap: str) -> None:
        """A thread that begins with what its parent said so far."""
        child = Thread(self, parent.at + timedelta(seconds=30))
        child.named, child.old = parent.named, parent.old
        child.model, child.totals = parent.model, list(parent.totals)
        copied = [json.loads(json.dumps(line)) for line in parent.lines]
        copied = [line for line in copied if line["type"] != "token_usage_record"]
        spawned: dict[str, Any] = {"thread_spawn": {"parent_thread_id": parent.id, "depth": 1}}
        more: dict[str, Any] = {"forked_from_id": parent.id, "thread_source": "user"}
        if trap in ("sub_agents", "ordinals"):
            more = {"source": {"subagent": spawned}, "thread_source": "subagent"}
        if trap == "ordinals":
            more["subagent_history_start_ordinal"] = len(copied) + 1
        if trap != "forks":
            for line in copied:
                line["timestamp"] = moment(child.at)
        child.lines = [child.meta(**more), *copied]
        if trap == "restarted_forks":
            child.totals, child.old = [0, 0, 0, 0, 0], False
        child.later(2, 9)
        for _ in range(self.chance.randint(1, 2)):
            child.turn(self.chance.randint(1, 4))
        if trap == "ordinals":
            for ordinal, line in enumerate(child.lines):
                line["ordinal"] = ordinal
        if self.chance.random() < 0.5:  # the parent goes on as well
            parent.later(60, 600)
            parent.turn(2)
        self.threads.append(child)

    def empty_sub_agent(self, parent: Thread) -> None:
        child = Thread(self, parent.at.replace(microsecond=0) + timedelta(seconds=31))
        child.old = False
        spawn = {"thread_spawn": {"parent_thread_id": parent.id, "depth": 1}}
        child.lines.append(child.meta(source={"subagent": spawn}))
        turn = uuid7(child.at, self.chance)
        context = {"model": child.model, "turn_id": turn}
        child.say("turn_context", context if child.named else {"model": child.model})
        for _ in range(2):
            child.at += timedelta(milliseconds=200)
            child.answer(turn)
        self.threads.append(child)

    def saved_output(self, home: Path, at: datetime) -> None:
        chance = self.chance
        whole, output = chance.randint(1000, 90_000), chance.randint(10, 900)
        read = chance.randint(0, whole)
        self.burn(at, MODELS[0], [whole, read, 0, output, 0])
        usage = {"input_tokens": whole, "cached_input_tokens": read, "output_tokens": output}
        lines = [
            {"type": "thread.started", "thread_id": uuid7(at, chance)},
            {"type": "item.completed", "item": {"id": "item_0", "text": "done"}},
            {
                "type": "turn.completed",
                "timestamp": moment(at),
                "model": MODELS[0],
                "usage": usage,
            },
        ]
        path = home / ".codex" / "sessions" / f"run-{at:%Y%m%d%H%M%S}.jsonl"
        rough.write_lines(path, lines, chance)


def generate(
    home: Path, chance: random.Random, *, sessions: int, traps: Collection[str] = ()
) -> Truth:
    """Threads below `home`, each on a day and hour of its own."""
    corpus = Corpus(chance, traps)
    children = (
        "forks",
        "stamped_forks",
        "sub_agents",
        "ordinals",
        "nameless_forks",
        "restarted_forks",
    )
    for number in range(sessions):
        at = _START + timedelta(hours=9 * number, seconds=chance.uniform(0, 9_000))
        parent = corpus.thread(at)
        for trap in children:
            if trap in traps and chance.random() < 0.3:
                corpus.child(parent, trap)
        if "empty_sub_agents" in traps and chance.random() < 0.3:
            corpus.empty_sub_agent(parent)
        if "saved_output" in traps and chance.random() < 0.3:
            corpus.saved_output(home, at + timedelta(seconds=7))
    for thread in corpus.threads:
        path = home / ".codex" / thread.path
        rough.write_lines(path, thread.lines, chance, tuple(traps))
        if "archived" in traps and chance.random() < 0.3:
            archived = home / ".codex" / "archived_sessions" / path.name
            archived.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, archived)
    return corpus.truth
