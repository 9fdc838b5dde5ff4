"""The sessions of Pi and of its descendants: one JSON document a line, an assistant's message a
response.

The rules that the readers of these tools share, each with its reason:

- **What counts**: lines of the type `message` whose message is the assistant's and has `usage`.
  A request that failed or was stopped half-way has been billed for what its `usage` says.
- **Summaries count too**: a `compaction` or `branch_summary` with a `usage` of its own tells of
  the request that wrote the summary, which has no message line (the tool's own totals include
  it). It names no model: the one in use at that place is meant. What a compaction carries in
  `retainedTail` are copies of messages that have their own lines.
- **What does not**: `usage` in tool results and custom entries. It sums up the work of sub-agents
  and extensions, which write sessions of their own, and names no model.
- **Classes**: `input`, `output`, `cacheRead` and `cacheWrite` are disjoint; `reasoning`, where it
  is there, is a part of `output`.
- **Identity**: forks and branches copy lines into a new file under a new session id, their `id`
  and `timestamp` unchanged, so these two are the identity. `responseId` with the message's own
  time is preferred: it survives a copy that gives new entry ids. Entries of the first version
  have no id: the figures, the moment and how many equal ones came before in the file stand in.
- **Day**: the line's `timestamp`, which is when the answer was complete; the message's own
  (its start) where the line has none.
- The `session` line is not needed: a session whose beginning was lost still burned its tokens.
"""

from pathlib import Path
from typing import Any

import msgspec

from ccgather_cli.reading.facts import Facts
from ccgather_cli.reading.files import files_below
from ccgather_cli.reading.interface import Found, LogFile, Progressed
from ccgather_cli.reading.lines import Lines, object_in
from ccgather_cli.reading.numbers import count_of, text_of
from ccgather_cli.reading.timestamps import second_of

SUMMARIES = ("compaction", "branch_summary")
"""Entries that are the answer of a request of their own when they carry `usage`."""

_COPIES = "subagent-artifacts"
"""A folder in which an extension keeps what its sub-agents wrote to their own sessions."""


class _Usage(msgspec.Struct, gc=False):
    input: Any = None
    output: Any = None
    cacheRead: Any = None  # noqa: N815  (the log's own names)
    cacheWrite: Any = None  # noqa: N815
    cacheWrite1h: Any = None  # noqa: N815
    reasoning: Any = None
    totalTokens: Any = None  # noqa: N815


class _Message(msgspec.Struct, gc=False):
    role: Any = None
    model: Any = None
    provider: Any = None
    responseId: Any = None  # noqa: N815
    timestamp: Any = None
    usage: _Usage | None = None


class _Line(msgspec.Struct, gc=False):
    type: Any = None
    id: Any = None
    timestamp: Any = None
    provider: Any = None
    modelId: Any = None  # noqa: N815
    message: _Message | None = None
    usage: _Usage | None = None


_decode_line = msgspec.json.Decoder(_Line).decode


def find_sessions(roots: list[Path]) -> Found:
    """Every session below `roots`; sub-agents' lie in folders beside their parents'."""
    return files_below(
        roots,
        wanted=lambda name: name.endswith(".jsonl"),
        entered=lambda name: name != _COPIES,
    )


def extract_session(log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
    """Every response in one session; gives the offset up to which it is read."""
    with open(log.path, "rb", buffering=0) as file:
        lines = Lines(
            file, b'"usage"', b'"model_change"', b'"session"', start=start, progressed=progressed
        )
        session = _Session(facts, fallback_name=_name_in(log.path))
        for text in lines:
            session.take(text)
    session.keep()
    return lines.end


def _name_in(path: str) -> str:
    """The session id in a file's name, `<time>_<id>.jsonl`; the whole name without one."""
    return Path(path).stem.rpartition("_")[2]


class _Session:
    """A session while it is read; what later lines depend on goes into the facts' state."""

    def __init__(self, facts: Facts, *, fallback_name: str) -> None:
        state = facts.state
        self._facts = facts
        self._name = str(state.get("session") or "")
        self._fallback_name = fallback_name
        self._model = state.get("model")
        self._provider = state.get("provider")
        seen = state.get("unnamed")
        self._unnamed: dict[str, int] = dict(seen) if isinstance(seen, dict) else {}

    def keep(self) -> None:
        """Put aside what reading on needs."""
        self._facts.state = {
            "session": self._name,
            "model": self._model,
            "provider": self._provider,
            "unnamed": self._unnamed,
        }

    def take(self, text: bytes) -> None:
        """Count a line if it is a response, remember the model if it names one."""
        try:
            line = _decode_line(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            document = object_in(text)
            if document is None:
                self._facts.skip("not readable as JSON")
                return
            line = _lenient_line(document)
        if line.type == "message":
            self._take_message(line)
        elif line.type in SUMMARIES and line.usage is not None:
            self._count(line, line.usage, response=None)
        elif line.type == "model_change":
            self._model = text_of(line.modelId) or self._model
            self._provider = text_of(line.provider) or self._provider
        elif line.type == "session":
            self._name = self._name or text_of(line.id) or ""

    def _take_message(self, line: _Line) -> None:
        message = line.message
        if message is None or message.role != "assistant":
            return
        self._model = text_of(message.model) or self._model
        self._provider = text_of(message.provider) or self._provider
        if message.usage is not None:
            self._count(line, message.usage, response=message)

    def _count(self, line: _Line, usage: _Usage, *, response: _Message | None) -> None:
        fresh, written = count_of(usage.input) or 0, count_of(usage.cacheWrite) or 0
        output, cache_read = count_of(usage.output) or 0, count_of(usage.cacheRead) or 0
        reasoning = min(count_of(usage.reasoning) or 0, output)
        total = fresh + output + cache_read + written
        if not total and not count_of(usage.totalTokens):
            return
        self._facts.records += 1
        if not total:
            self._facts.skip("with a total and without its parts")
            return
        own_time = response.timestamp if response else None
        second = second_of(line.timestamp) or second_of(own_time)
        if second is None:
            self._facts.skip("without a usable time")
            return
        self._facts.add(
            identity=self._identity(line, response, (fresh, output, cache_read, written)),
            second=second,
            model=text_of(response.model) if response else self._model,
            provider=text_of(response.provider) if response else self._provider,
            input=fresh,
            output=output - reasoning,
            cache_read=cache_read,
            cache_write=written,
            cache_write_1h=count_of(usage.cacheWrite1h) or 0,
            reasoning=reasoning,
            session=self._name or self._fallback_name,
        )

    def _identity(self, line: _Line, response: _Message | None, figures: tuple[int, ...]) -> str:
        entry, at = text_of(line.id), text_of(line.timestamp) or ""
        started = (text_of(response.timestamp) or at) if response else at
        answer = text_of(response.responseId) if response else None
        if answer:
            return f"response\0{answer}\0{started}"
        if entry:
            return f"{entry}\0{at or started}"
        alike = f"{at}\0{started}\0{figures}"
        self._unnamed[alike] = self._unnamed.get(alike, 0) + 1
        return f"\0{alike}\0{self._unnamed[alike]}"


def _lenient_line(document: dict[str, Any]) -> _Line:
    """What `_decode_line` gives, from a line with other things where objects should be."""
    line = _Line(*(document.get(name) for name in _Line.__struct_fields__))
    line.usage = _lenient_usage(document.get("usage"))
    message = document.get("message")
    line.message = None
    if isinstance(message, dict):
        line.message = _Message(*(message.get(name) for name in _Message.__struct_fields__))
        line.message.usage = _lenient_usage(message.get("usage"))
    return line


def _lenient_usage(usage: object) -> _Usage | None:
    if not isinstance(usage, dict):
        return None
    return _Usage(*(usage.get(name) for name in _Usage.__struct_fields__))
