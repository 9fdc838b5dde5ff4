"""Grok Build: the updates of a session, and a log of all sessions' calls.

- **Turns** (`sessions/<folder>/<session>/updates.jsonl`): an update `turn_completed` tells what a
  turn burned, and in `modelUsage` which model burned what. A turn is several requests.
- **Calls** (`logs/unified.jsonl`): `shell.turn.inference_done` tells the same requests one by
  one. So one source a session: its completed turns where it has any, else its calls.
- **Identity** of a turn: `eventId`, `agentTimestampMs` and the numbers, without the session. The
  event's id alone repeats within a session, and a session copied under another id keeps all
  three. Of a call: session, moment, place in its loop and numbers.
- **Classes**: input includes what was read from the cache, output includes reasoning.
- **Model**: the names in `modelUsage`; a turn without them, and a call, has the session's
  `current_model_id` in `summary.json`.
- Sessions from before `turn_completed` only have a growing `totalTokens`, in which the context is
  counted again with each request and nothing tells input from output: without calls in the log
  they are named as skipped, and not counted.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from ccgather_cli.machine import Machine
from ccgather_cli.reading.facts import SESSION, Facts, Row, link_of
from ccgather_cli.reading.files import files_below
from ccgather_cli.reading.interface import Found, LogFile, Progressed
from ccgather_cli.reading.lines import Lines, object_in
from ccgather_cli.reading.numbers import count_of, text_of
from ccgather_cli.reading.settling import greatest_of
from ccgather_cli.reading.timestamps import second_of

CLIENT = "grok"

_UPDATES, _CALLS, _SUMMARY = "updates.jsonl", "unified.jsonl", "summary.json"
_SOURCE = "source"
_HEAD_BYTES = 1 << 18
_ONLY_TOTALS = "sessions of an old version that only have a total, without input and output"


class GrokReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "Grok Build"
    parser_version = 1
    appends = True

    def find(self, machine: Machine) -> Found:
        """Updates of every session, and the log of calls."""
        home = machine.folder("GROK_HOME", ".grok")
        return files_below(
            (home / "sessions", home / "logs"),
            wanted=lambda name: name in (_UPDATES, _CALLS),
            companions=_companions,
        )

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """The turns of one session, or the calls of all."""
        is_calls = log.path.endswith(_CALLS)
        facts.attributes[_SOURCE] = _CALLS if is_calls else _UPDATES
        needle = b"inference_done" if is_calls else b'"turn_completed"'
        models = _Models(log.path)
        with open(log.path, "rb", buffering=0) as file:
            if not start and not is_calls:
                facts.state["totals"] = b'"totalTokens"' in file.read(_HEAD_BYTES)
                file.seek(0)
            lines = Lines(file, needle, start=start, progressed=progressed)
            for text in lines:
                line = _object(text)
                if line is None:
                    facts.skip("not readable as JSON")
                elif is_calls:
                    _take_call(line, facts, models)
                else:
                    _take_turn(line, facts, models)
        facts.skipped.pop(_ONLY_TOTALS, None)
        if not facts.records and facts.state.get("totals"):
            facts.skip(_ONLY_TOTALS)
        facts.links.update(link_of(CLIENT, f"session:{name}") for name in facts.sessions if name)
        return lines.end

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """One source a session, one row a turn and model, or a call."""
        turns = [facts for facts in logs if facts.attributes.get(_SOURCE) == _UPDATES]
        calls = [facts for facts in logs if facts.attributes.get(_SOURCE) != _UPDATES]
        return _settled(turns, calls)


READER = GrokReader()


def _companions(path: str) -> Sequence[str]:
    return (os.path.join(os.path.dirname(path), _SUMMARY),) if path.endswith(_UPDATES) else ()


def _settled(turns: Sequence[Facts], calls: Sequence[Facts]) -> Iterator[tuple[Facts, Row]]:
    told: set[str] = set()
    for facts in turns:
        if facts.rows:
            told.update(facts.sessions)
    told.discard("")
    yield from greatest_of(turns)
    names = {id(facts): list(facts.sessions) for facts in calls}
    for facts, row in greatest_of(calls):
        if names[id(facts)][row[SESSION]] not in told:
            yield facts, row


class _Models:
    """The models of sessions, each looked up when it is asked for."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._known: dict[str, str | None] = {}
        self._folders: dict[str, Path] | None = None

    def of_this(self) -> str | None:
        """The model of the session that this is a file of."""
        return self._read("", self._path.parent)

    def of(self, session: str) -> str | None:
        """The model of any session of the same home."""
        if self._folders is None:
            sessions = self._path.parent.parent / "sessions"
            self._folders = {folder.parent.name: folder.parent for folder in _summaries(sessions)}
        return self._read(session, self._folders.get(session))

    def _read(self, session: str, folder: Path | None) -> str | None:
        if session not in self._known:
            self._known[session] = None if folder is None else _model_in(folder / _SUMMARY)
        return self._known[session]


def _summaries(sessions: Path) -> list[Path]:
    with suppress(OSError):
        return sorted(sessions.glob(f"*/*/{_SUMMARY}"))
    return []


def _model_in(summary: Path) -> str | None:
    try:
        found = json.loads(summary.read_bytes().decode("utf-8-sig", errors="replace"))
    except (OSError, ValueError, RecursionError):
        return None
    return text_of(found.get("current_model_id")) if isinstance(found, dict) else None


_decode = msgspec.json.Decoder(dict[str, Any]).decode


def _object(text: bytes) -> dict[str, Any] | None:
    try:
        return _decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return object_in(text)


def _inner(document: dict[str, Any], name: str) -> dict[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def _numbers(told: dict[str, Any], *names: str) -> tuple[int, int, int, int]:
    """Input without cache, cache read, output without reasoning, reasoning."""
    whole, read, output, reasoning = (count_of(told.get(name)) or 0 for name in names)
    read, reasoning = min(read, whole), min(reasoning, output)
    return whole - read, read, output - reasoning, reasoning


def _of_turn(told: dict[str, Any]) -> tuple[int, int, int, int]:
    return _numbers(told, "inputTokens", "cachedReadTokens", "outputTokens", "reasoningTokens")


def _take_turn(line: dict[str, Any], facts: Facts, models: _Models) -> None:
    params = _inner(line, "params")
    update = _inner(params, "update")
    usage = _inner(update, "usage")
    if update.get("sessionUpdate") != "turn_completed" or not usage:
        return
    told = {
        model: _of_turn(part)
        for model, part in _inner(usage, "modelUsage").items()
        if isinstance(part, dict) and any(_of_turn(part))
    }
    if not told:
        whole = _of_turn(usage)
        if not any(whole):
            return
        told = {models.of_this() or "": whole}
    meta = _inner(params, "_meta") or _inner(update, "_meta") or _inner(line, "_meta")
    moment = meta.get("agentTimestampMs") or line.get("timestamp")
    second = second_of(moment)
    session = text_of(params.get("sessionId")) or ""
    for model, numbers in told.items():
        facts.records += 1
        if second is None:
            facts.skip("without a usable time")
            continue
        fresh, read, output, reasoning = numbers
        facts.add(
            identity=f"{meta.get('eventId')} {moment} {model} {numbers}",
            second=second,
            model=model,
            input=fresh,
            output=output,
            cache_read=read,
            reasoning=reasoning,
            session=session,
            is_request=False,
        )


def _take_call(line: dict[str, Any], facts: Facts, models: _Models) -> None:
    told = _inner(line, "ctx")
    message = text_of(line.get("msg")) or ""
    if not message.endswith("inference_done"):
        return
    numbers = _numbers(
        told, "prompt_tokens", "cached_prompt_tokens", "completion_tokens", "reasoning_tokens"
    )
    if not any(numbers):
        return
    facts.records += 1
    second = second_of(line.get("ts"))
    if second is None:
        facts.skip("without a usable time")
        return
    session = text_of(line.get("sid")) or ""
    fresh, read, output, reasoning = numbers
    facts.add(
        identity=f"{session} {line.get('ts')} {told.get('loop_index')} {numbers}",
        second=second,
        model=text_of(told.get("model")) or models.of(session),
        input=fresh,
        output=output,
        cache_read=read,
        reasoning=reasoning,
        session=session,
    )
