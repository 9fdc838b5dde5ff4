"""Which lines of transcripts are the same response, and which of them counts."""

from collections.abc import Iterable, Sequence
from zlib import crc32

from ccgather_cli.reading.facts import (
    FLAGS,
    LINK,
    MAIN,
    SECOND,
    TOTAL,
    VARIANT,
    Facts,
    Row,
    bytes_of,
    link_of,
)

CLIENT = "claude"


_Key = tuple[str, str]
"""(message id, request id), "" for one that is missing."""


class Responses:
    """The responses of one transcript while it is read, each by its most complete line.

    Identities stay text until the end: the four lines of a streamed response cost one digest.
    `seen` counts what says that it is a response, whatever its figures: `doctor` compares both.
    `models` are the numbers of the models so far.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._rows: dict[_Key, Row] = {}
        self._unnamed: list[Row] = []
        self.models: dict[str | None, int] = {}
        self.seen = 0

    def add(self, key: _Key, row: Row) -> None:
        """Take a line in, as a row without its link."""
        known = self._rows.setdefault(key, row)
        if known is row:
            return
        if key == _NAMELESS:
            self._unnamed.append(row)
            return
        kept = row if row[TOTAL] > known[TOTAL] else known
        if row[FLAGS] != known[FLAGS] and (row[FLAGS] | known[FLAGS]) & MAIN:
            kept = (*kept[:FLAGS], kept[FLAGS] | MAIN, kept[FLAGS + 1])
        self._rows[key] = kept

    def model(self, name: str | None) -> int:
        """The number of a model."""
        number = self.models.get(name)
        if number is None:
            number = self.models[name] = self._facts.model_number(name)
        return number

    def tell(self) -> None:
        """Give the facts the responses, with their links."""
        self._facts.records += self.seen
        nameless = self._rows.pop(_NAMELESS, None)
        rows = [row[:LINK] + _identity(key) + row[SECOND:] for key, row in self._rows.items()]
        rows.extend(self._unnamed if nameless is None else (nameless, *self._unnamed))
        self._facts.take_all(rows)


_NAMELESS = ("", "")


def _identity(key: _Key) -> tuple[int, int]:
    """The link and the variant. A variant only tells apart the few requests of one message id."""
    message_id, request_id = key
    if not message_id:
        return link_of(CLIENT, f"\0{request_id}"), 0
    return link_of(CLIENT, message_id), crc32(bytes_of(request_id)) + 1 if request_id else 0


def settled(logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
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
