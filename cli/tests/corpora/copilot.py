"""Events, telemetry and the app's database as GitHub Copilot CLI writes them."""

import random
import shutil
import sqlite3
from collections.abc import Collection
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from corpora import rough
from corpora.truth import Truth

CLIENT = "copilot"
MODELS = ("gpt-5.2", "gpt-5-mini")
TRAPS: tuple[str, ...] = (
    "events",  # session.shutdown of a session that no telemetry tells of
    "runs",  # several shutdowns of a run, several runs of a session
    "repeats",  # an event or a span twice
    "both",  # a session in events and in telemetry
    "layers",  # inference logs, agent turns and agent spans beside chat spans
    "only_agents",  # traces of which only the agent's span is left
    "other_names",  # cache_read_input_tokens, reasoning_tokens
    "writes",
    "reasoning",
    "copies",  # a span in two files
    "rows",  # data.db
    "midnight",
    *rough.TRAPS,
)
_START = datetime(2026, 4, 1, 9, tzinfo=timezone.utc)


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def _moment(at: datetime) -> list[int]:
    return [int(at.timestamp()), at.microsecond * 1000]


class _Corpus:
    def __init__(self, home: Path, chance: random.Random, traps: Collection[str]) -> None:
        self.folder, self.chance, self.traps = home / ".copilot", chance, traps
        self.truth = Truth(CLIENT, peers=("ccusage", "tokscale"))
        self.rows: list[tuple[Any, ...]] = []

    def with_(self, trap: str, part: float = 1.0) -> bool:
        return trap in self.traps and self.chance.random() < part

    def numbers(self) -> list[int]:
        """Input with cache, read, written, output with reasoning, reasoning."""
        chance = self.chance
        whole, output = chance.randint(900, 150_000), chance.randint(5, 4000)
        read = chance.randint(0, whole)
        written = chance.randint(0, whole - read) if self.with_("writes") else 0
        return [
            whole,
            read,
            written,
            output,
            chance.randint(0, output) if self.with_("reasoning") else 0,
        ]

    def burn(self, at: datetime, model: str, numbers: list[int], messages: int = 1) -> None:
        whole, read, written, output, reasoning = numbers
        self.truth.add(
            f"{at:%Y-%m-%d}",
            model,
            fresh=whole - read - written,
            output=output - reasoning,
            cache_read=read,
            cache_write=written,
            reasoning=reasoning,
            messages=messages,
        )

    def span(
        self, at: datetime, session: str, model: str, numbers: list[int], trace: str, kind: str
    ) -> dict[str, Any]:
        whole, read, written, output, reasoning = numbers
        read_name, reasoning_name = "cache_read.input_tokens", "reasoning.output_tokens"
        if self.with_("other_names", 0.5):
            read_name, reasoning_name = "cache_read_input_tokens", "reasoning_tokens"
        usage = {
            "input_tokens": whole,
            "output_tokens": output,
            read_name: read,
            "cache_creation.input_tokens": written,
            reasoning_name: reasoning,
        }
        attributes: dict[str, Any] = {
            "gen_ai.operation.name": kind,
            "gen_ai.response.model": model,
            "gen_ai.conversation.id": session,
            **{f"gen_ai.usage.{name}": value for name, value in usage.items()},
        }
        started = at - timedelta(seconds=5)
        return {
            "type": "span",
            "traceId": trace,
            "spanId": f"{self.chance.getrandbits(64):016x}",
            "name": f"{kind} {model}",
            "startTime": _moment(started),
            "endTime": _moment(at),
            "attributes": attributes,
        }

    def telemetry(self, at: datetime, session: str, *, counts: bool = True) -> list[Any]:
        chance, lines = self.chance, []
        for _ in range(chance.randint(1, 3)):
            trace, model = f"{chance.getrandbits(128):032x}", chance.choice(MODELS)
            sums = [0, 0, 0, 0, 0]
            chats = []
            for _ in range(chance.randint(1, 4)):
                at += timedelta(seconds=chance.uniform(10, 500))
                if self.with_("midnight", 0.2):
                    at = at.replace(hour=0, minute=0, second=2) + timedelta(days=1)
                numbers = self.numbers()
                sums = [a + b for a, b in zip(sums, numbers, strict=True)]
                chats.append((at, self.span(at, session, model, numbers, trace, "chat"), numbers))
            agent = self.span(at, session, model, sums, trace, "invoke_agent")
            if self.with_("only_agents", 0.3):
                lines.append(agent)
                if counts:
                    self.burn(at, model, sums)
                continue
            for moment, chat, numbers in chats:
                if counts:
                    self.burn(moment, model, numbers)
                lines.append(chat)
                if self.with_("repeats", 0.3):
                    lines.append(chat)
                if self.with_("layers", 0.5):
                    event = {"event.name": "gen_ai.client.inference.operation.details"}
                    log = {**chat, "attributes": {**chat["attributes"], **event}, "type": "log"}
                    del log["name"]
                    lines.append({**log, "hrTime": chat["endTime"]})
            if self.with_("layers"):
                lines.append(agent)
        return lines

    def events(self, at: datetime, session: str) -> None:
        chance = self.chance
        data = {"sessionId": session, "copilotVersion": "1.0.5"}
        lines: list[Any] = [
            {"type": "session.start", "id": f"s{session}", "timestamp": _iso(at), "data": data}
        ]
        told = [0, 0, 0, 0, 0]
        for run in range(chance.randint(1, 3) if self.with_("runs") else 1):
            if run:
                at += timedelta(hours=7)
                lines.append({"type": "session.resume", "timestamp": _iso(at), "data": {}})
            totals: dict[str, list[int]] = {}
            for _ in range(chance.randint(1, 3) if self.with_("runs") else 1):
                at += timedelta(seconds=chance.uniform(60, 4000))
                model, numbers = chance.choice(MODELS), self.numbers()
                requests = chance.randint(1, 9)
                self.burn(at, model, numbers, requests)
                told = [a + b for a, b in zip(told, numbers, strict=True)]
                before = totals.get(model, [0] * 6)
                totals[model] = [a + b for a, b in zip(before, [*numbers, requests], strict=True)]
                lines.append({"type": "assistant.message", "data": {"text": "done"}})
                shutdown = {
                    "type": "session.shutdown",
                    "id": f"{chance.getrandbits(128):032x}",
                    "timestamp": _iso(at),
                    "data": {
                        "currentModel": model,
                        "modelMetrics": {name: _metrics(sums) for name, sums in totals.items()},
                    },
                }
                lines.append(shutdown)
                if self.with_("repeats", 0.4):
                    lines.append(shutdown)
        path = self.folder / "session-state" / session / "events.jsonl"
        rough.write_lines(path, lines, chance, tuple(self.traps))
        if self.with_("rows", 0.4):
            # The row has what the events tell, and what was burned after the last of them.
            extra = self.numbers()
            extra[2] = 0
            at -= timedelta(days=1)
            self.burn(at, MODELS[0], extra)
            told = [a + b for a, b in zip(told, extra, strict=True)]
            self.rows.append((session, MODELS[0], told[0], told[3], told[1], told[4], _iso(at)))

    def database(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with sqlite3.connect(self.folder / "data.db") as database:
            database.execute(
                "CREATE TABLE sessions (id TEXT, model TEXT, total_input_tokens INTEGER,"
                " total_output_tokens INTEGER, total_cached_tokens INTEGER,"
                " total_reasoning_tokens INTEGER, created_at TEXT)"
            )
            database.executemany("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)", self.rows)
        database.close()


def _metrics(sums: list[int]) -> dict[str, Any]:
    whole, read, written, output, reasoning, requests = sums
    usage = {
        "inputTokens": whole,
        "outputTokens": output,
        "cacheReadTokens": read,
        "cacheWriteTokens": written,
        "reasoningTokens": reasoning,
    }
    return {"requests": {"count": requests, "cost": 1}, "usage": usage}


def generate(
    home: Path, chance: random.Random, *, sessions: int, traps: Collection[str] = ()
) -> Truth:
    """Telemetry below `home`; with traps also events and the database."""
    corpus = _Corpus(home, chance, traps)
    for number in range(sessions):
        at, session = _START + timedelta(hours=13 * number), f"{number:08x}-0000-4000"
        if {"events", "runs", "both", "rows"} & set(traps) and chance.random() < 0.5:
            corpus.events(at, session)
            if not corpus.with_("both", 0.5):
                continue
            lines = corpus.telemetry(at, session, counts=False)
        else:
            lines = corpus.telemetry(at, session)
        path = corpus.folder / "otel" / f"copilot-{number:03}.jsonl"
        rough.write_lines(path, lines, chance, tuple(traps))
        if corpus.with_("copies", 0.3):
            shutil.copyfile(path, path.with_name(f"again-{number:03}.jsonl"))
    if "rows" in traps:
        corpus.database()
    return corpus.truth
