"""The lines of Claude Code's transcripts, decoded: strictly where they are as Claude Code writes
them, else leniently."""

import msgspec

from ccgather_cli.reading.lines import object_in
from ccgather_cli.reading.numbers import count_of, text_of
from ccgather_cli.reading.timestamps import second_of


class Split(msgspec.Struct, gc=False):
    ephemeral_5m_input_tokens: int | None = None
    ephemeral_1h_input_tokens: int | None = None


class Iteration(msgspec.Struct, gc=False):
    type: str | None = None
    model: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation: Split | None = None


class Usage(msgspec.Struct, gc=False):
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation: Split | None = None
    iterations: list[Iteration] | None = None


class Message(msgspec.Struct, gc=False):
    id: str | None = None
    role: str | None = None
    model: str | None = None
    usage: Usage | None = None


class Line(msgspec.Struct, gc=False):
    type: str | None = None
    isSidechain: bool | None = None  # noqa: N815  (the log's own name)
    requestId: str | None = None  # noqa: N815
    timestamp: str | int | float | None = None
    message: Message | None = None
    data: msgspec.Raw = msgspec.Raw(b"null")  # a union with None would refuse every object


class _Progress(msgspec.Struct, gc=False):
    type: str | None = None
    message: Line | None = None


_decode_line = msgspec.json.Decoder(Line).decode
_decode_progress = msgspec.json.Decoder(_Progress).decode


def line_of(text: bytes) -> Line | None:
    """A line of a transcript, a sub-agent's taken out of its wrapping; None if it is no JSON."""
    try:
        line = _decode_line(text)
        return _unwrapped(line) if line.type == "progress" else line
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        document = object_in(text)
        return None if document is None else _lenient_line(document)


def _unwrapped(outer: Line) -> Line:
    """The sub-agent's line in a progress line, with what only the outer one says."""
    progress = _decode_progress(outer.data)
    return _inner(outer, progress.message if progress.type == "agent_progress" else None)


def _inner(outer: Line, inner: Line | None) -> Line:
    if inner is None:
        return Line()
    if second_of(inner.timestamp) is None:
        inner.timestamp = outer.timestamp
    inner.requestId = inner.requestId or outer.requestId
    inner.isSidechain = True
    return inner


def _lenient_line(document: dict[str, object]) -> Line:
    """What `_decode_line` gives, from a line with fields of the wrong types."""
    timestamp = document.get("timestamp")
    line = Line(
        type=text_of(document.get("type")),
        isSidechain=document.get("isSidechain") is True,
        requestId=text_of(document.get("requestId")),
        timestamp=timestamp if isinstance(timestamp, (str, int, float)) else None,
    )
    if line.type == "progress":
        data = _object(document.get("data"))
        inner = _object(data.get("message"))
        known = inner and data.get("type") == "agent_progress"
        return _inner(line, _lenient_line(inner) if known else None)
    message = _object(document.get("message"))
    usage = _object(message.get("usage"))
    if usage:
        line.message = Message(
            id=text_of(message.get("id")),
            role=text_of(message.get("role")),
            model=text_of(message.get("model")),
            usage=_lenient_usage(usage),
        )
    return line


def _lenient_usage(usage: dict[str, object]) -> Usage:
    items = usage.get("iterations")
    return Usage(
        input_tokens=count_of(usage.get("input_tokens")),
        output_tokens=count_of(usage.get("output_tokens")),
        cache_creation_input_tokens=count_of(usage.get("cache_creation_input_tokens")),
        cache_read_input_tokens=count_of(usage.get("cache_read_input_tokens")),
        cache_creation=_lenient_split(usage),
        iterations=[
            Iteration(
                type=text_of(item.get("type")),
                model=text_of(item.get("model")),
                input_tokens=count_of(item.get("input_tokens")),
                output_tokens=count_of(item.get("output_tokens")),
                cache_creation_input_tokens=count_of(item.get("cache_creation_input_tokens")),
                cache_read_input_tokens=count_of(item.get("cache_read_input_tokens")),
                cache_creation=_lenient_split(item),
            )
            for item in (map(_object, items) if isinstance(items, list) else ())
        ],
    )


def _lenient_split(usage: dict[str, object]) -> Split:
    split = _object(usage.get("cache_creation"))
    return Split(
        ephemeral_5m_input_tokens=count_of(split.get("ephemeral_5m_input_tokens")),
        ephemeral_1h_input_tokens=count_of(split.get("ephemeral_1h_input_tokens")),
    )


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
