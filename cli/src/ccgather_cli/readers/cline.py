"""Cline: tasks of the VS Code extension `saoudrizwan.claude-dev`, sessions of its command line.

What counts of the extension's tasks, and why, stands in `ccgather_cli.reading.vscode_tasks`;
there `tokensIn` has no cache in it. The command line, and the extension since it stands on the
same kit, keep one document a session, `<id>/<id>.messages.json`, of which sub-agents have their
own beside their parent's:

- **What counts**: an assistant's message with `metrics`.
- **Classes**: `inputTokens` is the whole prompt with both cache numbers in it.
- **Identity**: the message's `id` and `ts` where it has both, which a session that was forked or
  restored from a checkpoint keeps under its new session id; else the session and the `id`, or
  the place among the session's answers.
- **Model**: `modelInfo` of the message, else that of the one before, else the default of the
  session's manifest, `<id>.json`.
- **Day**: the message's `ts`; without one the time of the file, an estimate.
- **Taken over**: a task of the extension that was resumed in the new kit begins with its history,
  and with the task's totals on the last answer before the warning that marks the place. The
  task's own file has these requests one by one, so they do not count here.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ccgather_cli.machine import Machine
from ccgather_cli.reading.documents import (
    content_of,
    converted,
    decoded,
    document_in,
    part_of,
    text_in,
)
from ccgather_cli.reading.facts import ESTIMATE, Facts, Row
from ccgather_cli.reading.files import files_below
from ccgather_cli.reading.interface import Found, LogFile, Progressed
from ccgather_cli.reading.numbers import count_of, text_of
from ccgather_cli.reading.settling import greatest_of
from ccgather_cli.reading.timestamps import second_of
from ccgather_cli.reading.vscode_places import MESSAGES, find_tasks
from ccgather_cli.reading.vscode_tasks import extract_task

CLIENT = "cline"

_ENDING = ".messages.json"
_TAKEN_OVER = b"this is a legacy conversation, which means tool names may have changed"


class _ModelInfo(msgspec.Struct, gc=False):
    id: Any = None
    provider: Any = None


class _Metrics(msgspec.Struct, gc=False):
    inputTokens: Any = None  # noqa: N815  (the log's own names)
    outputTokens: Any = None  # noqa: N815
    cacheReadTokens: Any = None  # noqa: N815
    cacheWriteTokens: Any = None  # noqa: N815


class _Message(msgspec.Struct, gc=False):
    id: Any = None
    role: Any = None
    ts: Any = None
    modelInfo: _ModelInfo | None = None  # noqa: N815
    metrics: _Metrics | None = None


class _LenientMessage(msgspec.Struct, gc=False):
    id: Any = None
    role: Any = None
    ts: Any = None
    modelInfo: Any = None  # noqa: N815
    metrics: Any = None


class _Session(msgspec.Struct, gc=False):
    sessionId: Any = None  # noqa: N815
    messages: list[_Message] | None = None


_decode_session = msgspec.json.Decoder(_Session).decode


class ClineReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "Cline"
    parser_version = 1
    appends = False

    def find(self, machine: Machine) -> Found:
        """The extension's tasks in every editor, and the command line's sessions."""
        tasks = find_tasks(machine, "saoudrizwan.claude-dev", others=[_data_folder(machine)])
        sessions = files_below(
            [_session_folder(machine)],
            wanted=lambda name: name.endswith(_ENDING),
            companions=lambda path: (f"{path.removesuffix(_ENDING)}.json",),
        )
        files = {file.path: file for file in (*tasks.files, *sessions.files)}
        return Found(
            roots=(*tasks.roots, *sessions.roots),
            files=tuple(files[path] for path in sorted(files)),
            problems=(*tasks.problems, *sessions.problems),
        )

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """Every request of one task or session."""
        del start
        if Path(log.path).name in MESSAGES:
            extract_task(log, facts, includes_cache=False, progressed=progressed)
        else:
            _extract_session(log, facts, progressed)
        return 0

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """Each request once over all copies."""
        return greatest_of(logs)


READER = ClineReader()


def _data_folder(machine: Machine) -> Path:
    if machine.variable("CLINE_DATA_DIR"):
        return machine.folder("CLINE_DATA_DIR")
    return machine.folder("CLINE_DIR", ".cline") / "data"


def _session_folder(machine: Machine) -> Path:
    if machine.variable("CLINE_SESSION_DATA_DIR"):
        return machine.folder("CLINE_SESSION_DATA_DIR")
    return _data_folder(machine) / "sessions"


def _extract_session(log: LogFile, facts: Facts, progressed: Progressed) -> None:
    content = content_of(log, progressed)
    session = decoded(content, _decode_session)
    messages: Sequence[_Message | None]
    if session is not None:
        name, messages = text_of(session.sessionId), session.messages or ()
    else:
        name, messages = _taken_apart(content)
    model, provider = _defaults(log)
    name = name or Path(log.path).name.removesuffix(_ENDING)
    taken_over = _taken_over(content) if _TAKEN_OVER in content else 0
    for place, message in enumerate(messages):
        if message is None:
            facts.skip("not readable as JSON")
            continue
        if message.role != "assistant":
            continue
        if message.modelInfo is not None:
            model = text_of(message.modelInfo.id) or model
            provider = text_of(message.modelInfo.provider) or provider
        if message.metrics is not None and place >= taken_over:
            _count(message, message.metrics, facts, log, (name, str(place), model, provider))


def _count(
    message: _Message, metrics: _Metrics, facts: Facts, log: LogFile, about: tuple[str, ...]
) -> None:
    name, place, model, provider = about
    whole, output = count_of(metrics.inputTokens) or 0, count_of(metrics.outputTokens) or 0
    cache_read = count_of(metrics.cacheReadTokens) or 0
    cache_write = count_of(metrics.cacheWriteTokens) or 0
    if whole + output + cache_read + cache_write == 0:
        return
    facts.records += 1
    own_id, second = text_of(message.id), second_of(message.ts)
    is_certain = own_id is not None and second is not None
    facts.add(
        identity=f"{own_id}\0{message.ts}" if is_certain else f"{name}\0{own_id or place}",
        second=second if second is not None else log.changed // 1_000_000_000,
        model=model,
        provider=provider,
        input=max(0, whole - cache_read - cache_write),
        output=output,
        cache_read=cache_read,
        cache_write=cache_write,
        session=name,
        flags=0 if second is not None else ESTIMATE,
    )


def _taken_apart(content: bytes) -> tuple[str | None, Sequence[_Message | None]]:
    """The name and the messages of a session that a strict decoder refuses."""
    text = text_in(content)
    document = document_in(text)
    name = text_of(document.get("sessionId")) if isinstance(document, dict) else None
    records = converted(part_of(document, text, "messages"), _LenientMessage)
    return name, [None if record is None else _plain(record) for record in records]


def _plain(record: _LenientMessage) -> _Message:
    about = record.modelInfo if isinstance(record.modelInfo, dict) else {}
    metrics = None
    if isinstance(record.metrics, dict):
        metrics = _Metrics(*(record.metrics.get(name) for name in _Metrics.__struct_fields__))
    return _Message(
        id=record.id,
        role=record.role,
        ts=record.ts,
        modelInfo=_ModelInfo(about.get("id"), about.get("provider")),
        metrics=metrics,
    )


def _taken_over(content: bytes) -> int:
    """How many messages at the start are those of a task of the extension."""
    text = text_in(content)
    for place, message in enumerate(part_of(document_in(text), text, "messages")):
        if isinstance(message, dict) and message.get("role") == "user":
            said = message.get("content")
            if _TAKEN_OVER.decode() in (said if isinstance(said, str) else json.dumps(said)):
                return place
    return 0


def _defaults(log: LogFile) -> tuple[str, str]:
    """The model and the provider that a session's manifest names."""
    for path in log.companions:
        try:
            manifest = document_in(text_in(Path(path).read_bytes()))
        except OSError:
            continue
        if isinstance(manifest, dict):
            return text_of(manifest.get("model")) or "", text_of(manifest.get("provider")) or ""
    return "", ""
