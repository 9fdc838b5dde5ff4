"""OpenClaw: transcripts of sessions, one JSON document a line, since mid 2026 in a database.

- **Where**: `agents/<agent>/sessions/<session>.jsonl`; a session that was reset or deleted goes
  on as `….jsonl.reset.<time>` or `….jsonl.deleted.<time>` and was still paid for. Newer versions
  keep the same lines in `agents/<agent>/agent/openclaw-agent.sqlite`. All of it also in the
  folders of the tool's former names and in those of its profiles.
- A response is a `message` of the assistant with `usage`. OpenClaw keeps its sessions with Pi's
  code, so a `compaction` or `branch_summary` with `usage` is the request that wrote the summary,
  made of the model in use. Custom entries and tool results repeat the usage of others.
- **Identity** is (entry's id, moment) over files and databases: a fork and the move into the
  database copy entries with both. Two equal answers of one moment have two ids. Entries without
  an id are told apart by moment, model and figures.
- **Model**: the message's, else that of the last `model_change` or `model-snapshot`.
- The four figures are disjoint. `reasoning`, where it is given, is a part of output.
- The day is that of the message's `timestamp`, else of the line's.
- `delivery-mirror` messages repeat an answer into a chat, with zeros.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from ccgather_cli.machine import Machine
from ccgather_cli.reading.databases import companions_of, opened, text
from ccgather_cli.reading.facts import Facts, Row
from ccgather_cli.reading.files import files_below, found_at
from ccgather_cli.reading.interface import Found, LogFile, Progressed, UnreadableLogError
from ccgather_cli.reading.lines import Lines, object_in
from ccgather_cli.reading.numbers import count_of, text_of
from ccgather_cli.reading.occurrences import Occurrences
from ccgather_cli.reading.settling import greatest_of
from ccgather_cli.reading.timestamps import second_of

CLIENT = "openclaw"

_NAMES = (".openclaw", ".clawdbot", ".moltbot", ".moldbot")
_DATABASE = "openclaw-agent.sqlite"
_SUMMARIES = ("compaction", "branch_summary")
_FIGURES = ("input", "output", "cacheRead", "cacheWrite")


class _Message(msgspec.Struct, gc=False):
    role: object = None
    usage: object = None
    timestamp: object = None
    provider: object = None
    model: object = None


class _Entry(msgspec.Struct, gc=False):
    type: object = None
    id: object = None
    timestamp: object = None
    message: _Message | None = None
    usage: object = None
    customType: object = None  # noqa: N815  (the log's own names)
    data: object = None
    modelId: object = None  # noqa: N815
    provider: object = None


_decode = msgspec.json.Decoder(_Entry).decode


class OpenClawReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "OpenClaw"
    parser_version = 1
    appends = True

    def find(self, machine: Machine) -> Found:
        """Transcripts and databases of every agent."""
        problems: list[str] = []
        agents: list[Path] = []
        homes = _homes(machine, problems)
        for home in homes:
            agents += [Path(path) for path in _folders_in(home / "agents", problems)]
        transcripts = files_below([agent / "sessions" for agent in agents], wanted=_is_transcript)
        databases = found_at(
            (os.fspath(agent / "agent" / _DATABASE) for agent in agents),
            roots=(),
            companions=companions_of,
        )
        return Found(
            roots=tuple(home / "agents" for home in homes),
            files=tuple(sorted((*transcripts.files, *databases.files), key=lambda log: log.path)),
            problems=(*problems, *transcripts.problems, *databases.problems),
        )

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """Every response in a transcript or in a database of them."""
        if log.companions:
            _read_database(log, facts)
            progressed(log.size)
            return 0
        session = _Session(facts, os.path.basename(log.path).partition(".jsonl")[0])
        with open(log.path, "rb", buffering=0) as file:
            needles = (b'"usage"', b'"model_change"', b'"model-snapshot"')
            lines = Lines(file, *needles, start=start, progressed=progressed)
            for line in lines:
                session.take(line)
        return lines.end

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """Each response once."""
        return greatest_of(logs)


READER = OpenClawReader()


def _homes(machine: Machine, problems: list[str]) -> list[Path]:
    """Folders of state: `OPENCLAW_STATE_DIR`, else every name and profile there has been."""
    others = machine.variable("OPENCLAW_DIR").split(",")  # another counter's variable
    homes = [machine.expand(part.strip()) for part in others if part.strip()]
    if machine.variable("OPENCLAW_STATE_DIR"):
        return list(dict.fromkeys([machine.folder("OPENCLAW_STATE_DIR"), *homes]))
    profiles = (
        Path(path)
        for path in _folders_in(machine.home, problems)
        if os.path.basename(path).startswith(".openclaw-")
    )
    return list(dict.fromkeys([*(machine.home / name for name in _NAMES), *profiles, *homes]))


def _folders_in(folder: Path, problems: list[str]) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.path for entry in entries if entry.is_dir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as problem:
        problems.append(f"{folder}: {problem.strerror}")
        return []


def _is_transcript(name: str) -> bool:
    start, jsonl, ending = name.partition(".jsonl")
    return bool(start and jsonl) and (not ending or ending.startswith((".reset.", ".deleted.")))


def _read_database(log: LogFile, facts: Facts) -> None:
    with opened(log.path) as database:
        columns = database.columns("transcript_events")
        if not columns and not database.tables():
            return
        if not {"session_id", "event_json"} <= columns:
            message = "a database of another layout: no table `transcript_events` as it was"
            raise UnreadableLogError(message)
        query = database.chosen("transcript_events", "session_id", "event_json", "created_at")
        order = ", ".join(column for column in ("session_id", "seq") if column in columns)
        session: _Session | None = None
        current: object = None
        for key, event, created in database.rows(f"{query} ORDER BY {order}"):
            if session is None or key != current:
                current = key
                facts.state.clear()
                session = _Session(facts, text(key))
            if isinstance(event, bytes) and (b'"usage"' in event or b'"model' in event):
                session.take(event, otherwise=created)
    facts.state.clear()


class _Session:
    """Takes the entries of one session in; the current model is in the facts' state."""

    def __init__(self, facts: Facts, name: str) -> None:
        self._facts = facts
        self._name = name
        self._unnamed = Occurrences(facts)

    def take(self, line: bytes, *, otherwise: object = None) -> None:
        """Count an entry if it is a response; `otherwise` is when, if it does not say."""
        try:
            entry = _decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            document = object_in(line)
            if document is None:
                self._facts.skip("not readable as JSON")
                return
            entry = _lenient(document)
        if entry.type == "model_change":
            self._change(entry.modelId, entry.provider)
        elif entry.type == "custom" and entry.customType == "model-snapshot":
            data = entry.data if isinstance(entry.data, dict) else {}
            self._change(data.get("modelId"), data.get("provider"))
        elif entry.type == "message" and entry.message is not None:
            if entry.message.role == "assistant":
                self._take_response(entry, entry.message, otherwise)
        elif entry.type in _SUMMARIES:
            self._take_response(entry, _Message(usage=entry.usage), otherwise)

    def _change(self, model: object, provider: object) -> None:
        if name := text_of(model):
            self._facts.state["model"] = name
            self._facts.state["provider"] = text_of(provider) or ""

    def _take_response(self, entry: _Entry, message: _Message, otherwise: object) -> None:
        if not isinstance(message.usage, dict):
            return
        usage = message.usage
        fresh, output, read, written = (count_of(usage.get(key)) or 0 for key in _FIGURES)
        if not fresh + output + read + written:
            return
        reasoning = min(count_of(usage.get("reasoning")) or 0, output)
        self._facts.records += 1
        self._change(message.model, message.provider)
        model = text_of(self._facts.state.get("model")) or ""
        moments = (message.timestamp, entry.timestamp, otherwise)
        second = next((second for second in map(second_of, moments) if second is not None), None)
        if second is None:
            self._facts.skip("without a usable time")
            return
        moment = message.timestamp or entry.timestamp
        key = text_of(entry.id)
        figures = f"{moment}\0{model}\0{fresh}\0{output}\0{read}\0{written}"
        self._facts.add(
            identity=f"{key}\0{moment}" if key else self._unnamed.identity(figures),
            second=second,
            model=model,
            provider=self._facts.state.get("provider"),
            input=fresh,
            output=output - reasoning,
            reasoning=reasoning,
            cache_read=read,
            cache_write=written,
            session=self._name,
        )


def _lenient(document: dict[str, object]) -> _Entry:
    """What `_decode` gives, from a line with fields of the wrong types."""
    message = document.get("message")
    fields = {name: document.get(name) for name in _Entry.__struct_fields__ if name != "message"}
    inner = None
    if isinstance(message, dict):
        inner = _Message(**{name: message.get(name) for name in _Message.__struct_fields__})
    return _Entry(**fields, message=inner)
