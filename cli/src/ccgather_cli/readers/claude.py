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

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from ccgather_cli.machine import Machine
from ccgather_cli.reading.files import files_below
from ccgather_cli.reading.interface import Found, LogFile, Reading
from ccgather_cli.reading.json_lines import lines_holding, object_in
from ccgather_cli.reading.numbers import MAX_COUNT, count_of, text_of
from ccgather_cli.reading.responses import Identity, Responses, Tokens
from ccgather_cli.reading.tally import Tally
from ccgather_cli.reading.timestamps import second_of

CLIENT = "claude"
LONG_CONTEXT_TOKENS = 200_000
"""A request with more input than this, cache included, has another price for some models."""

_SYNTHETIC = "<synthetic>"
_UNNAMED_MODEL = "unknown"
_MODEL_LENGTH = 200
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
    data: msgspec.Raw | None = None


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

    def find(self, machine: Machine) -> Found:
        """Transcripts below every `projects` folder, sub-agents' included."""
        roots = [folder / "projects" for folder in _config_folders(machine)]
        return files_below(roots, wanted=_is_transcript)

    def read(self, files: Sequence[LogFile], *, progressed: Callable[[int], None]) -> Reading:
        """Every response in `files`, once, on the UTC day of its most complete line."""
        reading = Reading(Tally())
        responses = Responses(long_context_tokens=LONG_CONTEXT_TOKENS)
        for file in sorted(files, key=lambda file: str(file.path)):
            _read_file(file.path, responses, reading, progressed)
        responses.tell(reading.tally, client=CLIENT)
        return reading


READER = ClaudeReader()


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


def _is_transcript(name: str) -> bool:
    """Whether a file can hold responses; `journal.jsonl` records when sub-agents ran."""
    return name.endswith(".jsonl") and name != "journal.jsonl"


def _read_file(
    path: Path, responses: Responses, reading: Reading, progressed: Callable[[int], None]
) -> None:
    try:
        with path.open("rb", buffering=0) as file:
            for text in lines_holding(file, b'"usage"', progressed=progressed):
                reason = _take(text, responses)
                if reason:
                    reading.skipped[reason] += 1
    except FileNotFoundError:
        return  # Claude Code deletes old transcripts, also while this runs
    except OSError as problem:
        reading.problems.append(f"{path}: {problem.strerror or problem}")


def _take(text: bytes, responses: Responses) -> str:
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


def _count_line(line: _Line, responses: Responses) -> str:
    message = line.message
    if message is None or message.usage is None or message.model == _SYNTHETIC:
        return ""
    if line.type != "assistant" and (line.type is not None or message.role == "user"):
        return ""
    usage = message.usage
    tokens = _tokens_of(usage)
    advisors = [item for item in usage.iterations if _is_advisor(item)] if usage.iterations else ()
    if not tokens.total and not advisors:
        return ""
    second = second_of(line.timestamp)
    if second is None:
        return "without a usable time"
    row = responses.add(
        Identity(message.id or "", line.requestId or "", line.isSidechain is True),
        second=second,
        model=_model_name(message.model),
        tokens=tokens,
    )
    for position, item in enumerate(advisors):
        responses.add_advisor(row, position, second, _model_name(item.model), _tokens_of(item))
    return ""


def _is_advisor(item: _Iteration) -> bool:
    own_model = bool(item.model) and item.model != _SYNTHETIC
    return item.type == "advisor_message" and own_model and _tokens_of(item).total > 0


def _model_name(model: str | None) -> str:
    name = (model or "").strip()
    if not name.isprintable():
        name = "".join(letter for letter in name if letter.isprintable())
    return name[:_MODEL_LENGTH] or _UNNAMED_MODEL


def _tokens_of(usage: _Usage | _Iteration) -> Tokens:
    fresh, output = usage.input_tokens or 0, usage.output_tokens or 0
    cache_read, written = usage.cache_read_input_tokens or 0, usage.cache_creation_input_tokens
    five_minutes = one_hour = 0
    if usage.cache_creation is not None:
        five_minutes = usage.cache_creation.ephemeral_5m_input_tokens or 0
        one_hour = usage.cache_creation.ephemeral_1h_input_tokens or 0
    if (fresh | output | cache_read | (written or 0) | five_minutes | one_hour) >> _COUNT_BITS:
        fresh, output, cache_read = _sane(fresh), _sane(output), _sane(cache_read)
        five_minutes, one_hour = _sane(five_minutes), _sane(one_hour)
        written = None if written is None else _sane(written)
    cache_write = five_minutes + one_hour if written is None else written
    return Tokens(fresh, output, cache_read, cache_write, min(one_hour, cache_write))


def _sane(value: int) -> int:
    return value if 0 <= value <= MAX_COUNT else 0


def _unwrapped(outer: _Line) -> _Line:
    """The sub-agent's line in a progress line, with what only the outer one says."""
    progress = _decode_progress(outer.data) if outer.data is not None else _Progress()
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
