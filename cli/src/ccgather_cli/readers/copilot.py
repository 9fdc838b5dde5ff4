"""GitHub Copilot CLI: events of sessions, telemetry where it is switched on, the app's database.

- **Events** (`session-state/<session>/events.jsonl`) tell at each `session.shutdown` what the run
  of the program burned so far, a model. So of two shutdowns of one run the difference counts, and
  after a `session.resume` or `session.start`, or where a number fell, a new run begins from
  nothing. `inputTokens` includes both cache numbers, `outputTokens` includes reasoning.
  Identity: the event's `id` and the model, so that a line written twice or a copied session
  counts once. What was burned after the last shutdown is in no event.
- **Telemetry** (`otel/*.jsonl`, the file in `COPILOT_OTEL_FILE_EXPORTER_PATH`) has a `chat` span
  a request, and repeats it in logs and sums it in the `invoke_agent` span. Within a trace, or
  for one response id, only the first kind there is counts: `chat` spans, inference logs, agent
  turns, `invoke_agent`. Identity: (trace, span) over all files. The time is the span's end: then
  the usage was known. Input includes cache reads and, as the OpenTelemetry conventions ask and
  the events have it, cache writes; reasoning is inside output.
- **Both at once**: a session that its events tell of is counted from them alone.
- **`data.db`** (the desktop app) has a session's sums on its row. What neither events nor
  telemetry tell of them counts on the day the session began, as an estimate of the day.

Chats in VS Code are another program's: they have no cache numbers, and are not read.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ccgather_cli.machine import Machine
from ccgather_cli.reading.facts import (
    CACHE_READ,
    CACHE_WRITE,
    ESTIMATE,
    FLAGS,
    INPUT,
    LINK,
    OUTPUT,
    REASONING,
    SESSION,
    TOTAL,
    VARIANT,
    Facts,
    Row,
    link_of,
)
from ccgather_cli.reading.files import files_below, found_at
from ccgather_cli.reading.interface import Found, LogFile, Progressed, UnreadableLogError
from ccgather_cli.reading.lines import Lines, object_in
from ccgather_cli.reading.numbers import count_of, text_of
from ccgather_cli.reading.timestamps import second_of

if TYPE_CHECKING:
    from sqlite3 import Connection

CLIENT = "copilot"

_DATABASE = "data.db"
_EVENTS, _TELEMETRY, _ROWS = "events", "telemetry", "rows"
_SOURCE = "source"
_USAGE = (
    "inputTokens",
    "cacheReadTokens",
    "cacheWriteTokens",
    "outputTokens",
    "reasoningTokens",
)
_CHAT, _INFERENCE, _TURN, _AGENT = range(4)
"""Kinds of telemetry, the first of them that a trace has counts."""
_RANK_BIT = 4
"""Where a row's flags keep its kind."""
_NANOSECONDS = 10**17


class CopilotReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "GitHub Copilot CLI"
    parser_version = 1
    appends = False

    def find(self, machine: Machine) -> Found:
        """Events, telemetry files and the app's database."""
        home = machine.folder("COPILOT_HOME", ".copilot")
        logs = files_below(
            (home / "session-state", home / "otel"), wanted=lambda name: name.endswith(".jsonl")
        )
        single = [str(home / _DATABASE)]
        exported = machine.variable("COPILOT_OTEL_FILE_EXPORTER_PATH")
        if exported:
            single.append(str(machine.expand(exported)))
        more = found_at(single, roots=(), companions=_companions)
        known = {log.identity for log in logs.files if any(log.identity)}
        files = [*logs.files, *(log for log in more.files if log.identity not in known)]
        return Found(
            roots=(*logs.roots, home / _DATABASE),
            files=tuple(sorted(files, key=lambda log: log.path)),
            problems=(*logs.problems, *more.problems),
        )

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """What one file tells; `settle` decides between events, telemetry and rows."""
        if log.path.endswith(_DATABASE):
            facts.attributes[_SOURCE] = _ROWS
            _read_rows(log, facts)
            progressed(log.size)
            return 0
        events, spans = _Events(facts, log.path), _Telemetry(facts)
        needles = (b'"session.', b"gen_ai.usage.")
        with open(log.path, "rb", buffering=0) as file:
            for text in Lines(file, *needles, progressed=progressed):
                line = _object(text)
                if line is None:
                    facts.skip("not readable as JSON")
                elif isinstance(line.get("attributes"), dict):
                    spans.take(line, line["attributes"])
                else:
                    events.take(line)
        facts.attributes[_SOURCE] = _TELEMETRY if spans.found else _EVENTS
        spans.tell()
        facts.links.update(link_of(CLIENT, f"session:{name}") for name in facts.sessions if name)
        return 0

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """One row a shutdown and model, or a request; see the module's docstring."""
        return _settled(logs)


READER = CopilotReader()


def _companions(path: str) -> Sequence[str]:
    return (f"{path}-wal",) if path.endswith(_DATABASE) else ()


_decode = msgspec.json.Decoder(dict[str, Any]).decode


def _object(text: bytes) -> dict[str, Any] | None:
    try:
        return _decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return object_in(text)


class _Events:
    """The events of one session, in their order."""

    def __init__(self, facts: Facts, path: str) -> None:
        self._facts = facts
        self._session = Path(path).parent.name
        self._run: dict[str, list[int]] = {}
        self._seen: set[str] = set()

    def take(self, line: dict[str, Any]) -> None:
        """Count a shutdown; begin anew with a run."""
        data = line.get("data")
        if not isinstance(data, dict):
            return
        if line.get("type") in ("session.start", "session.resume"):
            self._session = text_of(data.get("sessionId")) or self._session
            self._run = {}
        metrics = data.get("modelMetrics")
        if line.get("type") != "session.shutdown" or not isinstance(metrics, dict):
            return
        event = text_of(line.get("id"))
        if event is not None and event in self._seen:
            return
        self._seen.add(event or "")
        second = second_of(line.get("timestamp"))
        for model, told in metrics.items():
            if isinstance(told, dict) and isinstance(told.get("usage"), dict):
                self._count(event or str(line.get("timestamp")), second, model, told)

    def _count(self, event: str, second: int | None, model: str, told: dict[str, Any]) -> None:
        now = [count_of(told["usage"].get(name)) or 0 for name in _USAGE]
        requests = told.get("requests")
        now.append(count_of(requests.get("count")) or 0 if isinstance(requests, dict) else 0)
        before = self._run.get(model, [0] * len(now))
        if any(a < b for a, b in zip(now[:-1], before)):
            before = [0] * len(now)
        burned = [a - b for a, b in zip(now, before)]
        if not any(burned[:-1]):
            return
        self._facts.records += 1
        if second is None:
            self._facts.skip("without a usable time")
            return
        self._run[model] = now
        whole, read, written, output, reasoning, count = burned
        read, reasoning = min(read, whole), min(reasoning, output)
        written = min(written, whole - read)
        self._facts.add(
            identity=f"{event} {model}",
            second=second,
            model=model,
            input=whole - read - written,
            output=output - reasoning,
            cache_read=read,
            cache_write=written,
            reasoning=reasoning,
            session=self._session,
            messages=max(count, 1),
            is_request=False,
        )


class _Telemetry:
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
            "flags": rank << _RANK_BIT,
            "is_request": rank != _AGENT,
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
            return _CHAT
        is_agent = operation == "invoke_agent" or name.startswith("invoke_agent")
        return _AGENT if is_agent else None
    event = attributes.get("event.name")
    body = text_of(line.get("body")) or text_of(line.get("_body")) or ""
    if event == "gen_ai.client.inference.operation.details" or body.startswith("GenAI inference:"):
        return _INFERENCE
    if event == "copilot_chat.agent.turn" or body.startswith("copilot_chat.agent.turn"):
        return _TURN
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


_COLUMNS = (
    "total_input_tokens",
    "total_cached_tokens",
    "total_output_tokens",
    "total_reasoning_tokens",
)


def _read_rows(log: LogFile, facts: Facts) -> None:
    import sqlite3  # noqa: PLC0415  (a machine without the database does without it)

    try:
        uri = f"{Path(log.path).absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=5)) as database:
            rows = list(_rows_in(database))
    except sqlite3.Error as problem:
        raise UnreadableLogError(str(problem)) from problem
    for session, model, begun, numbers in rows:
        whole, read, output, reasoning = numbers
        if not (whole or output):
            continue
        facts.records += 1
        second = second_of(begun)
        if second is None:
            facts.skip("without a usable time")
            continue
        facts.links.add(link_of(CLIENT, f"session:{session}"))
        facts.add(
            identity=f"row {session}",
            second=second,
            model=model,
            input=whole - min(read, whole),
            output=output - min(reasoning, output),
            cache_read=min(read, whole),
            reasoning=min(reasoning, output),
            session=session,
            flags=ESTIMATE,
            is_request=False,
        )


def _rows_in(database: "Connection") -> Iterator[tuple[str, object, object, list[int]]]:
    there = {row[1] for row in database.execute("PRAGMA table_info(sessions)")}
    if not {"id", "created_at"} <= there or not there & set(_COLUMNS):
        return
    asked = [name if name in there else "NULL" for name in ("id", "model", "created_at", *_COLUMNS)]
    for row in database.execute(f"SELECT {', '.join(asked)} FROM sessions ORDER BY id"):  # noqa: S608
        yield str(row[0]), row[1], row[2], [count_of(value) or 0 for value in row[3:]]


def _settled(logs: Sequence[Facts]) -> Iterator[tuple[Facts, Row]]:
    by_source: dict[str, list[Facts]] = {}
    names = {id(facts): list(facts.sessions) for facts in logs}
    for facts in logs:
        by_source.setdefault(facts.attributes.get(_SOURCE, _EVENTS), []).append(facts)
    told: dict[str, list[int]] = {}
    counted = list(_greatest(by_source.get(_EVENTS, ())))
    with_events = {names[id(facts)][row[SESSION]] for facts, row in counted} - {""}
    counted += [
        (facts, row)
        for facts, row in _requests(by_source.get(_TELEMETRY, ()))
        if names[id(facts)][row[SESSION]] not in with_events
    ]
    for facts, row in counted:
        sums = told.setdefault(names[id(facts)][row[SESSION]], [0, 0, 0, 0])
        for place, value in enumerate(_four(row)):
            sums[place] += value
        yield facts, row
    for facts, row in _greatest(by_source.get(_ROWS, ())):
        rest = _rest_of(row, told.get(names[id(facts)][row[SESSION]], [0, 0, 0, 0]))
        if rest is not None:
            yield facts, rest


def _greatest(logs: Iterable[Facts]) -> Iterable[tuple[Facts, Row]]:
    best: dict[int, tuple[Facts, Row]] = {}
    for facts in logs:
        for row in facts.rows:
            known = best.get(row[LINK])
            if known is None or row[TOTAL] > known[1][TOTAL]:
                best[row[LINK]] = (facts, row)
    return best.values()


def _requests(logs: Iterable[Facts]) -> Iterator[tuple[Facts, Row]]:
    """The requests of each trace, of the first kind that any file has of it, each once."""
    traces: dict[int, dict[tuple[int, int], tuple[Facts, Row]]] = {}
    for facts in logs:
        for row in facts.rows:
            trace = traces.setdefault(row[LINK], {})
            key = (row[FLAGS] >> _RANK_BIT, row[VARIANT])
            known = trace.get(key)
            if known is None or row[TOTAL] > known[1][TOTAL]:
                trace[key] = (facts, row)
    for trace in traces.values():
        best = min(rank for rank, _ in trace)
        for (rank, _), (facts, row) in trace.items():
            if rank == best:
                yield facts, (*row[:FLAGS], row[FLAGS] & ((1 << _RANK_BIT) - 1), *row[FLAGS + 1 :])


def _four(row: Row) -> tuple[int, int, int, int]:
    return row[INPUT] + row[CACHE_WRITE], row[CACHE_READ], row[OUTPUT], row[REASONING]


def _rest_of(row: Row, told: Sequence[int]) -> Row | None:
    """What a session's sums have beyond what was told of it; None for nothing."""
    fresh, read, output, reasoning = (max(a - b, 0) for a, b in zip(_four(row), told))
    total = fresh + read + output + reasoning
    if not total:
        return None
    rest = list(row)
    rest[TOTAL], rest[INPUT], rest[OUTPUT] = total, fresh, output
    rest[CACHE_READ], rest[REASONING] = read, reasoning
    return tuple(rest)
