"""The spans and log records of Copilot's telemetry."""

from collections.abc import Sequence
from typing import Any

from ccgather_cli.readers.copilot.sources import (
    AGENT,
    CHAT,
    INFERENCE,
    RANK_BIT,
    TURN,
)
from ccgather_cli.reading.facts import (
    Facts,
)
from ccgather_cli.reading.numbers import count_of, text_of
from ccgather_cli.reading.timestamps import second_of

_NANOSECONDS = 10**17


class Telemetry:
    """The requests of one telemetry file, until it is known which of their traces count."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._told: list[tuple[int, str, str, dict[str, Any]]] = []
        self._best: dict[str, int] = {}
        self._sessions: dict[str, str] = {}
        self._models: dict[str, str] = {}

    @property
    def found(self) -> bool:
        """Whether the file holds telemetry."""
        return bool(self._told)

    def take(self, line: dict[str, Any], attributes: dict[str, Any]) -> None:
        """Keep a line that tells of tokens."""
        rank = _rank_of(line, attributes)
        trace = _own_id(line, "traceId")
        if trace:
            session = _first(attributes, _SESSION_NAMES)
            if session:
                self._sessions.setdefault(trace, session)
            model = _first(attributes, _MODEL_NAMES)
            if model:
                self._models.setdefault(trace, model)
        if rank is None:
            return
        numbers = _numbers_of(attributes)
        if not any(numbers):
            return
        self._facts.records += 1
        second = _moment_of(line)
        if second is None:
            self._facts.skip("without a usable time")
            return
        response = text_of(attributes.get("gen_ai.response.id")) or ""
        for key in (f"trace {trace}" if trace else "", f"response {response}" if response else ""):
            if key:
                self._best[key] = min(rank, self._best.get(key, rank))
        whole, read, written, output, reasoning = numbers
        identity = trace or response or f"{line.get('name')} {second} {numbers}"
        told: dict[str, Any] = {
            "identity": identity,
            # Two requests of one trace differ in their span; a log without one in its response.
            "variant": f"{_own_id(line, 'spanId') or response or numbers}",
            "second": second,
            "model": _first(attributes, _MODEL_NAMES),
            "input": whole - read - written,
            "output": output - reasoning,
            "cache_read": read,
            "cache_write": written,
            "reasoning": reasoning,
            "session": _first(attributes, _SESSION_NAMES) or "",
            "flags": rank << RANK_BIT,
            "is_request": rank != AGENT,
        }
        self._told.append((rank, trace, response, told))

    def tell(self) -> None:
        """Give the facts what counts within this file."""
        for rank, trace, response, told in self._told:
            best = min(
                self._best.get(f"trace {trace}", rank), self._best.get(f"response {response}", rank)
            )
            if rank > best:
                continue
            told["session"] = told["session"] or self._sessions.get(trace, "")
            told["model"] = told["model"] or self._models.get(trace)
            self._facts.add(**told)


_MODEL_NAMES = ("gen_ai.response.model", "gen_ai.request.model")
_SESSION_NAMES = (
    "gen_ai.conversation.id",
    "copilot_chat.session_id",
    "copilot_chat.chat_session_id",
    "session.id",
)
_READ_NAMES = ("cache_read.input_tokens", "cache_read_input_tokens")
_WRITE_NAMES = (
    "cache_creation.input_tokens",
    "cache_creation_input_tokens",
    "cache_write.input_tokens",
    "cache_write_input_tokens",
)
_REASONING_NAMES = ("reasoning.output_tokens", "reasoning_output_tokens", "reasoning_tokens")


def _first(attributes: dict[str, Any], names: Sequence[str]) -> str | None:
    return next((text for name in names if (text := text_of(attributes.get(name)))), None)


def _numbers_of(attributes: dict[str, Any]) -> tuple[int, int, int, int, int]:
    """Input with cache, cache read, cache write, output with reasoning, reasoning."""

    def number(*names: str) -> int:
        counts = (count_of(attributes.get(f"gen_ai.usage.{name}")) for name in names)
        return next((count for count in counts if count), 0)

    whole, output = number("input_tokens"), number("output_tokens")
    read = min(number(*_READ_NAMES), whole)
    written = min(number(*_WRITE_NAMES), whole - read)
    return whole, read, written, output, min(number(*_REASONING_NAMES), output)


def _rank_of(line: dict[str, Any], attributes: dict[str, Any]) -> int | None:
    name, operation = text_of(line.get("name")) or "", attributes.get("gen_ai.operation.name")
    kind = line.get("type")
    is_span = kind == "span" if isinstance(kind, str) else bool(name)
    if is_span:
        if operation == "chat" or name.startswith("chat "):
            return CHAT
        is_agent = operation == "invoke_agent" or name.startswith("invoke_agent")
        return AGENT if is_agent else None
    event = attributes.get("event.name")
    body = text_of(line.get("body")) or text_of(line.get("_body")) or ""
    if event == "gen_ai.client.inference.operation.details" or body.startswith("GenAI inference:"):
        return INFERENCE
    if event == "copilot_chat.agent.turn" or body.startswith("copilot_chat.agent.turn"):
        return TURN
    return None


def _own_id(line: dict[str, Any], name: str) -> str:
    context = line.get("spanContext")
    nested = context.get(name) if isinstance(context, dict) else None
    return text_of(line.get(name)) or text_of(nested) or ""


def _moment_of(line: dict[str, Any]) -> int | None:
    """The end of a span, else the first other time there is."""
    names = ("endTime", "startTime", "hrTime", "_hrTime", "time", "timestamp")
    for name in (*names, "observedTimestamp", "timeUnixNano", "endTimeUnixNano"):
        value = line.get(name)
        if isinstance(value, list) and value:
            value = count_of(value[0])
        elif isinstance(value, str) and value.isdigit():
            value = int(value)
        if isinstance(value, int) and value > _NANOSECONDS:
            value //= 1_000_000_000
        second = second_of(value)
        if second is not None:
            return second
    return None
