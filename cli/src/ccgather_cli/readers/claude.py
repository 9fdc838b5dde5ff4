"""Claude Code: transcripts of sessions and sub-agents, one JSON document a line.

A response to one request is what counts. It is written once a content block while it streams,
with growing `output_tokens`, and written again wherever its history is copied, so a line is not
a response. These rules turn lines into responses:

- **Identity** is (`message.id`, `requestId`) over all files: a resumed or forked session copies
  lines into a new file under a new session id, these two unchanged. Gateways send no
  `requestId`: then `message.id` alone, which is unique a response anyway. A line with neither
  has no copy that could be told from it, so each counts.
- **Most complete line**: the greatest total; of equal ones the first in the order of the paths.
  Its timestamp gives the UTC day. Earlier lines are snapshots of the same response.
- **Side chains** (`/btw`, sub-agents) repeat the parent's messages under a new `requestId`.
  The main line is kept. Repeats whose main line is gone are still one response.
- **Progress lines** (`agent_progress`) wrap a sub-agent's line with the same ids as in the
  sub-agent's own file. They matter where that file is gone, and change nothing where it is not.
- **Cache writes**: `cache_creation_input_tokens` is the total. `cache_creation` splits it by
  lifetime; what it does not explain (gateways send 0/0) is a five-minute write.
- **Advisor** items in `usage.iterations` are another model's tokens, billed apart and not in
  the top-level numbers. Items of other types repeat the top level.
- `<synthetic>` messages are made on this machine when a request fails: nobody was billed. A
  failed message without tokens is no response.
- Compactions and summaries carry no usage of their own: the request that made one is a
  response like any other.
- User lines sum a sub-agent up in `toolUseResult.usage`: its own lines count already.

Input, cache read, cache write and output are disjoint in the log; thinking is in output and has
no number of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from pathlib import Path
from zlib import crc32

import msgspec

from ccgather_cli.machine import Machine
from ccgather_cli.reading.facts import (
    FLAGS,
    LINK,
    LONG,
    LONG_CONTEXT_TOKENS,
    MAIN,
    TOTAL,
    VARIANT,
    Facts,
    Row,
    link_of,
    sane,
)
from ccgather_cli.reading.files import files_below
from ccgather_cli.reading.interface import Found, LogFile, Progressed
from ccgather_cli.reading.lines import Lines, object_in
from ccgather_cli.reading.numbers import MAX_COUNT, count_of, text_of
from ccgather_cli.reading.timestamps import second_of

CLIENT = "claude"

_SYNTHETIC = "<synthetic>"
_COUNT_BITS = MAX_COUNT.bit_length()
"""A negative or too large number is what is left after shifting by these."""


class _Split(msgspec.Struct, gc=False):
    ephemeral_5m_input_tokens: int | None = None
    ephemeral_1h_input_tokens: int | None = None


class _Iteration(msgspec.Struct, gc=False):
    type: str | None = None
    model: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation: _Split | None = None


class _Usage(msgspec.Struct, gc=False):
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation: _Split | None = None
    iterations: list[_Iteration] | None = None


class _Message(msgspec.Struct, gc=False):
    id: str | None = None
    role: str | None = None
    model: str | None = None
    usage: _Usage | None = None


class _Line(msgspec.Struct, gc=False):
    type: str | None = None
    isSidechain: bool | None = None  # noqa: N815  (the log's own name)
    requestId: str | None = None  # noqa: N815
    timestamp: str | int | float | None = None
    message: _Message | None = None
    data: msgspec.Raw = msgspec.Raw(b"null")  # a union with None would refuse every object


class _Progress(msgspec.Struct, gc=False):
    type: str | None = None
    message: _Line | None = None


_decode_line = msgspec.json.Decoder(_Line).decode
_decode_progress = msgspec.json.Decoder(_Progress).decode


class ClaudeReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "Claude Code"
    parser_version = 1
    appends = True

    def find(self, machine: Machine) -> Found:
        """Transcripts below every `projects` folder, sub-agents' included."""
        roots = [folder / "projects" for folder in _config_folders(machine)]
        return files_below(roots, wanted=_is_transcript)

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """Every response in one transcript, by (message id, request id)."""
        facts.session_number(_session_of(log.path))  # the only one, so number 0
        with open(log.path, "rb", buffering=0) as file:
            lines = _TranscriptLines(file, _USAGE, start=start, progressed=progressed)
            responses = _Responses(facts)
            for text in lines:
                reason = _take(text, responses)
                if reason:
                    facts.skip(reason)
        responses.tell()
        return lines.end

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """One row a response; see `_kept` for rows that share a message id."""
        if len(logs) == 1:
            links = {row[LINK] for row in logs[0].rows}
            if len(links) == len(logs[0].rows):
                return zip(repeat(logs[0]), logs[0].rows)
        return _settled(logs)


READER = ClaudeReader()


_USAGE = b'"usage"'
_SAID_BY_USER = b'"type":"user","message":{"role":"user"'
_HEAD_BYTES = 640
"""Where a line says whose it is: behind the ids, the folder and the version."""


class _TranscriptLines(Lines):
    """Lines with usage. Those of the person, results of tools included, are most of a transcript
    and never count: to look at their head and for their end is less work than to search them."""

    def _hits(self, text: bytes, start: int, stop: int | None) -> Iterator[bytes]:
        stop = len(text) if stop is None else stop
        find = text.find
        while start < stop:
            end = find(b"\n", start, stop)
            if end < 0:
                end = stop
            if (
                find(_SAID_BY_USER, start, min(start + _HEAD_BYTES, end)) < 0
                and find(_USAGE, start, end) >= 0
            ):
                yield text[start:end]
            start = end + 1


def _config_folders(machine: Machine) -> list[Path]:
    """Where Claude Code keeps its files: `CLAUDE_CONFIG_DIR`, else both of its own places.

    Other counters accept a list with commas in the variable, so people have set one. A folder
    whose own name has a comma is still that folder.
    """
    named = machine.variable("CLAUDE_CONFIG_DIR")
    if not named:
        return [machine.home / ".claude", machine.folder("XDG_CONFIG_HOME", ".config") / "claude"]
    if "," not in named or machine.expand(named).is_dir():
        return [machine.expand(named)]
    return [machine.expand(part.strip()) for part in named.split(",") if part.strip()]


def _session_of(path: str) -> str:
    """The session whose transcript this is; sub-agents' belong to the session above them."""
    parts = Path(path).parts
    if "subagents" in parts:
        return parts[parts.index("subagents") - 1]
    return Path(path).stem


def _is_transcript(name: str) -> bool:
    """Whether a file can hold responses; `journal.jsonl` records when sub-agents ran."""
    return name.endswith(".jsonl") and name != "journal.jsonl"


_Key = tuple[str, str]
"""(message id, request id), "" for one that is missing."""


class _Responses:
    """The responses of one transcript while it is read, each by its most complete line.

    Identities stay text until the end: the four lines of a streamed response cost one digest.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._rows: dict[_Key, Row] = {}
        self._unnamed: list[Row] = []
        self._models: dict[str | None, int] = {}

    def add(self, key: _Key, row: Row) -> None:
        """Take a line in, as a row without its link."""
        if key == ("", ""):
            self._unnamed.append(row)
            return
        known = self._rows.get(key)
        if known is None:
            self._rows[key] = row
            return
        main = (row[FLAGS] | known[FLAGS]) & MAIN
        kept = row if row[TOTAL] > known[TOTAL] else known
        if main and not kept[FLAGS] & MAIN:
            kept = (*kept[:FLAGS], kept[FLAGS] | MAIN, kept[FLAGS + 1])
        self._rows[key] = kept

    def looked_like_one(self) -> None:
        """Count what says that it is a response, whatever its figures: `doctor` compares both."""
        self._facts.records += 1

    def model(self, name: str | None) -> int:
        """The number of a model."""
        number = self._models.get(name)
        if number is None:
            number = self._models[name] = self._facts.model_number(name)
        return number

    def tell(self) -> None:
        """Give the facts the responses, with their links."""
        rows = [
            (row[TOTAL], *_identity(*key), *row[_AFTER_IDENTITY:])
            for key, row in self._rows.items()
        ]
        rows.extend(self._unnamed)
        self._facts.take_all(rows)


_AFTER_IDENTITY = VARIANT + 1


def _identity(message_id: str, request_id: str) -> tuple[int, int]:
    """The link and the variant. A variant only tells apart the few requests of one message id."""
    if not message_id:
        return link_of(CLIENT, f"\0{request_id}"), 0
    variant = crc32(request_id.encode(errors="replace")) + 1 if request_id else 0
    return link_of(CLIENT, message_id), variant


def _settled(logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
    """One row a response among transcripts that share message ids."""
    chains: dict[int, dict[int, tuple[Facts, Row]]] = {}
    for facts in logs:
        for row in facts.rows:
            if not row[LINK]:
                yield facts, row
                continue
            chain = chains.setdefault(row[LINK], {})
            known = chain.get(row[VARIANT])
            if known is None:
                chain[row[VARIANT]] = (facts, row)
                continue
            main = (row[FLAGS] | known[1][FLAGS]) & MAIN
            kept = (facts, row) if row[TOTAL] > known[1][TOTAL] else known
            if main and not kept[1][FLAGS] & MAIN:
                flags = kept[1][FLAGS] | MAIN
                kept = (kept[0], (*kept[1][:FLAGS], flags, kept[1][FLAGS + 1]))
            chain[row[VARIANT]] = kept
    for chain in chains.values():
        yield from chain.values() if len(chain) == 1 else _kept(list(chain.values()))


def _kept(chain: Sequence[tuple[Facts, Row]]) -> Iterable[tuple[Facts, Row]]:
    """Which rows with one message id are responses of their own.

    Rows of the main chain are, each with its request. Side chains repeat the parent under
    other requests: one of them counts if nothing of the main chain is left. A row without a
    request can be any of the others, so it only counts in the place of a smaller one.
    """
    main = [item for item in chain if item[1][FLAGS] & MAIN]
    candidates = main or [max(chain, key=_total)]
    named = [item for item in candidates if item[1][VARIANT]]
    unnamed = [item for item in candidates if not item[1][VARIANT]]
    if not named or not unnamed:
        return candidates
    largest = max(named, key=_total)
    if _total(unnamed[0]) > _total(largest):
        named[named.index(largest)] = unnamed[0]
    return named


def _total(item: tuple[Facts, Row]) -> int:
    return item[1][TOTAL]


def _take(text: bytes, responses: _Responses) -> str:
    """Count a line if it is usage; the reason in words, if it is and cannot be counted."""
    try:
        line = _decode_line(text)
        if line.type == "progress":
            line = _unwrapped(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        document = object_in(text)
        if document is None:
            return "not readable as JSON"
        line = _lenient_line(document)
    return _count_line(line, responses)


def _count_line(line: _Line, responses: _Responses) -> str:
    message = line.message
    if message is None or message.usage is None or message.model == _SYNTHETIC:
        return ""
    if line.type != "assistant" and (line.type is not None or message.role == "user"):
        return ""
    responses.looked_like_one()
    usage = message.usage
    second = second_of(line.timestamp)
    if second is None:
        return "without a usable time" if _has_tokens(usage) else ""
    key = (message.id or "", line.requestId or "")
    main = 0 if line.isSidechain is True else MAIN
    row = _row(usage, second, responses.model(message.model), main)
    if row[TOTAL]:
        responses.add(key, row)
    if usage.iterations:
        for position, item in enumerate(usage.iterations):
            if _is_advisor(item):
                # Repeated with its response, so its place there is its identity.
                row = _row(item, second, responses.model(item.model), MAIN)
                responses.add((f"{key[0] or key[1]}\0{position}", ""), row)
    return ""


def _has_tokens(usage: _Usage) -> bool:
    advisors = usage.iterations or ()
    return _row(usage, 1, 0, 0)[TOTAL] > 0 or any(map(_is_advisor, advisors))


def _is_advisor(item: _Iteration) -> bool:
    own_model = bool(item.model) and item.model != _SYNTHETIC
    return item.type == "advisor_message" and own_model and _row(item, 1, 0, 0)[TOTAL] > 0


def _row(usage: _Usage | _Iteration, second: int, model: int, flags: int) -> Row:
    """The figures of a line, without its link."""
    fresh, output = usage.input_tokens or 0, usage.output_tokens or 0
    cache_read, written = usage.cache_read_input_tokens or 0, usage.cache_creation_input_tokens
    five_minutes = one_hour = 0
    if usage.cache_creation is not None:
        five_minutes = usage.cache_creation.ephemeral_5m_input_tokens or 0
        one_hour = usage.cache_creation.ephemeral_1h_input_tokens or 0
    if (fresh | output | cache_read | (written or 0) | five_minutes | one_hour) >> _COUNT_BITS:
        fresh, output, cache_read = sane(fresh), sane(output), sane(cache_read)
        five_minutes, one_hour = sane(five_minutes), sane(one_hour)
        written = None if written is None else sane(written)
    cache_write = five_minutes + one_hour if written is None else written
    prompt = fresh + cache_read + cache_write
    if prompt > LONG_CONTEXT_TOKENS:
        flags |= LONG
    return (
        prompt + output,
        0,
        0,
        second,
        model,
        0,
        fresh,
        output,
        cache_read,
        cache_write,
        0,
        min(one_hour, cache_write),
        flags,
        1,
    )


def _unwrapped(outer: _Line) -> _Line:
    """The sub-agent's line in a progress line, with what only the outer one says."""
    progress = _decode_progress(outer.data)
    return _inner(outer, progress.message if progress.type == "agent_progress" else None)


def _inner(outer: _Line, inner: _Line | None) -> _Line:
    if inner is None:
        return _Line()
    if second_of(inner.timestamp) is None:
        inner.timestamp = outer.timestamp
    inner.requestId = inner.requestId or outer.requestId
    inner.isSidechain = True
    return inner


def _lenient_line(document: dict[str, object]) -> _Line:
    """What `_decode_line` gives, from a line with fields of the wrong types."""
    timestamp = document.get("timestamp")
    line = _Line(
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
        line.message = _Message(
            id=text_of(message.get("id")),
            role=text_of(message.get("role")),
            model=text_of(message.get("model")),
            usage=_lenient_usage(usage),
        )
    return line


def _lenient_usage(usage: dict[str, object]) -> _Usage:
    items = usage.get("iterations")
    return _Usage(
        input_tokens=count_of(usage.get("input_tokens")),
        output_tokens=count_of(usage.get("output_tokens")),
        cache_creation_input_tokens=count_of(usage.get("cache_creation_input_tokens")),
        cache_read_input_tokens=count_of(usage.get("cache_read_input_tokens")),
        cache_creation=_lenient_split(usage),
        iterations=[
            _Iteration(
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


def _lenient_split(usage: dict[str, object]) -> _Split:
    split = _object(usage.get("cache_creation"))
    return _Split(
        ephemeral_5m_input_tokens=count_of(split.get("ephemeral_5m_input_tokens")),
        ephemeral_1h_input_tokens=count_of(split.get("ephemeral_1h_input_tokens")),
    )


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
