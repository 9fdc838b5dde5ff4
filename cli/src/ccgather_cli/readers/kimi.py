"""Kimi: the wire files of Kimi CLI and of its successor Kimi Code, one JSON document a line.

Kimi CLI, `StatusUpdate` after each step, with the step's usage:

- **Identity** is `message_id` over all files: a fork copies the lines into another session. A
  message can have several lines that grow: the greatest total counts. Lines of versions without
  the id are told apart by moment and figures; what stands in one file twice was spent twice.
- **Sub-agents** write their own files. `SubagentEvent` in the parent's file wraps the same lines
  again and is passed over, except where a session has no folder `subagents`: older versions wrote
  nothing else of them. The message's id keeps it one response; without an id nothing would.
- **Model**: the log does not name it. It is what the configuration says now (`default_model` of
  `config.toml`, before that `model` of `config.json`), else `kimi-for-coding`.

Kimi Code, `usage.record` after each request:

- Only `usageScope` `turn`: records of a `session` sum up what stands there already, and so does
  `usage` at the end of a step.
- A model such as `__default__` is a name for what the preceding `llm.request` asked for.
- **Identity** is (moment, model, figures): records have no id. The second of two equal ones in a
  file was spent too; in another file the same ones are a fork's copy.

The four figures are disjoint, reasoning is inside output. The day is that of the line itself.
"""

import os
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from ccgather_cli.machine import Machine
from ccgather_cli.reading.facts import LONG, LONG_CONTEXT_TOKENS, Facts, Row, link_of
from ccgather_cli.reading.files import files_below
from ccgather_cli.reading.interface import Found, LogFile, Progressed
from ccgather_cli.reading.lines import Lines, object_in
from ccgather_cli.reading.numbers import MAX_COUNT, count_of, text_of
from ccgather_cli.reading.occurrences import Occurrences
from ccgather_cli.reading.settling import greatest_of
from ccgather_cli.reading.timestamps import second_of

CLIENT = "kimi"

_WIRE = "wire.jsonl"
_UNCONFIGURED = "kimi-for-coding"
_PROVIDER = "moonshotai"
_CLI_KEYS = ("input_other", "output", "input_cache_read", "input_cache_creation")
_CODE_KEYS = ("inputOther", "output", "inputCacheRead", "inputCacheCreation")


_COUNT_BITS = MAX_COUNT.bit_length()
"""A negative or too large number is what is left after shifting by these."""


class _Line(msgspec.Struct, gc=False):
    type: object = None
    timestamp: object = None
    time: object = None
    message: object = None
    model: object = None
    usage: object = None
    usageScope: object = None  # noqa: N815  (the log's own name)


_FIELDS = _Line.__struct_fields__
_decode = msgspec.json.Decoder(_Line).decode


class KimiReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "Kimi"
    parser_version = 1
    appends = True

    def find(self, machine: Machine) -> Found:
        """Wire files of both tools; those of Kimi CLI depend on its configuration."""
        others = machine.variable("KIMI_DATA_DIR").split(",")  # another counter's variable
        homes = [
            machine.folder("KIMI_SHARE_DIR", ".kimi"),
            *(machine.expand(part.strip()) for part in others if part.strip()),
        ]
        code = machine.folder("KIMI_CODE_HOME", ".kimi-code")
        configured = {os.fspath(home / "sessions") + os.sep: home for home in homes}

        def companions(path: str) -> Sequence[str]:
            for start, home in configured.items():
                if path.startswith(start):
                    return _companions(path, home)
            return ()

        return files_below(
            [home / "sessions" for home in (*homes, code)],
            wanted=lambda name: name == _WIRE,
            companions=companions,
        )

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """Every step of Kimi CLI and every request of Kimi Code in one wire file."""
        wire = _Wire(log, facts)
        with open(log.path, "rb", buffering=0) as file:
            needles = (b'"token_usage"', b'"usage.record"', b'"llm.request"')
            lines = Lines(file, *needles, start=start, progressed=progressed)
            for text in lines:
                wire.take(text)
        return lines.end

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """Each step and each request once, by its greatest total."""
        return greatest_of(logs)


READER = KimiReader()


def _companions(path: str, home: Path) -> tuple[str, ...]:
    """The configurations that name the model, and the folder of the session's sub-agents."""
    return (
        os.fspath(home / "config.toml"),
        os.fspath(home / "config.json"),
        os.path.join(os.path.dirname(path), "subagents"),
    )


def _session_of(path: str) -> str:
    """The folder of the session, of a sub-agent's file too."""
    folder = os.path.dirname(path)
    above = os.path.dirname(folder)
    if os.path.basename(above) in ("subagents", "agents"):
        folder = os.path.dirname(above)
    return os.path.basename(folder)


class _Wire:
    """Takes the lines of one wire file in."""

    def __init__(self, log: LogFile, facts: Facts) -> None:
        self._facts = facts
        self._companions = log.companions
        self._model = ""
        self._unnamed = Occurrences(facts)
        self._models: dict[str, int] = {}
        self._number = facts.session_number(_session_of(log.path))

    def take(self, text: bytes) -> None:
        """Count a line if it is usage."""
        try:
            line = _decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            document = object_in(text)
            if document is None:
                self._facts.skip("not readable as JSON")
                return
            line = _Line(**{name: document.get(name) for name in _FIELDS})
        if line.type == "llm.request":
            if model := text_of(line.model):
                self._facts.state["model"] = model
        elif line.type == "usage.record":
            self._take_record(line)
        elif isinstance(line.message, dict):
            self._take_message(line, line.message)

    def _take_record(self, line: _Line) -> None:
        if not isinstance(line.usage, dict) or line.usageScope not in ("turn", None):
            return
        model = text_of(line.model) or ""
        if not model or (model.startswith("__") and model.endswith("__")):
            model = text_of(self._facts.state.get("model")) or model
        self._count(line.usage, _CODE_KEYS, moment=line.time, model=model)

    def _take_message(self, line: _Line, message: dict[str, object]) -> None:
        payload = message.get("payload")
        wrapped = message.get("type") == "SubagentEvent"
        if wrapped and not self._has_own_files():
            while isinstance(payload, dict) and isinstance(event := payload.get("event"), dict):
                message, payload = event, event.get("payload")
        if message.get("type") != "StatusUpdate" or not isinstance(payload, dict):
            return
        usage, message_id = payload.get("token_usage"), text_of(payload.get("message_id"))
        if isinstance(usage, dict) and (message_id or not wrapped):
            self._count(
                usage,
                _CLI_KEYS,
                moment=line.timestamp,
                model=self._configured_model(),
                message_id=message_id,
            )

    def _count(
        self,
        usage: dict[str, object],
        keys: Sequence[str],
        *,
        moment: object,
        model: str,
        message_id: str | None = None,
    ) -> None:
        fresh, output, read, written = _figures(usage, keys)
        total = fresh + output + read + written
        if not total:
            return
        self._facts.records += 1
        second = second_of(moment)
        if second is None:
            self._facts.skip("without a usable time")
            return
        number = self._models.get(model)
        if number is None:
            number = self._models[model] = self._facts.model_number(model, _PROVIDER)
        if message_id is not None:
            link = link_of(CLIENT, message_id)
        else:
            named = "" if keys is _CLI_KEYS else model  # the CLI's model is not in the log
            link = self._unnamed.link(f"{moment}\0{named}\0{fresh}\0{output}\0{read}\0{written}")
        flags = LONG if fresh + read + written > LONG_CONTEXT_TOKENS else 0
        figures = (fresh, output, read, written, 0, 0, flags, 1)
        self._facts.take((total, link, 0, second, number, self._number, *figures))

    def _has_own_files(self) -> bool:
        return not self._companions or os.path.isdir(self._companions[2])

    def _configured_model(self) -> str:
        if not self._model:
            toml, json = self._companions[:2] or ("", "")
            self._model = _model_in_toml(toml) or _model_in_json(json) or _UNCONFIGURED
        return self._model


def _figures(usage: dict[str, Any], keys: Sequence[str]) -> tuple[int, int, int, int]:
    """The four counts; nearly always they are plain numbers already."""
    values: Iterable[Any] = map(usage.get, keys)
    first, second, third, fourth = values
    with suppress(TypeError):  # text, null, a fraction
        if not (first | second | third | fourth) >> _COUNT_BITS:
            return first, second, third, fourth
    return (
        count_of(first) or 0,
        count_of(second) or 0,
        count_of(third) or 0,
        count_of(fourth) or 0,
    )


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError):
        return b""


def _model_in_toml(path: str) -> str:
    """`default_model`, and what the table of models calls it; Python 3.10 reads no TOML."""
    content = _content(path).removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace")
    chosen = _value_of("default_model", f"\n{content}".partition("\n[")[0])
    if not chosen:
        return ""
    for table in re.split(r"(?m)^[ \t]*(?=\[)", content):
        header = re.match(r"\[\s*models\s*\.\s*(\"[^\"]*\"|'[^']*'|[\w-]+)\s*\]", table)
        if header is not None and header[1].strip("\"'") == chosen:
            return _value_of("model", table) or chosen
    return chosen


def _value_of(key: str, text: str) -> str:
    found = re.search(rf"(?m)^[ \t]*{key}[ \t]*=[ \t]*(?:\"([^\"\n]*)\"|'([^'\n]*)')", text)
    return "" if found is None else found[1] or found[2] or ""


def _model_in_json(path: str) -> str:
    document = object_in(_content(path)) or {}
    return text_of(document.get("default_model")) or text_of(document.get("model")) or ""
