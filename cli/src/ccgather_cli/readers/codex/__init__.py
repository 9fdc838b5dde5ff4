"""Codex CLI: a rollout a thread, one JSON document a line; and saved `codex exec --json` output.

A response to one request is what counts. A rollout tells of it in a `token_count` event, with the
cumulative total of the thread and, in all but old files, what the last response burned. These
rules turn events into responses:

- **Repeats**: an event comes again with the same total whenever the rate limits are news. So a
  response is an event whose total differs from the one before; it burned `last_token_usage`, and
  where that is missing, the difference. The first event of a resumed thread has a total that
  others burned: its `last` counts.
- **Falling totals** (`totals.Totals`). All zeros: the context was full or compacted, nothing was
  burned, the count begins anew. A big fall, or a total that is its own `last`: the count began
  anew without zeros. A slight fall, or a total that was there before: an old snapshot that came
  late, unless the next event goes on from it. Without `last` a fall tells nothing but a new base.
- **Classes**: `input_tokens` includes what was read from and written to the cache,
  `output_tokens` includes reasoning. A part is never greater than its whole.
- **Records**: newer files write a `token_usage_record` beside each event, with the same numbers
  and the ids of session and response, and one alone for a compaction. An event and a record
  with the same numbers are one response; each of both counts where the other is missing, so a
  thread that an older version began counts whole. Its identity is then (session, response).
  A record that names another thread is a copy. `compacted` lines repeat a record.
- **Identity** of an event: turn id and total where turns have UUIDs, else its moment and total,
  within one thread. A rollout that was archived, moved or copied is the same thread.
- **Forks and sub-agents** begin with a copy of the parent's lines, with their old times or all
  stamped anew. Their own part begins where the log says it: at `subagent_history_start_ordinal`,
  at a record of their own, or at the first turn whose UUIDv7 is not older than the thread's. Where
  it says none of it, older times than the thread's birth are history, else the events at its
  start whose totals an ancestor's file has too. A sub-agent that begins empty is all its own.
- **Copied responses** whose original is gone still count, once, if their times were kept: they
  were burned on that day. Stamped anew they have no day, and do not count.
- **Model**: the latest `turn_context` before the event (or the event's own); before the first
  one, the first that follows. The provider is the thread's `model_provider`.
- **Saved output**: a `turn.completed` line is a turn, with the moment on its line.

What cannot be known: usage of responses that were interrupted before they reported any.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from ccgather_cli.machine import Machine
from ccgather_cli.readers.codex.ownership import settled
from ccgather_cli.readers.codex.rollout import CLIENT, Rollout
from ccgather_cli.readers.codex.shapes import line_of
from ccgather_cli.reading.facts import Facts, Row
from ccgather_cli.reading.files import files_below
from ccgather_cli.reading.interface import Found, LogFile, Progressed
from ccgather_cli.reading.lines import Lines

_HEAD_BYTES = 1 << 18
"""Enough for the `session_meta` lines at the start, each with its instructions."""
_LONGEST_HEAD_BYTES = 1 << 24
_MOMENT, _SAID = b'{"timestamp":"', b'","type":"response_item"'
_MOMENT_LENGTH = len(_MOMENT) + len("2026-05-02T10:02:00.000Z")
_COMPRESSED = ".jsonl.zst"
_COUNTS, _TURN = b'input_tokens"', b'"turn_context"'
_OUTPUT = (b'_tokens"', b'"thread.started"')


class CodexReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "Codex CLI"
    parser_version = 1
    appends = True

    def find(self, machine: Machine) -> Found:
        """Rollouts of threads and archived threads."""
        roots = [
            home / folder
            for home in _homes(machine)
            for folder in ("archived_sessions", "sessions")
        ]
        compressed: list[str] = []

        def is_rollout(name: str) -> bool:
            if name.endswith(_COMPRESSED):
                compressed.append(name)
            return name.endswith(".jsonl")

        found = files_below(roots, wanted=is_rollout)
        if not compressed:
            return found
        note = f"{len(compressed)} compressed rollouts (*{_COMPRESSED}) are there and not read"
        return replace(found, notes=(note,))

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """Every response in one rollout, copied history included; `settle` tells them apart."""
        if start < _HEAD_BYTES:
            # A thread's head is looked at as a whole, so a short file is read from its start.
            start = 0
            _forget(facts)
        rollout = Rollout(facts, log.path)
        with open(log.path, "rb", buffering=0) as file:
            head = b""
            if start:
                rollout.go_on()
            else:
                head = _head_of(file)
                rollout.head(head)
            if rollout.is_rollout:
                lines: Lines = _RolloutLines(
                    file, rollout, start=start, begun=head, progressed=progressed
                )
            else:
                lines = Lines(file, *_OUTPUT, _TURN, start=start, begun=head, progressed=progressed)
            for text in lines:
                line = line_of(text)
                if line is None:
                    facts.skip("not readable as JSON")
                    continue
                rollout.take(line)
                if line.type == "turn_context" and text.startswith(_MOMENT):
                    rollout.note_turn(text[_MOMENT_LENGTH:])
        rollout.keep()
        return lines.end

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """One row a response; see `ownership` for forks."""
        return settled(logs)


READER = CodexReader()


class _RolloutLines(Lines):
    """Lines with counts or turns; those that begin as what Codex said or ran are passed over.

    Most of a rollout are such lines, and long: to look at their start and for their end is less
    work than to search all of them for both needles. A turn that only says what the one before
    said is passed over too.
    """

    def __init__(
        self, file: BinaryIO, rollout: Rollout, *, start: int, begun: bytes, progressed: Progressed
    ) -> None:
        super().__init__(file, start=start, begun=begun, progressed=progressed)
        self._rollout = rollout

    def _hits(self, text: bytes, start: int, stop: int | None) -> Iterator[bytes]:
        stop = len(text) if stop is None else stop
        find, rfind, begins = text.find, text.rfind, text.startswith
        known = self._rollout.known_turn
        while start < stop:
            end = find(b"\n", start, stop)
            if end < 0:
                end = stop
            rest = start + _MOMENT_LENGTH
            if begins(_SAID, rest):
                passed_over = begins(_MOMENT, start)
            elif begins(known, rest):
                passed_over = end - rest == len(known) and begins(_MOMENT, start)
            else:
                passed_over = False
            if not passed_over and (
                rfind(_COUNTS, start, end) >= 0 or rfind(_TURN, start, end) >= 0
            ):
                yield text[start:end]
                known = self._rollout.known_turn
            start = end + 1


def _homes(machine: Machine) -> list[Path]:
    """Where Codex keeps its files: `CODEX_HOME`, else `~/.codex`.

    Another counter accepts a list with commas in the variable, so people have set one. A folder
    whose own name has a comma is still that folder.
    """
    named = machine.variable("CODEX_HOME")
    if not named:
        return [machine.home / ".codex"]
    if "," not in named or machine.expand(named).is_dir():
        return [machine.expand(named)]
    return [machine.expand(part.strip()) for part in named.split(",") if part.strip()]


def _forget(facts: Facts) -> None:
    for known in (facts.models, facts.sessions, facts.rows, facts.links, facts.attributes):
        known.clear()
    facts.skipped.clear()
    facts.records, facts.state = 0, {}


def _head_of(file: BinaryIO) -> bytes:
    """The start of a file, its first line whole unless it is absurdly long."""
    head = file.read(_HEAD_BYTES)
    while b"\n" not in head and len(head) < _LONGEST_HEAD_BYTES:
        more = file.read(_HEAD_BYTES)
        if not more:
            break
        head += more
    return head
