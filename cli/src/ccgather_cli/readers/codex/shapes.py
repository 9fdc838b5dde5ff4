"""The lines of Codex's logs: decoded fast as Codex writes them, leniently otherwise."""

import json
from typing import TypeAlias

import msgspec

from ccgather_cli.reading.facts import sane
from ccgather_cli.reading.lines import object_in
from ccgather_cli.reading.numbers import MAX_COUNT, count_of, text_of

Tokens: TypeAlias = tuple[int, int, int, int, int]
"""Input with cache, cache read, cache write, output with reasoning, reasoning: as Codex counts."""

Moment: TypeAlias = "str | int | float | None"
"""A time as a line has it, if it has one."""

NOTHING: Tokens = (0, 0, 0, 0, 0)
_COUNT_BITS = MAX_COUNT.bit_length()
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Usage(msgspec.Struct, gc=False):
    """One set of numbers; in old and foreign files under other names."""

    input_tokens: int | None = None
    cached_input_tokens: int | None = None
    cache_write_input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cached_tokens: int | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Info(msgspec.Struct, gc=False):
    """What a `token_count` says; null while Codex only knows the rate limits."""

    total_token_usage: Usage | None = None
    last_token_usage: Usage | None = None
    model: str | None = None
    model_name: str | None = None


class Payload(msgspec.Struct, gc=False):
    """Of `token_count`, `turn_context` and `token_usage_record`, what matters."""

    type: str | None = None
    model: str | None = None
    model_name: str | None = None
    turn_id: str | None = None
    info: Info | None = None
    thread_id: str | None = None
    session_id: str | None = None
    response_id: str | None = None
    usage: Usage | None = None


class Wrapped(msgspec.Struct, gc=False):
    """Where saved output keeps its numbers when not on the line itself."""

    timestamp: str | int | float | None = None
    model: str | None = None
    usage: Usage | None = None


class Line(msgspec.Struct, gc=False):
    """A line of a rollout, or of saved `codex exec --json` output."""

    timestamp: str | int | float | None = None
    type: str | None = None
    ordinal: int | None = None
    payload: Payload | None = None
    model: str | None = None
    usage: Usage | None = None
    thread_id: str | None = None
    created_at: str | int | float | None = None
    data: Wrapped | None = None
    result: Wrapped | None = None
    response: Wrapped | None = None


class Meta(msgspec.Struct, gc=False):
    """What the first line of a rollout says of it."""

    id: str | None = None
    session_id: str | None = None
    timestamp: str | int | float | None = None
    model_provider: str | None = None
    forked_from_id: str | None = None
    parent_thread_id: str | None = None
    subagent_history_start_ordinal: int | None = None
    source: msgspec.Raw | None = None

    def parents(self) -> list[str]:
        """The threads whose history this one began with, if any."""
        named = [self.forked_from_id, self.parent_thread_id]
        if self.source is not None and bytes(self.source).lstrip()[:1] == b"{":
            source = object_in(bytes(self.source)) or {}
            named.append(text_of(_inner(_inner(source, "subagent"), "thread_spawn").get(_PARENT)))
        return [name for name in named if name]


_PARENT = "parent_thread_id"


class _MetaLine(msgspec.Struct, gc=False):
    timestamp: str | int | float | None = None
    type: str | None = None
    payload: Meta | None = None


_decode_line = msgspec.json.Decoder(Line).decode
_decode_meta = msgspec.json.Decoder(_MetaLine).decode


def line_of(text: bytes) -> Line | None:
    """A line; None if it is no JSON object."""
    try:
        return _decode_line(text)
    except _UNREADABLE:
        document = object_in(text)
        return None if document is None else _lenient_line(document)


def meta_of(text: bytes) -> Meta | None:
    """A `session_meta` line's payload, its time filled in; None for any other line."""
    try:
        line = _decode_meta(text)
    except _UNREADABLE:
        document = object_in(text)
        if document is None:
            return None
        line = _lenient_meta(document)
    if line.type != "session_meta" or line.payload is None:
        return None
    if line.payload.timestamp is None:
        line.payload.timestamp = line.timestamp
    return line.payload


def tokens_of(usage: Usage) -> Tokens:
    """The numbers, none below 0, no part greater than its whole."""
    whole, read, output = usage.input_tokens, usage.cached_input_tokens, usage.output_tokens
    written, reasoning = usage.cache_write_input_tokens or 0, usage.reasoning_output_tokens or 0
    if whole is None or read is None or output is None:
        whole, read, output = _otherwise_named(usage)
    if (
        read + written > whole
        or reasoning > output
        or (whole | read | written | output | reasoning) >> _COUNT_BITS
    ):
        whole, output = sane(whole), sane(output)
        read = min(sane(read), whole)
        return whole, read, min(sane(written), whole - read), output, min(sane(reasoning), output)
    return whole, read, written, output, reasoning


def _otherwise_named(usage: Usage) -> tuple[int, int, int]:
    whole = usage.prompt_tokens if usage.input_tokens is None else usage.input_tokens
    read = usage.cached_input_tokens
    if read is None:
        read = usage.cache_read_input_tokens
    if read is None:
        read = usage.cached_tokens
    output = usage.completion_tokens if usage.output_tokens is None else usage.output_tokens
    return whole or 0, read or 0, output or 0


def _inner(document: dict[str, object], name: str) -> dict[str, object]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def _moment(value: object) -> str | int | float | None:
    return value if isinstance(value, (str, int, float)) else None


def _lenient_line(document: dict[str, object]) -> Line:
    payload = document.get("payload")
    return Line(
        timestamp=_moment(document.get("timestamp")),
        type=text_of(document.get("type")),
        ordinal=count_of(document.get("ordinal")),
        payload=_lenient_payload(payload) if isinstance(payload, dict) else None,
        model=text_of(document.get("model")),
        usage=_lenient_usage(document.get("usage")),
        thread_id=text_of(document.get("thread_id")),
        created_at=_moment(document.get("created_at")),
        data=_lenient_wrapped(document.get("data")),
        result=_lenient_wrapped(document.get("result")),
        response=_lenient_wrapped(document.get("response")),
    )


def _lenient_wrapped(document: object) -> Wrapped | None:
    if not isinstance(document, dict):
        return None
    return Wrapped(
        timestamp=_moment(document.get("timestamp")),
        model=text_of(document.get("model")),
        usage=_lenient_usage(document.get("usage")),
    )


def _lenient_payload(payload: dict[str, object]) -> Payload:
    info = payload.get("info")
    return Payload(
        type=text_of(payload.get("type")),
        model=text_of(payload.get("model")),
        model_name=text_of(payload.get("model_name")),
        turn_id=text_of(payload.get("turn_id")),
        info=_lenient_info(info) if isinstance(info, dict) else None,
        thread_id=text_of(payload.get("thread_id")),
        session_id=text_of(payload.get("session_id")),
        response_id=text_of(payload.get("response_id")),
        usage=_lenient_usage(payload.get("usage")),
    )


def _lenient_info(info: dict[str, object]) -> Info:
    return Info(
        total_token_usage=_lenient_usage(info.get("total_token_usage")),
        last_token_usage=_lenient_usage(info.get("last_token_usage")),
        model=text_of(info.get("model")),
        model_name=text_of(info.get("model_name")),
    )


def _lenient_usage(usage: object) -> Usage | None:
    if not isinstance(usage, dict):
        return None
    return Usage(**{name: count_of(usage.get(name)) for name in Usage.__struct_fields__})


def _raw(source: object) -> msgspec.Raw | None:
    return msgspec.Raw(json.dumps(source).encode()) if isinstance(source, dict) else None


def _lenient_meta(document: dict[str, object]) -> _MetaLine:
    payload = _inner(document, "payload")
    source = payload.get("source")
    return _MetaLine(
        timestamp=_moment(document.get("timestamp")),
        type=text_of(document.get("type")),
        payload=Meta(
            id=text_of(payload.get("id")),
            session_id=text_of(payload.get("session_id")),
            timestamp=_moment(payload.get("timestamp")),
            model_provider=text_of(payload.get("model_provider")),
            forked_from_id=text_of(payload.get("forked_from_id")),
            parent_thread_id=text_of(payload.get(_PARENT)),
            subagent_history_start_ordinal=count_of(payload.get("subagent_history_start_ordinal")),
            source=_raw(source),
        ),
    )
