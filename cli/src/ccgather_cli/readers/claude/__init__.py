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

from ccgather_cli.machine import Machine
from ccgather_cli.readers.claude.responses import CLIENT, Responses, settled
from ccgather_cli.readers.claude.shapes import Iteration, Line, Usage, line_of
from ccgather_cli.reading.facts import (
    LINK,
    LONG,
    LONG_CONTEXT_TOKENS,
    MAIN,
    TOTAL,
    Facts,
    Row,
    sane,
)
from ccgather_cli.reading.files import files_below
from ccgather_cli.reading.interface import Found, LogFile, Progressed
from ccgather_cli.reading.lines import Lines
from ccgather_cli.reading.numbers import MAX_COUNT
from ccgather_cli.reading.timestamps import second_of

_SYNTHETIC = "<synthetic>"
_COUNT_BITS = MAX_COUNT.bit_length()
"""A negative or too large number is what is left after shifting by these."""


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
            responses = Responses(facts)
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
        return settled(logs)


READER = ClaudeReader()


_USAGE = b'"usage"'
_SAID_BY_USER = b'"type":"user","message":{"role":"user"'
_HEAD_BYTES = 640
"""Where a line says whose it is: behind the ids, the folder and the version."""


class _TranscriptLines(Lines):
    """Lines with usage. Those of the person, results of tools included, are most of a transcript
    and never count: to look at their head and for their end is less work than to search them.
    `rfind` is the faster search, and usage stands near the end of its line."""

    def _hits(self, text: bytes, start: int, stop: int | None) -> Iterator[bytes]:
        stop = len(text) if stop is None else stop
        find, rfind = text.find, text.rfind
        while start < stop:
            end = find(b"\n", start, stop)
            if end < 0:
                end = stop
            head = start + _HEAD_BYTES
            head = head if head < end else end  # noqa: FURB136  (a call less for each line)
            if rfind(_SAID_BY_USER, start, head) < 0 and rfind(_USAGE, start, end) >= 0:
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


def _take(text: bytes, responses: Responses) -> str:
    """Count a line if it is usage; the reason in words, if it is and cannot be counted."""
    line = line_of(text)
    return "not readable as JSON" if line is None else _count_line(line, responses)


def _count_line(line: Line, responses: Responses) -> str:
    message = line.message
    if message is None:
        return ""
    usage, name = message.usage, message.model
    if usage is None or name == _SYNTHETIC:
        return ""
    if line.type != "assistant" and (line.type is not None or message.role == "user"):
        return ""
    responses.seen += 1
    second = second_of(line.timestamp)
    if second is None:
        return "without a usable time" if _has_tokens(usage) else ""
    model = responses.models.get(name)
    if model is None:
        model = responses.model(name)
    key = (message.id or "", line.requestId or "")
    row = _row(usage, second, model, 0 if line.isSidechain is True else MAIN)
    if row[0]:  # its total
        responses.add(key, row)
    if usage.iterations:
        _count_advisors(usage.iterations, key, second, responses)
    return ""


def _count_advisors(
    items: Sequence[Iteration], key: tuple[str, str], second: int, responses: Responses
) -> None:
    for position, item in enumerate(items):
        if _is_advisor(item):
            # Repeated with its response, so its place there is its identity.
            row = _row(item, second, responses.model(item.model), MAIN)
            responses.add((f"{key[0] or key[1]}\0{position}", ""), row)


def _has_tokens(usage: Usage) -> bool:
    advisors = usage.iterations or ()
    return _row(usage, 1, 0, 0)[TOTAL] > 0 or any(map(_is_advisor, advisors))


def _is_advisor(item: Iteration) -> bool:
    own_model = bool(item.model) and item.model != _SYNTHETIC
    return item.type == "advisor_message" and own_model and _row(item, 1, 0, 0)[TOTAL] > 0


def _row(usage: Usage | Iteration, second: int, model: int, flags: int) -> Row:
    """The figures of a line, without its link."""
    fresh, output = usage.input_tokens or 0, usage.output_tokens or 0
    cache_read, written = usage.cache_read_input_tokens or 0, usage.cache_creation_input_tokens
    split = usage.cache_creation
    five_minutes = one_hour = 0
    if split is not None:
        five_minutes = split.ephemeral_5m_input_tokens or 0
        one_hour = split.ephemeral_1h_input_tokens or 0
    cache_write = five_minutes + one_hour if written is None else written
    if (fresh | output | cache_read | cache_write | five_minutes | one_hour) >> _COUNT_BITS:
        fresh, output, cache_read = sane(fresh), sane(output), sane(cache_read)
        five_minutes, one_hour = sane(five_minutes), sane(one_hour)
        cache_write = five_minutes + one_hour if written is None else sane(written)
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
        min(one_hour, cache_write) if one_hour else 0,
        flags,
        1,
    )
