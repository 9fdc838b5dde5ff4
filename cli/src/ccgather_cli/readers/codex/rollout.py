"""One file of Codex while it is read: which thread it is, and a row for each response in it."""

import re
from collections import deque
from typing import cast

from ccgather_cli.readers.codex.ownership import (
    BIRTH,
    COPIED_AT,
    OWN,
    PARENTS,
    SURE,
    THREAD,
    UNIQUE,
    session_link,
)
from ccgather_cli.readers.codex.shapes import (
    NOTHING,
    Info,
    Line,
    Meta,
    Moment,
    Payload,
    Tokens,
    Usage,
    Wrapped,
    meta_of,
    tokens_of,
)
from ccgather_cli.readers.codex.totals import Mark, Totals
from ccgather_cli.reading.facts import (
    FLAGS,
    LONG,
    LONG_CONTEXT_TOKENS,
    MODEL,
    SECOND,
    UNNAMED_MODEL,
    VARIANT,
    Facts,
    Row,
    link_of,
)
from ccgather_cli.reading.timestamps import second_of

CLIENT = "codex"
NO_TIME = "without a usable time"
NO_TURN = b"\n"
_TURN_SAID = b'","type":"turn_context"'
_META = b'"session_meta"'
_FILE_NAME = re.compile(r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.jsonl$")
_MIX, _MIX_2, _MIX_3, _MIX_4, _MIX_5 = (
    # Odd, and far from one another: sums of small counts then differ in all their bits.
    0x9E3779B97F4A7C15,
    0xC2B2AE3D27D4EB4F,
    0xD6E8FEB86659FD93,
    0xA0761D6478BD642F,
    0xE7037ED1A0B428DB,
)
_64_BITS = 0xFFFFFFFFFFFFFFFF
_OPEN = 16
"""How many records may wait for the event that tells of the same response."""


class Rollout:
    """What is known of a file so far, and the rows it gave: see the package's docstring.

    `is_rollout` tells a file of Codex's own from saved output of `codex exec --json`.
    `known_turn` is the line, from behind its moment on, of a turn that changes nothing if it comes
    again now.
    """

    def __init__(self, facts: Facts, path: str) -> None:
        self.facts = facts
        named = _FILE_NAME.search(path)
        self.thread = named.group(1) if named else ""
        self.provider: str | None = None
        self.is_rollout = False
        self.forked = False
        self.own = True
        self.birth = 0
        self.known_turn = NO_TURN
        self._ordinal: int | None = None
        self._turn = ""
        self._turn_restarts = 0
        self._model: str | None = None
        self._model_number = -1
        self._session_number = -1
        self._seed, self._seeded = 0, ("", 0)
        self._nameless = False
        self._totals = Totals()
        self._records: deque[tuple[Tokens, int]] = deque(maxlen=_OPEN)
        self._last: tuple[Tokens, int] = (NOTHING, -1)

    # What a file is.

    def head(self, content: bytes) -> None:
        """The start of the file: whose it is, and whose history it began with."""
        at = content.find(_META)
        metas: list[Meta] = []
        while at >= 0:
            end = content.find(b"\n", at)
            end = len(content) if end < 0 else end
            meta = meta_of(content[content.rfind(b"\n", 0, at) + 1 : end])
            if meta is not None:
                if metas and (meta.id or meta.session_id) != self.thread:
                    self._copied(meta)
                elif not metas:
                    self._owned(meta)
                metas.append(meta)
            at = content.find(_META, end)
        self.facts.attributes[THREAD] = self.thread
        if self.thread:
            self.facts.links.add(session_link(self.thread))

    def _owned(self, meta: Meta) -> None:
        self.is_rollout = True
        self.thread = meta.id or meta.session_id or self.thread
        self.provider = meta.model_provider
        self.birth = second_of(meta.timestamp) or _birth_in(self.thread)
        self.facts.attributes[BIRTH] = str(self.birth)
        self._ordinal = meta.subagent_history_start_ordinal
        parents = [name for name in meta.parents() if name != self.thread]
        if parents or self._ordinal:
            self._began_as_copy(parents)

    def _copied(self, meta: Meta) -> None:
        other = meta.id or meta.session_id
        self._began_as_copy(([other] if other else []) + meta.parents())
        copied_at = second_of(meta.timestamp) or 0
        if copied_at:
            self.facts.attributes.setdefault(COPIED_AT, str(copied_at))

    def _began_as_copy(self, parents: list[str]) -> None:
        self.forked, self.own = True, False
        known = self.facts.attributes.get(PARENTS, "").split()
        names = [name for name in parents if name != self.thread and " " not in name]
        self.facts.attributes[PARENTS] = " ".join(dict.fromkeys([*known, *names]))
        self.facts.links.update(map(session_link, names))

    def _own_begins(self) -> None:
        self.own = True
        self._totals.forget()
        self.facts.attributes[SURE] = "1"

    # Its lines.

    def take(self, line: Line) -> None:
        """Take one line in, whatever it is."""
        payload = line.payload
        if not self.own and self._ordinal and (line.ordinal or 0) >= self._ordinal:
            self._own_begins()
        if payload is None:
            self._take_output(line)
        elif line.type == "event_msg":
            info = payload.info
            if info is not None and payload.type == "token_count":
                self._take_count(line.timestamp, payload, info)
        elif line.type == "turn_context":
            self._take_turn(payload)
        elif line.type == "token_usage_record" and payload.usage is not None:
            self._take_record(line, payload, payload.usage)

    def _take_turn(self, payload: Payload) -> None:
        turn = payload.turn_id or ""
        if not self.own and turn and _is_at_or_after(turn, self.thread):
            self._own_begins()
        if turn != self._turn:
            self._turn = turn if len(turn) == 36 else ""
            self._turn_restarts = self._totals.restarts
        self._name(payload.model or payload.model_name)

    def note_turn(self, said: bytes) -> None:
        """Note a turn's line that was just taken, from behind its moment on, to tell repeats."""
        named = bool(self._turn) or b'"turn_id"' not in said
        self.known_turn = said if named and said.startswith(_TURN_SAID) else NO_TURN

    def _name(self, model: str | None) -> None:
        if not model or model == self._model:
            return
        self._model = model
        self._model_number = self.facts.model_number(model, self.provider)
        if self._nameless:
            # Before the first turn that says it: the model that follows.
            unnamed = self.facts.model_number(UNNAMED_MODEL, self.provider)
            rows = self.facts.rows
            for place, row in enumerate(rows):
                if row[MODEL] == unnamed:
                    rows[place] = (*row[:MODEL], self._model_number, *row[MODEL + 1 :])
            self._nameless = False

    def _take_count(self, moment: Moment, payload: Payload, info: Info) -> None:
        total_usage, last_usage = info.total_token_usage, info.last_token_usage
        total = None if total_usage is None else tokens_of(total_usage)
        last = None if last_usage is None else tokens_of(last_usage)
        if total is None and last is None:
            return
        self.facts.records += 1
        model = payload.model or payload.model_name or info.model or info.model_name
        if model:
            self.known_turn = NO_TURN
            self._name(model)
        second = second_of(moment) or 0
        if not second:
            self.facts.skip(NO_TIME)
            if last is None:
                return  # what it burned is in the next difference
        turn, totals = self._turn, self._totals
        if total is not None and last is not None and totals.goes_on(total, last):
            if second:
                self._count(last, total, second, turn or str(moment), bool(turn), self.own)
            return
        mark: Mark = (second, turn, "" if turn else str(moment), self.own)
        for burned, its_total, (its_second, its_turn, its_moment, own) in totals.burned(
            total, last, mark
        ):
            if its_second:
                named = its_turn or its_moment
                self._count(burned, its_total, its_second, named, bool(its_turn), own)

    def _count(
        self,
        burned: Tokens,
        total: Tokens | None,
        second: int,
        named: str,
        is_turn: bool,
        own: bool,
    ) -> None:
        """A row for an event; `named` is its turn, or its moment where turns have no name."""
        variant = 0 if total is None else _mixed(total)
        if self._records and self._is_recorded(burned, variant, second):
            return
        flags = OWN if own else 0
        if is_turn:
            flags |= UNIQUE
            key = (named, self._totals.restarts)
            if key != self._seeded:
                restarts = self._totals.restarts - self._turn_restarts
                self._seed, self._seeded = link_of(CLIENT, f"{named} {restarts}"), key
            seed = self._seed
        else:
            seed = link_of(CLIENT, named)
        link = ((seed ^ (variant or _mixed(burned))) * _MIX) & _64_BITS
        self._last = (burned, len(self.facts.rows))
        self._book(burned, (link ^ link >> 31) or 1, variant, second, flags)

    def _is_recorded(self, burned: Tokens, variant: int, second: int) -> bool:
        """Whether a record that came before told of this response already."""
        for position, (tokens, place) in enumerate(self._records):
            if tokens == burned:
                del self._records[position]
                self._last = (NOTHING, -1)
                row = self.facts.rows[place]
                self.facts.rows[place] = (*row[:VARIANT], variant, second, *row[SECOND + 1 :])
                return True
        return False

    def _take_record(self, line: Line, payload: Payload, usage: Usage) -> None:
        tokens = tokens_of(usage)
        if tokens == NOTHING:
            return
        self.facts.records += 1
        if payload.thread_id and self.thread and payload.thread_id != self.thread:
            return  # a copy from the thread that it names
        if payload.thread_id and not self.own:
            self._own_begins()
        second = second_of(line.timestamp)
        if second is None:
            self.facts.skip(NO_TIME)
            return
        identity = f"{payload.session_id or payload.thread_id} {payload.response_id}"
        link = link_of(CLIENT, identity if payload.response_id else f"{line.timestamp} {tokens}")
        flags = OWN | UNIQUE if payload.response_id else OWN
        (burned, place), self._last = self._last, (NOTHING, -1)
        if burned == tokens:  # its event came just before and is a row already
            row = self.facts.rows[place]
            flags |= row[FLAGS]
            self.facts.rows[place] = (row[0], link, *row[VARIANT:FLAGS], flags, *row[FLAGS + 1 :])
            return
        self._records.append((tokens, len(self.facts.rows)))
        self._book(tokens, link, 0, second, flags)

    def _take_output(self, line: Line) -> None:
        """A line of saved `codex exec --json` output; nothing for what else has no payload."""
        if line.thread_id and line.type == "thread.started":
            self.thread = line.thread_id
            return
        if self.is_rollout:
            return
        inner = line.data or line.result or line.response or Wrapped()
        usage = line.usage or inner.usage
        tokens = NOTHING if usage is None else tokens_of(usage)
        if tokens == NOTHING:
            return
        self.facts.records += 1
        moment = line.timestamp or line.created_at or inner.timestamp
        second = second_of(moment)
        if second is None:
            self.facts.skip(NO_TIME)
            return
        self._name(line.model or inner.model)
        link = link_of(CLIENT, f"{self.thread} {moment} {tokens}")
        self._book(tokens, link, 0, second, OWN)

    def _book(self, tokens: Tokens, link: int, variant: int, second: int, flags: int) -> None:
        whole, read, written, output, reasoning = tokens
        if whole > LONG_CONTEXT_TOKENS:
            flags |= LONG
        if self._model_number < 0:
            self._nameless = True
            number = self.facts.model_number(UNNAMED_MODEL, self.provider)
        else:
            number = self._model_number
        if self._session_number < 0:
            self._session_number = self.facts.session_number(self.thread)
        row: Row = (
            whole + output,
            link,
            variant,
            second,
            number,
            self._session_number,
            whole - read - written,
            output - reasoning,
            read,
            written,
            reasoning,
            0,
            flags,
            1,
        )
        self.facts.rows.append(row)

    # From one run to the next.

    def keep(self) -> None:
        """Put into `facts.state` what reading on from here needs."""
        self.facts.state = {
            "thread": self.thread,
            "provider": self.provider,
            "is_rollout": self.is_rollout,
            "forked": self.forked,
            "own": self.own,
            "birth": self.birth,
            "_ordinal": self._ordinal,
            "_turn": self._turn,
            "_turn_restarts": self._turn_restarts,
            "_model": self._model,
            "_model_number": self._model_number,
            "_nameless": self._nameless,
            "totals": self._totals.stored(),
            "records": list(self._records),
            "last": list(self._last),
        }

    def go_on(self) -> None:
        """Take up where `keep` left off."""
        state = dict(self.facts.state)
        self._totals.restore(cast("list[object]", state.pop("totals")))
        self._records.extend(_pairs(state.pop("records")))
        self._last = _pairs([state.pop("last")])[0]
        for name, value in state.items():
            setattr(self, name, value)


def _pairs(stored: object) -> list[tuple[Tokens, int]]:
    return [
        (cast("Tokens", tuple(tokens)), place)
        for tokens, place in cast("list[tuple[list[int], int]]", stored)
    ]


def _mixed(total: Tokens) -> int:
    """A total as 64 bits, never 0: what tells the same event in a copy with other times."""
    whole, read, written, output, reasoning = total
    mixed = whole * _MIX + read * _MIX_2 + written * _MIX_3 + output * _MIX_4 + reasoning * _MIX_5
    return (mixed + 1) & _64_BITS or 1


def _birth_in(thread: str) -> int:
    """The second in a UUIDv7; 0 if it is none."""
    return _milliseconds(thread) // 1000


def _milliseconds(uuid: str) -> int:
    if len(uuid) != 36 or uuid[14] != "7":
        return 0
    try:
        return int(uuid[:8] + uuid[9:13], 16)
    except ValueError:
        return 0


def _is_at_or_after(turn: str, thread: str) -> bool:
    begun, born = _milliseconds(turn), _milliseconds(thread)
    return bool(begun and born) and begun >= born
