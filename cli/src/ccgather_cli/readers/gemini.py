"""Gemini CLI: a chat a session, first one JSON document, since 2026 one document a line.

A message of type `gemini` with `tokens` is a response. The rules, each with its reason:

- **Repeats**: a message is written again under the same `id` while it grows, first without
  `tokens`; `{"$set":{"messages":[…]}}` repeats all of them. Within a file the last one with
  tokens counts.
- **Identity**: the message's `id` over all files. Resuming a `.json` session copies it into a
  `.jsonl` file and leaves the old one. Of two files the greatest total counts.
- **`$rewindTo`** removes from the chat what was paid for all the same: it stays.
- **Classes**: `input` includes `cached` where `total` is input + output + thoughts + tool, which
  is what Gemini CLI writes; where the total is that and `cached`, or is missing, `cached` stands
  beside. `output` has no thoughts in it; `tool` is the prompt of tool use, beside `input`.
- **Saved headless output** (`stats.models`) sums a run up a model: `prompt` includes the cache,
  and `input` is already without it. It has no time of its own: the file's, as an estimate.
- **Day**: the message's `timestamp`; in an old document that has none, the session's `startTime`
  as an estimate.

Logs are a lower bound: of several reports for one message Gemini CLI keeps one, and calls for
its own purposes (routing, summaries) are not recorded.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ccgather_cli.machine import Machine
from ccgather_cli.reading.documents import content_of, document_in, elements_in, text_in
from ccgather_cli.reading.facts import ESTIMATE, TOTAL, VARIANT, Facts, Row, link_of
from ccgather_cli.reading.files import files_below
from ccgather_cli.reading.interface import Found, LogFile, Progressed
from ccgather_cli.reading.lines import Lines, object_in
from ccgather_cli.reading.numbers import count_of, text_of
from ccgather_cli.reading.settling import greatest_of
from ccgather_cli.reading.timestamps import second_of

CLIENT = "gemini"

_NOT_CHATS = frozenset({"logs.json", "settings.json"})
_HEAD_BYTES = 4096


class _Message(msgspec.Struct, gc=False):
    id: Any = None
    type: Any = None
    timestamp: Any = None
    model: Any = None
    tokens: Any = None


class _Set(msgspec.Struct, gc=False):
    messages: list[_Message] | None = None


class _Line(_Message, gc=False):
    changed: _Set | None = msgspec.field(name="$set", default=None)
    stats: Any = None
    result: Any = None
    session_id: Any = None


class _Document(msgspec.Struct, gc=False):
    sessionId: Any = None  # noqa: N815  (the log's own names)
    startTime: Any = None  # noqa: N815
    lastUpdated: Any = None  # noqa: N815
    messages: list[_Message] | None = None
    stats: Any = None
    result: Any = None
    timestamp: Any = None
    session_id: Any = None


_decode_line = msgspec.json.Decoder(_Line).decode
_decode_document = msgspec.json.Decoder(_Document).decode
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class GeminiReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "Gemini CLI"
    parser_version = 1
    appends = True

    def find(self, machine: Machine) -> Found:
        """Chats below `tmp`, sub-agents' included, old and new."""
        return files_below(_roots(machine), wanted=_is_chat)

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """Every response in one chat, by its message id."""
        if log.path.endswith(".json"):
            _read_document(log, facts, content_of(log, progressed))
            return 0
        with open(log.path, "rb", buffering=0) as file:
            if not start:
                facts.state["session"] = _session_in(file.read(_HEAD_BYTES)) or _stem(log)
                file.seek(0)
            session = text_of(facts.state.get("session")) or _stem(log)
            lines = Lines(file, b'"tokens"', b'"stats"', start=start, progressed=progressed)
            for text in lines:
                line = _line_of(text)
                if line is None:
                    facts.skip("not readable as JSON")
                    continue
                if line.changed is not None:
                    for message in line.changed.messages or ():
                        _take(message, facts, session)
                _take(line, facts, session)
                _take_stats(line, facts, log)
        return lines.end

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """One row a message id."""
        return greatest_of(logs)


READER = GeminiReader()


def _roots(machine: Machine) -> list[Path]:
    """`GEMINI_CLI_HOME` is in the place of the home folder; `GEMINI_DATA_DIR` another counter's."""
    home = machine.folder("GEMINI_CLI_HOME")
    extra = machine.variable("GEMINI_DATA_DIR")
    named = [machine.expand(part.strip()) for part in extra.split(",") if part.strip()]
    return [home / ".gemini" / "tmp", *named]


def _is_chat(name: str) -> bool:
    return name.endswith((".jsonl", ".json")) and name not in _NOT_CHATS


def _stem(log: LogFile) -> str:
    return Path(log.path).stem


def _session_in(head: bytes) -> str | None:
    line = head.lstrip(b"\xef\xbb\xbf \r\n\t").partition(b"\n")[0]
    document = object_in(line)
    return None if document is None else text_of(document.get("sessionId"))


def _read_document(log: LogFile, facts: Facts, content: bytes) -> None:
    try:
        document = _decode_document(content)
    except _UNREADABLE:
        text = text_in(content)
        found = document_in(text)
        if found is None and content.strip():
            facts.skip("not whole: a document that ends in the middle, or is damaged")
            session = _session_in(content[:_HEAD_BYTES].replace(b"\n", b" ")) or _stem(log)
            for element in elements_in(text, "messages"):
                _take(_lenient_message(element), facts, session)
            return
        document = _lenient_document(found)
    session = text_of(document.sessionId) or _stem(log)
    begun = second_of(document.startTime) or second_of(document.lastUpdated)
    for message in document.messages or ():
        _take(message, facts, session, otherwise=begun)
    _take_stats(document, facts, log)


def _take(message: _Message, facts: Facts, session: str, *, otherwise: int | None = None) -> None:
    """Count a message if it is a response with numbers."""
    tokens = message.tokens
    if message.type != "gemini" or not isinstance(tokens, dict):
        return
    told = count_of(tokens.get("input")) or 0
    output, cached, thoughts, tool = (
        count_of(tokens.get(name)) or 0 for name in ("output", "cached", "thoughts", "tool")
    )
    if not (told or output or cached or thoughts or tool):
        return
    facts.records += 1
    second, flags = second_of(message.timestamp), 0
    if second is None and otherwise is not None:
        second, flags = otherwise, ESTIMATE
    if second is None:
        facts.skip("without a usable time")
        return
    if count_of(tokens.get("total")) == told + output + thoughts + tool:
        cached = min(cached, told)
        told -= cached
    model = text_of(message.model)
    numbers = (told, output, cached, thoughts, tool)
    identity = text_of(message.id) or f"{message.timestamp} {model} {numbers}"
    place = facts.places.get((link_of(CLIENT, identity), 0))
    facts.add(
        # A later line takes the place of an earlier one, whichever is greater.
        identity=identity if place is None else "",
        second=second,
        model=model,
        input=told + tool,
        output=output,
        cache_read=cached,
        reasoning=thoughts,
        session=session,
        flags=flags,
    )
    if place is not None:
        row = facts.rows.pop()
        facts.rows[place] = (row[TOTAL], link_of(CLIENT, identity), *row[VARIANT:])


def _take_stats(saved: _Line | _Document, facts: Facts, log: LogFile) -> None:
    """Count what saved headless output sums up."""
    stats = saved.stats
    if stats is None and isinstance(saved.result, dict):
        stats = saved.result.get("stats")
    if not isinstance(stats, dict) or not isinstance(stats.get("models"), dict):
        return
    second = second_of(saved.timestamp)
    for model, told in stats["models"].items():
        tokens = told.get("tokens") if isinstance(told, dict) else None
        if not isinstance(tokens, dict):
            continue
        prompt, output, cached, thoughts, tool = (
            count_of(tokens.get(name)) or 0
            for name in ("prompt", "candidates", "cached", "thoughts", "tool")
        )
        fresh = count_of(tokens.get("input"))
        if fresh is None:
            fresh = max(prompt - cached, 0)
        if not (fresh or output or cached or thoughts or tool):
            continue
        facts.records += 1
        api = told.get("api")
        requests = count_of(api.get("totalRequests")) if isinstance(api, dict) else None
        session = text_of(saved.session_id) or _stem(log)
        numbers = (fresh, output, cached, thoughts, tool)
        facts.add(
            identity=f"stats {saved.session_id} {model} {numbers}",
            second=second or log.changed // 1_000_000_000,
            model=model,
            input=fresh + tool,
            output=output,
            cache_read=cached,
            reasoning=thoughts,
            session=session,
            messages=requests or 1,
            flags=0 if second else ESTIMATE,
            is_request=False,
        )


def _line_of(text: bytes) -> _Line | None:
    try:
        return _decode_line(text)
    except _UNREADABLE:
        document = object_in(text)
    if document is None:
        return None
    changed = document.get("$set")
    messages = changed.get("messages") if isinstance(changed, dict) else None
    line = _Line(stats=document.get("stats"), result=document.get("result"))
    line.session_id = document.get("session_id")
    if isinstance(messages, list):
        line.changed = _Set(messages=[_lenient_message(message) for message in messages])
    for name in _Message.__struct_fields__:
        setattr(line, name, document.get(name))
    return line


def _lenient_message(message: object) -> _Message:
    if not isinstance(message, dict):
        return _Message()
    return _Message(**{name: message.get(name) for name in _Message.__struct_fields__})


def _lenient_document(found: object) -> _Document:
    if not isinstance(found, dict):
        return _Document()
    known = {name: found.get(name) for name in _Document.__struct_fields__}
    messages = known["messages"]
    if isinstance(messages, list):
        known["messages"] = [_lenient_message(message) for message in messages]
    else:
        known["messages"] = None
    return _Document(**known)
