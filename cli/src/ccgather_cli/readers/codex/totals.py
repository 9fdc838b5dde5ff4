"""What a thread's cumulative totals say a response burned, repeats and late snapshots left out."""

from collections import deque
from typing import TypeAlias, cast

from ccgather_cli.readers.codex.shapes import NOTHING, Tokens

Mark: TypeAlias = tuple[int, str, str, bool]
"""Where an event stands: second, turn, else text of its moment, whether in the own part."""
Burned: TypeAlias = tuple[Tokens, Tokens | None, Mark]
"""(what a response burned, the total behind it, where it stands)."""

_REMEMBERED = 64
_SLIGHT_PART = 50
"""A fall of less than one part in so many is slight."""


class Totals:
    """The totals of one file, event by event.

    An event is (total, last), either of them possibly missing. What it burned is `last`, as soon
    as the total differs from the one before. A total that falls is one of three things: the count
    began anew (a big fall, or a total that is its own `last`), it went on from a lower base, or
    an old snapshot came late. The first is known at once; the other two only when the next event
    goes on from one of both, so such an event waits until then.
    """

    __slots__ = ("_recent", "_waiting", "base", "restarts")

    def __init__(self) -> None:
        self.base: Tokens | None = None
        self.restarts = 0
        self._recent: deque[Tokens] = deque(maxlen=_REMEMBERED)
        self._waiting: list[tuple[Tokens, Tokens, Mark]] = []

    def goes_on(self, total: Tokens, last: Tokens) -> bool:
        """Take in what nearly every event is: a total that rose, and `last`, which it burned.

        False, and nothing done, for any other event: those are for `burned`.
        """
        base = self.base
        if self._waiting or last == NOTHING:
            return False
        if base is not None and (total == base or total[0] + total[3] < base[0] + base[3]):
            return False
        self.base = total
        self._recent.append(total)
        return True

    def burned(self, total: Tokens | None, last: Tokens | None, mark: Mark) -> list[Burned]:
        """(burned, total, mark) of this event, and before it of those that waited for it."""
        if total is None:
            return [] if last is None or last == NOTHING else [(last, None, mark)]
        if last is not None and self.goes_on(total, last):
            return [(last, total, mark)]
        base = self.base
        if total == base:
            return []
        if base is None or total[0] + total[3] >= base[0] + base[3]:
            return self._risen(base, total, last, mark)
        if total == NOTHING:
            # The context is full or was compacted: no response, and the count begins anew.
            self._begin(total)
            return []
        return self._fallen(base, total, last, mark)

    def _risen(
        self, base: Tokens | None, total: Tokens, last: Tokens | None, mark: Mark
    ) -> list[Burned]:
        before: list[Burned] = []
        if self._waiting:
            if last is not None and last != NOTHING:
                before = self._confirmed(base, _before(total, last))
            self._waiting.clear()
        self.base = total
        self._recent.append(total)
        burned = _difference(total, base) if last is None else last
        if burned != NOTHING:
            before.append((burned, total, mark))
        return before

    def _confirmed(self, base: Tokens | None, start: tuple[int, int]) -> list[Burned]:
        """The events that waited, if the count goes on from the last of them."""
        waited = self._waiting[-1][0]
        if start != (waited[0], waited[3]) or (base and start == (base[0], base[3])):
            return []
        self._begin(waited)
        return [(last, total, mark) for total, last, mark in self._take_waiting()]

    def _fallen(self, base: Tokens, total: Tokens, last: Tokens | None, mark: Mark) -> list[Burned]:
        if last is None or last == NOTHING:
            self._begin(total)
            return []
        seen = total in self._recent
        goes_on = bool(self._waiting) and _before(total, last) == (
            self._waiting[-1][0][0],
            self._waiting[-1][0][3],
        )
        if seen:
            if not goes_on:
                self._waiting.clear()
            if len(self._waiting) < _REMEMBERED:
                self._waiting.append((total, last, mark))
            return []
        if goes_on:
            waited = self._take_waiting()
            self._begin(total)
            booked = [(burned, its_total, its_mark) for its_total, burned, its_mark in waited]
            return [*booked, (last, total, mark)]
        fall = base[0] + base[3] - total[0] - total[3]
        slight = max(2 * (last[0] + last[3]), (base[0] + base[3]) // _SLIGHT_PART)
        if fall > slight or (total[0], total[3]) == (last[0], last[3]):
            self._begin(total)
            return [(last, total, mark)]
        self._waiting = [(total, last, mark)]
        return []

    def _take_waiting(self) -> list[tuple[Tokens, Tokens, Mark]]:
        waited, self._waiting = self._waiting, []
        return waited

    def _begin(self, total: Tokens) -> None:
        self.base = total
        self.restarts += 1
        self._recent.clear()
        self._recent.append(total)
        self._waiting = []

    def forget(self) -> None:
        """What comes now is another thread's: no snapshot of the first can arrive late."""
        self._recent.clear()
        self._waiting = []

    def stored(self) -> list[object]:
        """Everything, as it can be packed."""
        return [self.base, self.restarts, list(self._recent), self._waiting]

    def restore(self, stored: list[object]) -> None:
        """What `stored` gave, after packing."""
        base, restarts, recent, waiting = stored
        self.base = None if base is None else _tokens(base)
        self.restarts = cast("int", restarts)
        self._recent.extend(map(_tokens, cast("list[object]", recent)))
        self._waiting = [
            (_tokens(total), _tokens(last), cast("Mark", tuple(mark)))
            for total, last, mark in cast("list[tuple[object, object, list[object]]]", waiting)
        ]


def _tokens(values: object) -> Tokens:
    return cast("Tokens", tuple(cast("list[int]", values)))


def _before(total: Tokens, last: Tokens) -> tuple[int, int]:
    """Input and output of the total that an event went on from."""
    return total[0] - last[0], total[3] - last[3]


def _difference(total: Tokens, base: Tokens | None) -> Tokens:
    if base is None:
        return total
    whole, read, written, output, reasoning = (max(a - b, 0) for a, b in zip(total, base))
    read = min(read, whole)
    return whole, read, min(written, whole - read), output, min(reasoning, output)
