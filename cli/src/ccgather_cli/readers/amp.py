"""Amp: threads, each one JSON document that is rewritten as a whole.

A response can be told twice in a thread: by an event of `usageLedger`, which has the time, and
by `usage` of the message that it became, which often has the only cache numbers. The rules, each
with its reason:

- **One response**: an event and the message that its `toMessageId` names. Each class is what the
  event says, else what the message says. Of several events for one message each counts, and the
  message's numbers complete the one that has the same input and output, else the first: the
  others are requests whose message is gone (an answer that was edited or tried again).
- **Events without a `toMessageId`** belong to the first message that no other event covers and
  that has the same model, input and output; else they stand for themselves.
- **Messages that no event covers** count too: the ledger is younger than Amp, and can be empty.
- **Classes**: the four numbers are disjoint. Events with credits and no tokens, of which the
  message knows nothing either, tell nothing.
- **Day**: the event's time; else `usage.timestamp` of the message; else the thread's `created`
  and a second a message, else the time of the file. The last two are estimates.
- **Identity**: the thread's own id (in the document, not the file's name) with the event's id and
  time, or with the message's id. Of two copies of a thread one can have an event where the other
  has only the message yet: the event's counts.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

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
from ccgather_cli.reading.facts import ESTIMATE, FLAGS, MAIN, VARIANT, Facts, Row, link_of
from ccgather_cli.reading.files import files_below
from ccgather_cli.reading.interface import Found, LogFile, Progressed
from ccgather_cli.reading.numbers import count_of, text_of
from ccgather_cli.reading.settling import greatest_of
from ccgather_cli.reading.timestamps import second_of

CLIENT = "amp"

_CREATED = re.compile(r'"created"\s*:\s*(\d{10,16})\b')

_Figures = tuple[int, int, int, int]
"""Input, output, cache read, cache write."""


class _Tokens(msgspec.Struct, gc=False):
    input: Any = None
    output: Any = None
    cacheReadInputTokens: Any = None  # noqa: N815  (the log's own names)
    cacheCreationInputTokens: Any = None  # noqa: N815


class _Event(msgspec.Struct, gc=False):
    id: Any = None
    timestamp: Any = None
    model: Any = None
    tokens: _Tokens | None = None
    toMessageId: Any = None  # noqa: N815


class _Usage(msgspec.Struct, gc=False):
    model: Any = None
    inputTokens: Any = None  # noqa: N815
    outputTokens: Any = None  # noqa: N815
    cacheReadInputTokens: Any = None  # noqa: N815
    cacheCreationInputTokens: Any = None  # noqa: N815
    timestamp: Any = None


class _Message(msgspec.Struct, gc=False):
    role: Any = None
    messageId: Any = None  # noqa: N815
    usage: _Usage | None = None


class _Ledger(msgspec.Struct, gc=False):
    events: list[_Event] | None = None


class _Thread(msgspec.Struct, gc=False):
    id: Any = None
    created: Any = None
    messages: list[_Message] | None = None
    usageLedger: _Ledger | None = None  # noqa: N815


_Record = TypeVar("_Record", _Event, _Message)
_decode_thread = msgspec.json.Decoder(_Thread).decode


class AmpReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "Amp"
    parser_version = 1
    appends = False

    def find(self, machine: Machine) -> Found:
        """Threads in Amp's data folder."""
        return files_below(_roots(machine), wanted=_is_thread)

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """Every response of one thread."""
        del start
        thread = _thread_in(content_of(log, progressed), facts)
        _Told(log, facts, thread).tell()
        return 0

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """Each response once over all copies of its thread."""
        return greatest_of(logs) if len(logs) == 1 else _settled(logs)


READER = AmpReader()


def _roots(machine: Machine) -> list[Path]:
    roots = [machine.folder("XDG_DATA_HOME", ".local", "share") / "amp" / "threads"]
    if machine.system == "windows":
        roots.append(machine.folder("LOCALAPPDATA", "AppData", "Local") / "amp" / "threads")
    elif machine.system == "macos":
        roots.append(machine.home / "Library" / "Application Support" / "amp" / "threads")
    named = machine.variable("AMP_DATA_DIR")  # another counter's
    parts = [machine.expand(part.strip()) for part in named.split(",") if part.strip()]
    return roots + [part / "threads" for part in parts]


def _is_thread(name: str) -> bool:
    return name.startswith("T-") and name.endswith(".json")


def _settled(logs: Sequence[Facts]) -> Iterator[tuple[Facts, Row]]:
    """Rows of messages whose event another copy of the thread has do not count beside it."""
    settled = list(greatest_of(logs))
    told = {row[VARIANT] for _, row in settled if row[FLAGS] & MAIN and row[VARIANT]}
    for facts, row in settled:
        if row[FLAGS] & MAIN or row[VARIANT] not in told:
            yield facts, row


def _thread_in(content: bytes, facts: Facts) -> _Thread:
    """The thread, or what can be read of it."""
    thread = decoded(content, _decode_thread)
    if thread is not None:
        return thread
    text = text_in(content)
    document = document_in(text)
    if isinstance(document, dict):
        about, ledger = document, document.get("usageLedger")
    else:
        facts.skip("a file that is not whole")
        about, ledger = _start_of(text), None
    whole_ledger = text if not isinstance(document, dict) else ""
    events = converted(part_of(ledger, whole_ledger, "events"), _Event)
    messages = converted(part_of(document, text, "messages"), _Message)
    return _Thread(
        id=about.get("id"),
        created=about.get("created"),
        messages=list(_readable(messages, facts)),
        usageLedger=_Ledger(list(_readable(events, facts))),
    )


def _start_of(text: str) -> dict[str, object]:
    """What a thread that is not whole says of itself before its messages."""
    found = _CREATED.search(text)
    return {"created": int(found[1])} if found else {}


def _readable(records: Iterable[_Record | None], facts: Facts) -> Iterator[_Record]:
    for record in records:
        if record is None:
            facts.skip("a record in a shape that is not known")
        else:
            yield record


class _Told:
    """What a thread tells of responses."""

    def __init__(self, log: LogFile, facts: Facts, thread: _Thread) -> None:
        self._facts = facts
        self._thread = text_of(thread.id) or Path(log.path).stem
        self._created = second_of(thread.created)
        self._file_second = log.changed // 1_000_000_000
        events = (thread.usageLedger.events if thread.usageLedger else None) or []
        self._events = _each_once(events)
        self._figures = [_event_figures(event) for event in self._events]
        self._messages = _with_usage(thread.messages or [])
        self._covers: dict[int, _Message] = {}
        facts.links.add(link_of(CLIENT, f"thread\0{self._thread}"))

    def tell(self) -> None:
        """Give the facts every response."""
        by_message, loose = self._by_message()
        for message_id, message in self._messages.items():
            usage = message.usage or _Usage()
            figures = _message_figures(usage)
            linked = by_message.get(message_id, [])
            place = self._same_in(linked, usage, figures)
            if place is None:
                alike = loose.get((text_of(usage.model), figures[:2]))
                place = alike.pop(0) if alike else self._first_in(linked)
            if place is None:
                self._add_message(message_id, message)
                continue
            self._covers[place] = message
            own = self._figures[place]
            self._figures[place] = (
                own[0] or figures[0],
                own[1] or figures[1],
                own[2] or figures[2],
                own[3] or figures[3],
            )
        for place, event in enumerate(self._events):
            self._add_event(place, event)

    def _by_message(
        self,
    ) -> tuple[dict[str, list[int]], dict[tuple[str | None, tuple[int, ...]], list[int]]]:
        """The places of the events of each message, and of those that name none."""
        by_message: dict[str, list[int]] = {}
        loose: dict[tuple[str | None, tuple[int, ...]], list[int]] = {}
        for place, event in enumerate(self._events):
            message_id = text_of(event.toMessageId)
            if message_id is not None:
                by_message.setdefault(message_id, []).append(place)
            elif any(self._figures[place]):
                alike = (text_of(event.model), self._figures[place][:2])
                loose.setdefault(alike, []).append(place)
        return by_message, loose

    def _same_in(self, places: Sequence[int], usage: _Usage, figures: _Figures) -> int | None:
        """Which of these events has a message's own numbers."""
        for place in places:
            same_model = text_of(self._events[place].model) in (None, text_of(usage.model))
            if same_model and self._figures[place][:2] == figures[:2]:
                return place
        return None

    def _first_in(self, places: Sequence[int]) -> int | None:
        """Which of these events a message with other numbers belongs to."""
        with_tokens = [place for place in places if any(self._figures[place])]
        return next(iter(with_tokens or places), None)

    def _add_event(self, place: int, event: _Event) -> None:
        figures = self._figures[place]
        if not any(figures):
            return
        message = self._covers.get(place)
        usage = message.usage if message and message.usage else _Usage()
        message_id = text_of(event.toMessageId) or (text_of(message.messageId) if message else "")
        second = second_of(event.timestamp)
        flags = MAIN
        if second is None:
            second, is_exact = self._second(usage, message_id or "")
            flags |= 0 if is_exact else ESTIMATE
        self._add(
            "\0".join(("event", *_name_of(event))),
            message_id or "",
            (second, text_of(event.model) or text_of(usage.model) or "", flags),
            figures,
        )

    def _add_message(self, message_id: str, message: _Message) -> None:
        usage = message.usage or _Usage()
        second, is_exact = self._second(usage, message_id)
        self._add(
            f"message\0{message_id}",
            message_id,
            (second, text_of(usage.model) or "", 0 if is_exact else ESTIMATE),
            _message_figures(usage),
        )

    def _second(self, usage: _Usage, message_id: str) -> tuple[int, bool]:
        """When a message was answered, and whether that is more than a guess."""
        second = second_of(usage.timestamp)
        if second is not None:
            return second, True
        if self._created is None:
            return self._file_second, False
        return self._created + (int(message_id) if message_id.isdecimal() else 0), False

    def _add(
        self, name: str, message_id: str, about: tuple[int, str, int], figures: _Figures
    ) -> None:
        second, model, flags = about
        self._facts.records += 1
        self._facts.add(
            identity=f"{self._thread}\0{name}",
            variant=f"{self._thread}\0{message_id}" if message_id else "",
            second=second,
            model=model,
            input=figures[0],
            output=figures[1],
            cache_read=figures[2],
            cache_write=figures[3],
            session=self._thread,
            flags=flags,
        )


def _name_of(event: _Event) -> tuple[str, str, str]:
    """What an event has in every copy of its thread."""
    parts = (event.id, event.timestamp, event.toMessageId)
    return text_of(parts[0]) or "", text_of(parts[1]) or "", text_of(parts[2]) or ""


def _each_once(events: Iterable[_Event]) -> list[_Event]:
    """Events that a ledger has twice, once: those with more tokens."""
    found: dict[object, _Event] = {}
    for place, event in enumerate(events):
        name: object = _name_of(event) if event.id is not None else place
        known = found.get(name)
        if known is None or sum(_event_figures(event)) > sum(_event_figures(known)):
            found[name] = event
    return list(found.values())


def _with_usage(messages: Iterable[_Message]) -> dict[str, _Message]:
    """The assistant's messages that have numbers, by their id; the greater of two with one id."""
    found: dict[str, _Message] = {}
    for place, message in enumerate(messages):
        if message.usage is None or message.role not in ("assistant", None):
            continue
        figures = _message_figures(message.usage)
        message_id = text_of(message.messageId) or f"#{place}"
        known = found.get(message_id)
        if any(figures) and (
            known is None or sum(figures) > sum(_message_figures(known.usage or _Usage()))
        ):
            found[message_id] = message
    return found


def _event_figures(event: _Event) -> _Figures:
    tokens = event.tokens or _Tokens()
    return (
        count_of(tokens.input) or 0,
        count_of(tokens.output) or 0,
        count_of(tokens.cacheReadInputTokens) or 0,
        count_of(tokens.cacheCreationInputTokens) or 0,
    )


def _message_figures(usage: _Usage) -> _Figures:
    return (
        count_of(usage.inputTokens) or 0,
        count_of(usage.outputTokens) or 0,
        count_of(usage.cacheReadInputTokens) or 0,
        count_of(usage.cacheCreationInputTokens) or 0,
    )
