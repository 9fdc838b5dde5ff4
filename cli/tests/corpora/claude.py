"""Transcripts as Claude Code writes them, and what was really burned."""

import json
import random
from collections.abc import Collection
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from corpora.truth import Truth

CLIENT = "claude"
MODELS = (
    "claude-opus-4-5-20251101",
    "claude-sonnet-4-5-20250929",
    "claude-haiku-4-5-20251001",
)
TRAPS: tuple[str, ...] = (
    "resumed",  # the beginning of a session under a new session id
    "side_chains",  # the parent's messages again under new requests
    "sub_agents",  # files of their own
    "progress",  # a sub-agent's lines wrapped in the parent's file
    "gateways",  # no requestId
    "splits",  # 0/0 beside a real total of cache writes
    "advisors",  # another model's tokens in usage.iterations
    "synthetic",  # answers that this machine made up
    "nulls",  # null and text for numbers
    "spaces",  # JSON with spaces
    "times",  # other ways to write a moment
    "rough",  # byte-order mark, CRLF, bad bytes, blank and half lines
    "midnight",  # the question before midnight, the answer after it
)
_START = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)


class Corpus:
    """Sessions below a home folder."""

    def __init__(self, home: Path, chance: random.Random, traps: Collection[str]) -> None:
        self.projects = home / ".claude" / "projects"
        self.chance = chance
        self.traps = frozenset(traps)
        self.truth = Truth(CLIENT, peers=("ccusage", "tokscale"))
        self.files = 0
        self.count = 0
        self.earlier: list[list[dict[str, Any]]] = []

    def trap(self, name: str, odds: float = 0.3) -> bool:
        """Whether to lay this trap here."""
        return name in self.traps and self.chance.random() < odds

    def session(self) -> None:
        """One session with everything that belongs to it."""
        session = f"{self.chance.getrandbits(128):032x}"
        at = _START + timedelta(minutes=self.chance.randint(0, 60 * 24 * 60))
        if self.trap("midnight"):
            at = at.replace(hour=23, minute=59, second=self.chance.randint(0, 50))
        lines: list[dict[str, Any]] = []
        if self.earlier and self.trap("resumed", 0.5):
            copied = self.chance.choice(self.earlier)
            kept = copied[: self.chance.randint(0, len(copied))]
            lines.extend({**line, "sessionId": session} for line in kept)
        for _ in range(self.chance.randint(1, 30)):
            at += timedelta(seconds=self.chance.randint(1, 300))
            lines.append(self.question(session, at))
            at += timedelta(seconds=self.chance.randint(1, 40))
            lines.extend(self.response(session, at))
            if self.trap("synthetic"):
                lines.append(self.made_up(session, at))
        self.earlier.append(lines)
        if self.trap("progress"):
            lines.extend(
                {
                    "type": "progress",
                    "sessionId": session,
                    "timestamp": line["timestamp"],
                    "data": {"type": "agent_progress", "agentId": "a1", "message": line},
                }
                for line in self.response(session, at, side=True)
            )
        project = f"-home-me-project-{self.chance.randint(0, 5)}"
        self.write(f"{project}/{session}.jsonl", lines)
        if self.trap("sub_agents", 0.5):
            own = list(self.response(session, at, side=True))
            self.write(f"{project}/{session}/subagents/agent-a{self.count}.jsonl", own)
        if self.trap("side_chains", 0.5):
            repeats = [
                {**line, "isSidechain": True, "requestId": f"req_btw_{self.count}_{number}"}
                for number, line in enumerate(lines)
                if line["type"] == "assistant" and line["message"]["model"] != "<synthetic>"
            ]
            self.write(f"{project}/{session}/subagents/agent-b{self.count}.jsonl", repeats)

    def question(self, session: str, at: datetime) -> dict[str, Any]:
        """What the person or a tool said, with the sums that must not count."""
        return {
            "parentUuid": None,
            "isSidechain": False,
            "cwd": "/home/me/project",
            "sessionId": session,
            "version": "2.1.9",
            "type": "user",
            "message": {"role": "user", "content": 'the "usage" of {"usage":{"input_tokens":9}}'},
            "toolUseResult": {"usage": {"input_tokens": 5000, "output_tokens": 7000}},
            "uuid": f"u-{self.count}",
            "timestamp": self.moment(at),
        }

    def response(self, session: str, at: datetime, *, side: bool = False) -> list[dict[str, Any]]:
        """The lines of one response as it streams; its last line is the truth."""
        self.count += 1
        chance = self.chance
        fresh, output = chance.randint(1, 900), chance.randint(4, 3000)
        read, written = chance.randint(0, 150_000), chance.randint(0, 9000)
        model = chance.choice(MODELS)
        hour = chance.randint(0, written)
        split = {"ephemeral_5m_input_tokens": written - hour, "ephemeral_1h_input_tokens": hour}
        if self.trap("splits"):
            split = {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0}
        usage: dict[str, Any] = {
            "input_tokens": fresh,
            "cache_creation_input_tokens": written,
            "cache_read_input_tokens": read,
            "cache_creation": split,
            "service_tier": "standard",
        }
        day = at.strftime("%Y-%m-%d")
        if self.trap("nulls"):
            usage["input_tokens"], usage["cache_read_input_tokens"] = str(fresh), None
            read = 0
        if self.trap("advisors"):
            usage["iterations"] = [
                {"type": "message", "input_tokens": fresh, "output_tokens": output},
                {
                    "type": "advisor_message",
                    "model": MODELS[0],
                    "input_tokens": 77,
                    "output_tokens": 33,
                },
            ]
            self.truth.add(day, MODELS[0], fresh=77, output=33)
        self.truth.add(day, model, fresh=fresh, output=output, cache_read=read, cache_write=written)
        steps = sorted({*(chance.randint(1, output) for _ in range(chance.randint(0, 3))), output})
        line: dict[str, Any] = {
            "parentUuid": None,
            "isSidechain": side,
            "cwd": "/home/me/project",
            "sessionId": session,
            "version": "2.1.9",
            "type": "assistant",
            "requestId": f"req_{self.count:08}",
            "uuid": f"a-{self.count}",
            "timestamp": self.moment(at),
        }
        if self.trap("gateways"):
            del line["requestId"]
        return [
            {
                **line,
                "message": {
                    "id": f"msg_{self.count:08}",
                    "type": "message",
                    "role": "assistant",
                    "model": model,
                    "content": [{"type": "text", "text": "\u00e9\u4e2d🔥 and more"}],
                    "usage": {**usage, "output_tokens": step},
                },
            }
            for step in steps
        ]

    def made_up(self, session: str, at: datetime) -> dict[str, Any]:
        """What Claude Code says when a request failed."""
        return {
            "type": "assistant",
            "sessionId": session,
            "timestamp": self.moment(at),
            "message": {
                "id": f"local-{self.count}",
                "role": "assistant",
                "model": "<synthetic>",
                "usage": {"input_tokens": 12, "output_tokens": 34},
            },
        }

    def moment(self, at: datetime) -> str:
        """A timestamp."""
        if self.trap("times"):
            offset = timezone(timedelta(hours=self.chance.choice((-7, 2, 9))))
            return self.chance.choice(
                (
                    at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    at.strftime("%Y-%m-%dT%H:%M:%S.123456Z"),
                    at.strftime("%Y-%m-%d %H:%M:%S"),
                    at.astimezone(offset).isoformat(),
                )
            )
        return at.strftime("%Y-%m-%dT%H:%M:%S.123Z")

    def write(self, name: str, lines: list[dict[str, Any]]) -> None:
        """A transcript."""
        spaced = self.trap("spaces", 0.2)
        separators = (", ", ": ") if spaced else (",", ":")
        parts = [
            json.dumps(line, separators=separators, ensure_ascii=False).encode() for line in lines
        ]
        start, ending = b"", b"\n"
        if self.trap("rough", 0.4):
            start, ending = b"\xef\xbb\xbf", b"\r\n"
            for junk in (
                b"",
                b'{"type":"assistant","message":{"usage":{"input_tok',
                b"\xff\xfe no",
            ):
                parts.insert(self.chance.randint(0, len(parts)), junk)
            parts = [part.replace("中".encode(), b"\xc3\x28") for part in parts]
        path = self.projects / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(start + ending.join(parts) + ending)


def generate(
    home: Path, chance: random.Random, *, sessions: int, traps: Collection[str] = ()
) -> Truth:
    """Transcripts below `home`; answers what they burned."""
    corpus = Corpus(home, chance, traps)
    for _ in range(sessions):
        corpus.session()
    return corpus.truth
