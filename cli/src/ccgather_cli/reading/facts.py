"""What one log tells: rows of figures, one a response, small enough to keep for every log.

A row is a plain tuple of integers (a history of a year has hundreds of thousands of them); names
are kept beside, once each. `link` is a 64-bit digest of what makes a response the same response
wherever it is written: files that share a link are looked at together, the others never meet.
"""

from array import array
from collections import Counter
from functools import partial
from hashlib import blake2b
from typing import TypeAlias, cast

import msgspec

from ccgather_cli.reading.numbers import MAX_COUNT
from ccgather_cli.reading.providers import provider_of

Row: TypeAlias = tuple[int, ...]
(
    TOTAL,
    LINK,
    VARIANT,
    SECOND,
    MODEL,
    SESSION,
    INPUT,
    OUTPUT,
    CACHE_READ,
    CACHE_WRITE,
    REASONING,
    CACHE_WRITE_1H,
    FLAGS,
    MESSAGES,
) = range(14)
"""The columns of a row. `SECOND` counts from 1970, UTC. `LINK` 0: like no other row."""

LONG = 1
"""The request's input, cache included, was longer than the long-context threshold."""
MAIN = 2
"""For a reader's own use: the row stands in the main chain of a session."""
ESTIMATE = 4
"""The log gives the tokens exactly, and only an approximation of their day."""

LONG_CONTEXT_TOKENS = 200_000
"""A request with more input than this, cache included, has another price for some models."""

NAME_LENGTH = 200
UNNAMED_MODEL = "unknown"


_number = int.from_bytes
_digest = partial(blake2b, digest_size=8)
"""Half the time of naming the size at every call."""


def link_of(client: str, identity: str) -> int:
    """The link of a response, 1 to 2^64-1. The same in every process and on every machine.

    Also what an evidence sketch is made from (`docs/evidence.md`), so `identity` must be what the
    tool gave the response, never a path or anything else of this machine.
    """
    return _number(_digest(bytes_of(f"{client}\0{identity}")).digest(), "big") or 1


def bytes_of(text: str) -> bytes:
    """UTF-8; `?` for half a surrogate pair, which has none."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="replace")


def model_name(model: object) -> str:
    """A model's name as it may be sent: one line of at most 200 letters, never empty."""
    name = model.strip() if isinstance(model, str) else ""
    if not name.isprintable():
        name = "".join(letter for letter in name if letter.isprintable())
    return name[:NAME_LENGTH] or UNNAMED_MODEL


class Facts:
    """What one log tells. `client` is the reader's.

    `models` are (model, provider) pairs, `sessions` the tool's names of sessions, each by its
    number in the rows. `links` are links of the file as a whole, beside those of its rows.
    `attributes` and `state` are for the reader: what `settle` needs to know of a file, and what
    `extract` needs to go on where it ended. `records` counts what looked like a response,
    whether it could be counted or not; `skipped` counts what could not be, by the reason in words.
    """

    __slots__ = (
        "_places",
        "attributes",
        "client",
        "links",
        "models",
        "records",
        "rows",
        "sessions",
        "skipped",
        "state",
    )

    def __init__(self, client: str) -> None:
        self.client = client
        self.models: dict[tuple[str, str], int] = {}
        self.sessions: dict[str, int] = {}
        self.rows: list[Row] = []
        self.links: set[int] = set()
        self.attributes: dict[str, str] = {}
        self.state: dict[str, object] = {}
        self.records = 0
        self.skipped: Counter[str] = Counter()
        self._places: dict[tuple[int, int], int] | None = {}

    def add(
        self,
        *,
        identity: str,
        second: int,
        model: object,
        provider: object = None,
        input: int = 0,
        output: int = 0,
        cache_read: int = 0,
        cache_write: int = 0,
        reasoning: int = 0,
        cache_write_1h: int = 0,
        variant: str = "",
        session: str = "",
        messages: int = 1,
        flags: int = 0,
        is_request: bool = True,
    ) -> None:
        """A response, or a sum of `messages` of them where the log has no single ones.

        `identity` is what the same response has in every copy ("" for a row that has no copy that
        could be told from it), `variant` what tells two rows of one identity apart for `settle`.
        The classes are disjoint counts of tokens; `cache_write_1h` is a part of `cache_write`.
        `provider` is the log's own word, else told from the model's name. `is_request` is false
        for sums of several requests, which say nothing of how long one was. Of two rows with the
        same identity and variant the one with the greater total stays, of equals the first.
        Nothing happens for a row without tokens.
        """
        total = input + output + cache_read + cache_write + reasoning
        if total <= 0:
            return
        if is_request and input + cache_read + cache_write > LONG_CONTEXT_TOKENS:
            flags |= LONG
        self.take(
            (
                total,
                link_of(self.client, identity) if identity else 0,
                link_of("", variant) if variant else 0,
                second,
                self.model_number(model, provider),
                self.session_number(session),
                input,
                output,
                cache_read,
                cache_write,
                reasoning,
                min(cache_write_1h, cache_write),
                flags,
                messages,
            )
        )

    def take(self, row: Row) -> None:
        """A row as `add` makes it. `MAIN` is kept from either of two rows with one identity."""
        key = (row[LINK], row[VARIANT])
        if not key[0]:
            self.rows.append(row)
            return
        place = self.places.setdefault(key, len(self.rows))
        if place == len(self.rows):
            self.rows.append(row)
            return
        known = self.rows[place]
        kept, other = (row, known) if row[TOTAL] > known[TOTAL] else (known, row)
        if other[FLAGS] & MAIN and not kept[FLAGS] & MAIN:
            kept = (*kept[:FLAGS], kept[FLAGS] | MAIN, kept[MESSAGES])
        self.rows[place] = kept

    def take_all(self, rows: list[Row]) -> None:
        """Many rows at once: faster where nothing is known yet and no two share a link."""
        if self.rows or len({row[LINK] for row in rows}) != len(rows):
            for row in rows:
                self.take(row)
            return
        self.rows = rows
        self._places = None

    @property
    def places(self) -> dict[tuple[int, int], int]:
        """Where the row of each (link, variant) is. Do not change."""
        if self._places is None:
            self._places = {
                (row[LINK], row[VARIANT]): place for place, row in enumerate(self.rows) if row[LINK]
            }
        return self._places

    def model_number(self, model: object, provider: object = None) -> int:
        """The number of a model and its provider, made when they are new."""
        name = model_name(model)
        text = provider.strip() if isinstance(provider, str) else ""
        if not text or len(text) > _PROVIDER_LENGTH or not text.isprintable():
            text = provider_of(name)
        return self.models.setdefault((name, text), len(self.models))

    def session_number(self, session: str) -> int:
        """The number of a session, made when it is new."""
        return self.sessions.setdefault(session, len(self.sessions))

    def skip(self, reason: str) -> None:
        """Note something that looked like usage and cannot be counted, with the reason."""
        self.skipped[reason] += 1

    def all_links(self) -> "array[int]":
        """The links of the rows and of the file, each once."""
        links = {row[LINK] for row in self.rows} | self.links
        links.discard(0)
        return array("Q", links)


_PROVIDER_LENGTH = 96


_Row: TypeAlias = tuple[
    int, int, int, int, int, int, int, int, int, int, int, int, int, int
]  # as many as there are columns: a stored row of another length is refused


class _Packed(msgspec.Struct, array_like=True):
    client: str
    models: list[tuple[str, str]]
    sessions: list[str]
    rows: list[_Row]
    attributes: dict[str, str]
    links: list[int]
    state: dict[str, object]
    records: int
    skipped: dict[str, int]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Packed).decode


def packed(facts: Facts) -> bytes:
    """Facts as bytes, each number in the narrowest width that holds it."""
    return _encode(
        _Packed(
            facts.client,
            list(facts.models),
            list(facts.sessions),
            cast("list[_Row]", facts.rows),
            facts.attributes,
            sorted(facts.links),
            facts.state,
            facts.records,
            dict(facts.skipped),
        )
    )


def unpacked(content: bytes) -> Facts:
    """The facts that `packed` made bytes of. Raises `msgspec.DecodeError`, `ValueError`."""
    stored = _decode(content)
    facts = Facts(stored.client)
    facts.models = {(model, provider): n for n, (model, provider) in enumerate(stored.models)}
    facts.sessions = {session: number for number, session in enumerate(stored.sessions)}
    facts.rows = cast("list[Row]", stored.rows)
    facts.attributes = stored.attributes
    facts.links = set(stored.links)
    facts.state = stored.state
    facts.records = stored.records
    facts.skipped = Counter(stored.skipped)
    facts._places = None  # noqa: SLF001  (made when it is needed)
    return facts


def sane(value: int) -> int:
    """A count that the contract can carry: 0 for a negative or damaged one."""
    return value if 0 <= value <= MAX_COUNT else 0
