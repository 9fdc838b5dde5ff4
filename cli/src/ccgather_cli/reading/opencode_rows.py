"""The messages of OpenCode and of the tools made from it, as they stand in all of their stores.

The rules, and why, are in `ccgather_cli.readers.opencode`.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat

import msgspec

from ccgather_cli.reading.databases import opened, text
from ccgather_cli.reading.facts import (
    LINK,
    LONG,
    LONG_CONTEXT_TOKENS,
    SESSION,
    TOTAL,
    VARIANT,
    Facts,
    Row,
    link_of,
    sane,
)
from ccgather_cli.reading.interface import (
    LogFile,
    Progressed,
    UnreadableLogError,
)
from ccgather_cli.reading.lines import object_in
from ccgather_cli.reading.numbers import MAX_COUNT, count_of, text_of
from ccgather_cli.reading.opencode_stores import is_message
from ccgather_cli.reading.timestamps import second_of

_COUNT_BITS = MAX_COUNT.bit_length()
"""A negative or too large number is what is left after shifting by these."""


class _Cache(msgspec.Struct, gc=False):
    read: int | None = None
    write: int | None = None


class _Tokens(msgspec.Struct, gc=False):
    input: int | None = None
    output: int | None = None
    reasoning: int | None = None
    total: int | None = None
    cache: _Cache | None = None


class _Time(msgspec.Struct, gc=False):
    created: int | None = None
    completed: int | None = None


class _Model(msgspec.Struct, gc=False):
    id: str | None = None
    providerID: str | None = None  # noqa: N815  (the log's own names, here and below)


class Message(msgspec.Struct, gc=False):
    """A message's data; `type` is not in it where a column of its own says it."""

    id: str | None = None
    sessionID: str | None = None  # noqa: N815
    role: str | None = None
    type: str | None = None
    time: _Time | None = None
    modelID: str | None = None  # noqa: N815
    providerID: str | None = None  # noqa: N815
    model: _Model | None = None
    tokens: _Tokens | None = None


_decode = msgspec.json.Decoder(Message).decode
UNREADABLE = "not readable as JSON"
UNTIMED = "without a usable time"


def message_in(data: bytes) -> Message | None:
    """The message that `data` describes; None if it is not readable as one."""
    try:
        return _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        document = object_in(data)
        return None if document is None else _lenient(document)


def _lenient(document: dict[str, object]) -> Message:
    """What `_decode` gives, from data with fields of the wrong types."""
    time, model = _object(document.get("time")), _object(document.get("model"))
    tokens, cache = document.get("tokens"), None
    if isinstance(tokens, dict):
        cache = _object(tokens.get("cache"))
    return Message(
        id=text_of(document.get("id")),
        sessionID=text_of(document.get("sessionID")),
        role=text_of(document.get("role")),
        type=text_of(document.get("type")),
        time=_Time(created=_number(time.get("created")), completed=_number(time.get("completed"))),
        modelID=text_of(document.get("modelID")),
        providerID=text_of(document.get("providerID")),
        model=_Model(id=text_of(model.get("id")), providerID=text_of(model.get("providerID"))),
        tokens=None
        if cache is None or not isinstance(tokens, dict)
        else _Tokens(
            input=count_of(tokens.get("input")),
            output=count_of(tokens.get("output")),
            reasoning=count_of(tokens.get("reasoning")),
            total=count_of(tokens.get("total")),
            cache=_Cache(read=count_of(cache.get("read")), write=count_of(cache.get("write"))),
        ),
    )


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _number(value: object) -> int | None:
    """A moment in milliseconds, however it is spelled."""
    if isinstance(value, str) and (second := second_of(value)) is not None:
        plain = count_of(value)
        return second * 1000 if plain is None else plain
    return count_of(value)


class _Responses:
    """Takes the responses of one store in."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._models: dict[tuple[str | None, str | None], int] = {}
        self._sessions: dict[str, int] = {}

    def take(self, message: Message, *, key: str, session: str, moment: object = None) -> None:
        """Count a response. `key` is its id, `moment` when it was made if the data does not say."""
        tokens = message.tokens
        if tokens is None:
            return
        figures = _figures(tokens)
        fresh, output, read, written, reasoning = figures
        total = fresh + output + read + written + reasoning
        if not total:
            return
        self._facts.records += 1
        time = message.time or _NO_TIME
        second = second_of(time.created) or second_of(moment)
        if second is None:
            self._facts.skip(UNTIMED)
            return
        chosen = message.model or _NO_MODEL
        model = message.modelID or chosen.id
        provider = message.providerID or chosen.providerID
        # What a fork leaves as it was: everything but the ids.
        identity = f"{time.created or moment}\0{time.completed}\0{provider}\0{model}\0{figures}"
        long = fresh + read + written > LONG_CONTEXT_TOKENS
        self._facts.take(
            (
                total,
                link_of(self._facts.client, identity),
                link_of("", key) if key else 0,
                second,
                self._model(model, provider),
                self._session(session),
                *figures,
                0,
                LONG if long else 0,
                1,
            )
        )

    def _model(self, model: str | None, provider: str | None) -> int:
        number = self._models.get((model, provider))
        if number is None:
            number = self._facts.model_number(model, provider)
            self._models[model, provider] = number
        return number

    def _session(self, session: str) -> int:
        """The session's number; files that tell of the same session are looked at together."""
        number = self._sessions.get(session)
        if number is None:
            number = self._sessions[session] = self._facts.session_number(session)
            self._facts.links.add(link_of(self._facts.client, f"session:{session}"))
        return number


_NO_TIME, _NO_MODEL, _NO_CACHE = _Time(), _Model(), _Cache()


def _figures(tokens: _Tokens) -> tuple[int, int, int, int, int]:
    """(input, output, cache read, cache write, reasoning), each token once."""
    cache = tokens.cache or _NO_CACHE
    fresh, output = tokens.input or 0, tokens.output or 0
    read, written = cache.read or 0, cache.write or 0
    reasoning = tokens.reasoning or 0
    if (fresh | output | read | written | reasoning) >> _COUNT_BITS:
        fresh, output, read = sane(fresh), sane(output), sane(read)
        written, reasoning = sane(written), sane(reasoning)
    if reasoning and tokens.total == fresh + output + read + written:
        reasoning = min(reasoning, output)
        output -= reasoning
    return fresh, output, read, written, reasoning


def read_database(log: LogFile, facts: Facts, progressed: Progressed) -> None:
    """Every response in both tables of a database."""
    progress = _Progress(log.size, progressed)
    responses = _Responses(facts)
    with opened(log.path) as database:
        tables = database.tables()
        known = tables & {"message", "session_message"}
        if tables and not known:
            message = "a database of another layout: neither `message` nor `session_message`"
            raise UnreadableLogError(message)
        for table in sorted(known):
            columns = database.columns(table)
            if not {"id", "session_id", "data"} <= columns:
                message = f"a database of another layout: columns are missing in `{table}`"
                raise UnreadableLogError(message)
            query = database.chosen(table, "id", "session_id", "data", "time_created")
            if table == "session_message" and "type" in columns:
                query += " WHERE type = 'assistant'"
            has_role = table == "message"
            for key, session, data, moment in database.rows(query):
                if not isinstance(data, bytes) or b'"tokens"' not in data:
                    continue
                progress.add(len(data))
                parsed = message_in(data)
                if parsed is None:
                    facts.records += 1
                    facts.skip(UNREADABLE)
                elif parsed.role == "assistant" or not has_role:
                    responses.take(parsed, key=text(key), session=text(session), moment=moment)
    progress.end()


class _Progress:
    """Tells of a database's bytes as its rows go by, now and then, and at the end of the rest."""

    def __init__(self, size: int, progressed: Progressed) -> None:
        self._left, self._untold = size, 0
        self._progressed = progressed

    def add(self, count: int) -> None:
        """So many bytes more."""
        self._untold += count
        if self._untold >= _TOLD_AT_ONCE:
            self.tell(min(self._untold, self._left))

    def end(self) -> None:
        """All of it."""
        self.tell(self._left)

    def tell(self, count: int) -> None:
        """Tell of `count` bytes."""
        self._progressed(count)
        self._left -= count
        self._untold = 0


_TOLD_AT_ONCE = 1 << 20


def read_folder(log: LogFile, facts: Facts, progressed: Progressed) -> None:
    """Every response of a session in the older store: a folder with a document a message."""
    trouble: OSError | None = None
    responses = _Responses(facts)
    for name in sorted(os.listdir(log.path)):
        if not is_message(name):
            continue
        try:
            with open(f"{log.path}{os.sep}{name}", "rb", buffering=0) as file:
                data = file.read()
        except (FileNotFoundError, IsADirectoryError):
            continue
        except OSError as problem:
            trouble = problem
            continue
        progressed(len(data))
        if b'"tokens"' not in data:
            continue
        message = message_in(data)
        if message is None:
            facts.records += 1
            facts.skip(UNREADABLE)
        elif message.role == "assistant":
            session = message.sessionID or os.path.basename(log.path)
            key = message.id or name.removesuffix(".json")
            responses.take(message, key=key, session=session)
    if trouble is not None:
        raise trouble


def settled(logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
    """Each id once, by its greatest total; then what forks copied under other ids, once.

    Copies stand in other sessions, so two equal responses in one session are two: of a response
    with the same figures and moments everywhere as many count as the fullest session has.
    """
    if len(logs) == 1:
        rows = logs[0].rows
        if len({row[LINK] for row in rows}) == len({row[VARIANT] for row in rows}) == len(rows):
            return zip(repeat(logs[0]), rows)
    return _settled(logs)


def _settled(logs: Sequence[Facts]) -> Iterator[tuple[Facts, Row]]:
    by_id: dict[int, tuple[Facts, Row]] = {}
    for facts in logs:
        for row in facts.rows:
            key = row[VARIANT] or row[LINK]
            known = by_id.get(key)
            if known is None or row[TOTAL] > known[1][TOTAL]:
                by_id[key] = (facts, row)
    names = {id(facts): list(facts.sessions) for facts in logs}
    first: dict[int, tuple[Facts, Row]] = {}
    several: dict[int, list[tuple[Facts, Row]]] = defaultdict(list)
    for item in by_id.values():
        link = item[1][LINK]
        known = first.setdefault(link, item)
        if known is not item:
            if not several[link]:
                several[link].append(known)
            several[link].append(item)
    for link, item in first.items():
        if link not in several:
            yield item
            continue
        sessions: dict[str, list[tuple[Facts, Row]]] = defaultdict(list)
        for copy in several[link]:
            sessions[names[id(copy[0])][copy[1][SESSION]]].append(copy)
        yield from max(sessions.values(), key=len)
