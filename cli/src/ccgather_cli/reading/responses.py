"""Responses that logs write several times: which line of each counts.

For tools whose lines carry a message id and a request id. One response costs about 250 bytes,
whatever the size of the lines it came from.
"""

from array import array
from collections.abc import Iterator
from typing import NamedTuple

from ccgather_cli.reading.providers import provider_of
from ccgather_cli.reading.tally import Counts, Slot, Tally
from ccgather_cli.reading.timestamps import DAY_SECONDS, day_of


class Tokens(NamedTuple):
    """What one line says a response burned; `cache_write_1h` is a part of `cache_write`."""

    input: int
    output: int
    cache_read: int
    cache_write: int
    cache_write_1h: int

    @property
    def total(self) -> int:
        """All classes together."""
        return self.input + self.output + self.cache_read + self.cache_write


class Identity(NamedTuple):
    """Which response a line says it belongs to; "" for an id that is missing."""

    message_id: str
    request_id: str
    side_chain: bool


class _Line(NamedTuple):
    """The most complete line of a response so far. `second` counts from 1970, UTC."""

    total: int
    second: int
    model: int
    tokens: Tokens


_NONE = -1
_REQUEST, _MAIN, _NEXT = range(3)
_LINKS = 3
_FIGURES = 8
"""total, second, model, and the five of `Tokens`."""
_EMPTY = (0,) * _FIGURES


class Responses:
    """Takes lines in the order of the paths, gives each response once.

    Rows of two flat arrays instead of objects: a million responses are an ordinary history of
    a year. `_links` holds who a row is (its request, whether a line of the main chain was seen,
    the next row with the same message id), `_figures` its most complete line.
    """

    def __init__(self, *, long_context_tokens: int) -> None:
        self._long_context_tokens = long_context_tokens
        self._first_row: dict[str, int] = {}
        self._links = array("q")
        self._figures = array("q")
        self._models: dict[str, int] = {}
        self._advisors: dict[int, dict[int, _Line]] = {}

    def add(self, identity: Identity, *, second: int, model: str, tokens: Tokens) -> int:
        """Take a line in. Gives the row of its response."""
        row = self._row_of(identity)
        if not identity.side_chain:
            self._links[row * _LINKS + _MAIN] = 1
        fresh, output, cache_read, cache_write, one_hour = tokens
        total = fresh + output + cache_read + cache_write
        at = row * _FIGURES
        if total > self._figures[at]:
            number = self._models.setdefault(model, len(self._models))
            figures = (total, second, number, fresh, output, cache_read, cache_write, one_hour)
            self._figures[at : at + _FIGURES] = array("q", figures)
        return row

    def add_advisor(self, row: int, position: int, second: int, model: str, tokens: Tokens) -> None:
        """Take in what another model burned on behalf of the response in `row`.

        It is repeated with its response, so `position` is its identity there, and it counts
        only if that response does.
        """
        items = self._advisors.setdefault(row, {})
        known = items.get(position)
        if known is None or tokens.total > known.total:
            items[position] = _Line(
                tokens.total, second, self._models.setdefault(model, len(self._models)), tokens
            )

    def tell(self, tally: Tally, *, client: str) -> None:
        """Add every response to `tally`, once."""
        names = tuple(self._models)
        known: dict[tuple[int, int], Counts] = {}
        for line in self._lines():
            if not line.total:
                continue  # the top level of a response whose tokens were all its advisor's
            key = (line.second // DAY_SECONDS, line.model)
            counts = known.get(key)
            if counts is None:
                name = names[line.model]
                slot = Slot(day_of(line.second), client, name, provider_of(name))
                counts = known[key] = tally.at(slot)
            _book(counts, line.tokens)
            if line.total - line.tokens.output > self._long_context_tokens:
                _book_long(counts, line.tokens)

    def _row_of(self, identity: Identity) -> int:
        message_id, request_id, _ = identity
        if not message_id and not request_id:
            return self._new_row(0)
        # A hash within one message id: two requests of it that collide are as good as none.
        request = hash(request_id) if message_id and request_id else 0
        key = message_id or f"\0{request_id}"
        row = self._first_row.get(key)
        if row is None:
            row = self._first_row[key] = self._new_row(request)
            return row
        links = self._links
        while links[row * _LINKS + _REQUEST] != request:
            following = links[row * _LINKS + _NEXT]
            if following == _NONE:
                following = links[row * _LINKS + _NEXT] = self._new_row(request)
            row = following
        return row

    def _new_row(self, request: int) -> int:
        row = len(self._links) // _LINKS
        self._links.extend((request, 0, _NONE))
        self._figures.extend(_EMPTY)
        return row

    def _lines(self) -> Iterator[_Line]:
        links = self._links
        chained = {links[at] for at in range(_NEXT, len(links), _LINKS)}
        for row in range(len(links) // _LINKS):
            if row in chained:
                continue  # reached from the first row of its message id
            kept = [row] if links[row * _LINKS + _NEXT] == _NONE else self._kept(row)
            for each in kept:
                yield self._line(each)
                yield from self._advisors.get(each, {}).values()

    def _kept(self, first: int) -> list[int]:
        """Which rows with one message id are responses of their own.

        Rows of the main chain are, each with its request. Side chains repeat the parent under
        other requests: one of them counts if nothing of the main chain is left. A row without a
        request can be any of the others, so it only counts in the place of a smaller one.
        """
        chain = []
        row = first
        while row != _NONE:
            chain.append(row)
            row = self._links[row * _LINKS + _NEXT]
        main = [row for row in chain if self._links[row * _LINKS + _MAIN]]
        candidates = main or [max(chain, key=self._total)]
        named = [row for row in candidates if self._links[row * _LINKS + _REQUEST]]
        unnamed = [row for row in candidates if not self._links[row * _LINKS + _REQUEST]]
        if not named or not unnamed:
            return candidates
        largest = max(named, key=self._total)
        if self._total(unnamed[0]) > self._total(largest):
            named[named.index(largest)] = unnamed[0]
        return named

    def _total(self, row: int) -> int:
        return self._figures[row * _FIGURES]

    def _line(self, row: int) -> _Line:
        at = row * _FIGURES
        total, second, model, *tokens = self._figures[at : at + _FIGURES]
        return _Line(total, second, model, Tokens(*tokens))


def _book(counts: Counts, tokens: Tokens) -> None:
    counts.messages += 1
    counts.input += tokens.input
    counts.output += tokens.output
    counts.cache_read += tokens.cache_read
    counts.cache_write += tokens.cache_write
    counts.cache_write_1h += tokens.cache_write_1h


def _book_long(counts: Counts, tokens: Tokens) -> None:
    counts.long_input += tokens.input
    counts.long_output += tokens.output
    counts.long_cache_read += tokens.cache_read
    counts.long_cache_write += tokens.cache_write
