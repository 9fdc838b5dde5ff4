"""Whole histories with every trap mixed in, against the truth that their generator knows."""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from ccgather_cli.reading.tally import Counts
from claude_logs import HAIKU, OPUS, ClaudeLogs, assistant, dense, progress, usage, user

MODELS = (OPUS, HAIKU, "kimi-k2.6", "us.anthropic.claude-sonnet-4-5-v1:0")
JUNK: tuple[Any, ...] = (
    user(),
    user(toolUseResult={"usage": usage(out=10_000)}),
    {"type": "summary", "summary": 'said "usage" once'},
    {"type": "system", "subtype": "compact_boundary", "content": "usage"},
    assistant("msg_synthetic", None, model="<synthetic>"),
    b'{"type":"assistant","message":{"usage":{"input_tok',
    b"",
    b"\xff\xfe not JSON",
)


@dataclass
class Generator:
    """Makes responses, remembers what they burned, and writes them the way agents do."""

    chance: random.Random
    sessions: list[list[Any]] = field(default_factory=list)
    truth: dict[tuple[str, str], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0] * 6)
    )
    _count: int = 0

    def response(self, *, side: bool) -> list[dict[str, Any]]:
        """The lines of one new response as it streams; the last one is its truth."""
        self._count += 1
        chance, number = self.chance, self._count
        day = f"2026-0{chance.randint(1, 9)}-{chance.randint(10, 28)}"
        model = chance.choice(MODELS)
        request = f"req_{number}" if chance.random() < 0.7 else None
        fresh, out, read = (
            chance.randint(1, 99),
            chance.randint(9, 4000),
            chance.randint(0, 199_000),
        )
        written = chance.randint(0, 9000)
        hour = chance.randint(0, written)
        figures: dict[str, Any] = {"fresh": fresh, "read": read, "written": written, "hour": hour}
        row = self.truth[day, model]
        for column, value in enumerate((fresh, out, read, written, hour, 1)):
            row[column] += value
        steps = sorted({*(chance.randint(1, out) for _ in range(chance.randint(0, 3))), out})
        return [
            assistant(
                f"msg_{number}",
                request,
                tokens=usage(out=step, **figures),
                at=f"{day}T{chance.choice(('00:00:00.000', '12:00:00', '23:59:59.999999'))}Z",
                model=model,
                side=side,
            )
            for step in steps
        ]

    def history(self, sessions: int) -> None:
        """Sessions that stream, resume one another, spawn sub-agents and repeat in side chains."""
        for _ in range(sessions):
            lines = self.resumed() if self.sessions and self.chance.random() < 0.4 else []
            for _ in range(self.chance.randint(1, 12)):
                lines += self.response(side=False)
                if self.chance.random() < 0.4:
                    lines.append(self.chance.choice(JUNK))
            self.sessions.append(lines)
            if self.chance.random() < 0.4:
                self.sub_agent(lines)
            if self.chance.random() < 0.3:
                self.side_question(lines)

    def resumed(self) -> list[Any]:
        """The beginning of another session under a new session id."""
        earlier = self.chance.choice(self.sessions)
        copied = earlier[: self.chance.randint(0, len(earlier))]
        return [
            {**line, "sessionId": "resumed"} if isinstance(line, dict) else line for line in copied
        ]

    def sub_agent(self, parent: list[Any]) -> None:
        """Responses of a side chain, wrapped in the parent, in a file of their own, or both."""
        streamed = self.response(side=True)
        where = self.chance.choice(("file", "progress", "both"))
        if where != "file":
            parent.extend(progress(line) for line in streamed)
        if where != "progress":
            self.sessions.append(list(streamed))

    def side_question(self, parent: list[Any]) -> None:
        """The parent's messages again, under other requests, and one answer."""
        answers = [
            line
            for line in parent
            if isinstance(line, dict)
            and line["type"] == "assistant"
            and not line["isSidechain"]
            and line["message"]["model"] != "<synthetic>"
        ]
        repeats = [
            {**line, "isSidechain": True, "requestId": f"req_btw_{len(self.sessions)}_{index}"}
            for index, line in enumerate(answers)
        ]
        self.sessions.append([*repeats, *self.response(side=True)])


@pytest.mark.parametrize("seed", range(25))
def test_a_history_with_every_trap_gives_what_its_generator_spent(
    logs: ClaudeLogs, counted: Callable[[], dict[tuple[str, str], Counts]], seed: int
) -> None:
    generator = Generator(random.Random(seed))
    generator.history(sessions=12)
    names = [f"p{number % 3}/{number:03}.jsonl" for number in range(len(generator.sessions))]
    generator.chance.shuffle(names)
    for name, lines in zip(names, generator.sessions, strict=True):
        ending = generator.chance.choice((b"\n", b"\r\n"))
        encoded = [line if isinstance(line, bytes) else dense(line) for line in lines]
        start = generator.chance.choice((b"", b"\xef\xbb\xbf"))
        logs.raw(start + ending.join(encoded), name=name)
    found = {
        key: [
            counts.input,
            counts.output,
            counts.cache_read,
            counts.cache_write,
            counts.cache_write_1h,
            counts.messages,
        ]
        for key, counts in counted().items()
    }
    assert found == dict(generator.truth)
