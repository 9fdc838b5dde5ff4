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
from ccgather_cli.readers.copilot.settled import settled
from ccgather_cli.readers.copilot.sources import (
    CLIENT,
    EVENTS,
    ROWS,
    SOURCE,
    TELEMETRY,
)
from ccgather_cli.readers.copilot.telemetry import Telemetry
from ccgather_cli.reading.facts import (
    ESTIMATE,
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

_DATABASE = "data.db"
_USAGE = (
    "inputTokens",
    "cacheReadTokens",
    "cacheWriteTokens",
    "outputTokens",
    "reasoningTokens",
)


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
            facts.attributes[SOURCE] = ROWS
            _read_rows(log, facts)
            progressed(log.size)
            return 0
        events, spans = _Events(facts, log.path), Telemetry(facts)
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
        facts.attributes[SOURCE] = TELEMETRY if spans.found else EVENTS
        spans.tell()
        facts.links.update(link_of(CLIENT, f"session:{name}") for name in facts.sessions if name)
        return 0

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """One row a shutdown and model, or a request; see the module's docstring."""
        return settled(logs)


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
