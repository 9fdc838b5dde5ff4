"""Qwen Code: a chat a session, one JSON document a line.

An assistant line with `usageMetadata` is a response. The rules, each with its reason:

- **Identity**: the line's `uuid` over all files. A resumed session, a copied or synced folder
  repeats lines; two answers of one moment with the same numbers have two uuids. Lines without
  one are told apart by moment, model and numbers. Of repeats the greatest total counts.
- **Cache**: the prompt includes the cached tokens, so input is the prompt without them.
- **Thoughts**: providers that speak OpenAI's language count them inside the candidates, Gemini's
  own beside them. The total tells which: if it is prompt + candidates + thoughts they are beside.
  More thoughts than candidates, and no total that says otherwise, are beside too.
- **Tool prompts** (`toolUsePromptTokenCount`) are beside the prompt: Gemini's own only.
- `system` lines (`ui_telemetry`) repeat the numbers of a response and do not count.
- The day is the line's own: the moment of the answer.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ccgather_cli.machine import Machine
from ccgather_cli.reading.facts import Facts, Row
from ccgather_cli.reading.files import files_below
from ccgather_cli.reading.interface import Found, LogFile, Progressed
from ccgather_cli.reading.lines import Lines, object_in
from ccgather_cli.reading.numbers import count_of, text_of
from ccgather_cli.reading.settling import greatest_of
from ccgather_cli.reading.timestamps import second_of

CLIENT = "qwen"


class _Usage(msgspec.Struct, gc=False):
    promptTokenCount: Any = None  # noqa: N815  (the log's own names)
    candidatesTokenCount: Any = None  # noqa: N815
    cachedContentTokenCount: Any = None  # noqa: N815
    thoughtsTokenCount: Any = None  # noqa: N815
    toolUsePromptTokenCount: Any = None  # noqa: N815
    totalTokenCount: Any = None  # noqa: N815


class _Line(msgspec.Struct, gc=False):
    uuid: Any = None
    sessionId: Any = None  # noqa: N815
    timestamp: Any = None
    type: Any = None
    model: Any = None
    usageMetadata: _Usage | None = None  # noqa: N815


_decode = msgspec.json.Decoder(_Line).decode


class QwenReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "Qwen Code"
    parser_version = 1
    appends = True

    def find(self, machine: Machine) -> Found:
        """Chats below `projects` of every place that Qwen Code may use."""
        return files_below(_roots(machine), wanted=lambda name: name.endswith(".jsonl"))

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """Every response in one chat, by its uuid."""
        with open(log.path, "rb", buffering=0) as file:
            lines = Lines(file, b'"usageMetadata"', start=start, progressed=progressed)
            for text in lines:
                line = _line_of(text)
                if line is None:
                    facts.skip("not readable as JSON")
                elif line.type == "assistant" and line.usageMetadata is not None:
                    _count(line, line.usageMetadata, facts)
        return lines.end

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """One row a uuid."""
        return greatest_of(logs)


READER = QwenReader()


def _roots(machine: Machine) -> list[Path]:
    """`QWEN_RUNTIME_DIR` moves `~/.qwen`; another counter's `QWEN_DATA_DIR` is a place more."""
    homes = [machine.folder("QWEN_RUNTIME_DIR", ".qwen")]
    extra = machine.variable("QWEN_DATA_DIR")
    homes += [machine.expand(part.strip()) for part in extra.split(",") if part.strip()]
    return [home / "projects" for home in homes]


def _line_of(text: bytes) -> _Line | None:
    try:
        return _decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        document = object_in(text)
    if document is None:
        return None
    usage = document.get("usageMetadata")
    return _Line(
        uuid=document.get("uuid"),
        sessionId=document.get("sessionId"),
        timestamp=document.get("timestamp"),
        type=document.get("type"),
        model=document.get("model"),
        usageMetadata=_usage_of(usage) if isinstance(usage, dict) else None,
    )


def _usage_of(usage: dict[str, object]) -> _Usage:
    return _Usage(**{name: usage.get(name) for name in _Usage.__struct_fields__})


def _count(line: _Line, usage: _Usage, facts: Facts) -> None:
    prompt = count_of(usage.promptTokenCount) or 0
    candidates = count_of(usage.candidatesTokenCount) or 0
    thoughts = count_of(usage.thoughtsTokenCount) or 0
    tool = count_of(usage.toolUsePromptTokenCount) or 0
    cached = min(count_of(usage.cachedContentTokenCount) or 0, prompt)
    if not (prompt or candidates or thoughts or tool):
        return
    facts.records += 1
    second = second_of(line.timestamp)
    if second is None:
        facts.skip("without a usable time")
        return
    total = count_of(usage.totalTokenCount)
    inside = prompt + candidates
    beside = total in (inside + thoughts, inside + thoughts + tool) and bool(thoughts)
    if not beside and thoughts > candidates:
        beside = total != inside
    if not beside:
        thoughts = min(thoughts, candidates)
        candidates -= thoughts
    model = text_of(line.model)
    numbers = (prompt, candidates, cached, thoughts, tool)
    facts.add(
        identity=text_of(line.uuid) or f"{line.timestamp} {model} {numbers}",
        second=second,
        model=model,
        input=prompt - cached + tool,
        output=candidates,
        cache_read=cached,
        reasoning=thoughts,
        session=text_of(line.sessionId) or "",
    )
