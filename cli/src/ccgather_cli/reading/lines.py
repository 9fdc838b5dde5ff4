"""Files of one JSON document a line, of which only some lines matter."""

import json
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from ccgather_cli.reading.interface import Progressed

BLOCK_BYTES = 1 << 20
_BOM = b"\xef\xbb\xbf"


class Lines:
    """The lines of a file that hold one of `needles`, without their newlines, in order.

    The search runs over whole blocks and cuts a line only around a hit, so that lines that do
    not matter cost nothing but the search. Memory is one block, or one line if that is longer.
    Iterate once; `end` is then the offset behind the last newline, 0 if the file's last line has
    none: what follows may be half a line, which is read again as a whole when it has grown.
    `begun` is what was read of the file already, from `start` on; the file stands behind it.
    """

    def __init__(
        self,
        file: BinaryIO,
        *needles: bytes,
        start: int = 0,
        begun: bytes = b"",
        progressed: Progressed,
    ) -> None:
        self._file = file
        self._needles = needles
        self._start = start
        self._begun = begun
        self._progressed = progressed
        self.end = 0

    def __iter__(self) -> Iterator[bytes]:
        position = self._start
        pending: list[bytes] = []
        for block in self._blocks():
            self._progressed(len(block))
            position += len(block)
            end = block.rfind(b"\n")
            if end < 0:
                pending.append(block)
                continue
            start = block.find(b"\n") + 1
            pending.append(block[:start])
            yield from self._hits(b"".join(pending), 0, None)
            yield from self._hits(block, start, end)
            pending = [block[end + 1 :]]
        rest = b"".join(pending)
        self.end = 0 if rest else position
        yield from self._hits(rest, 0, None)

    def _blocks(self) -> Iterator[bytes]:
        if self._begun:
            yield self._begun
            self._begun = b""
        elif self._start:
            self._file.seek(self._start)
        while block := self._file.read(BLOCK_BYTES):
            yield block

    def _hits(self, text: bytes, start: int, stop: int | None) -> Iterator[bytes]:
        stop = len(text) if stop is None else stop
        if len(self._needles) == 1:
            return _hits(text, self._needles[0], start, stop)
        return _hits_of_several(text, self._needles, start, stop)


def _hits(text: bytes, needle: bytes, start: int, stop: int) -> Iterator[bytes]:
    """The lines of `text[start:stop]` that hold `needle`, without copying the others."""
    at = text.find(needle, start, stop)
    while at >= 0:
        begin = max(text.rfind(b"\n", start, at) + 1, start)
        end = text.find(b"\n", at, stop)
        if end < 0:
            end = stop
        yield text[begin:end]
        at = text.find(needle, end, stop)


def _hits_of_several(
    text: bytes, needles: Sequence[bytes], start: int, stop: int
) -> Iterator[bytes]:
    """The same for several needles: always the nearest of their next places."""
    find = text.find
    never = len(text) + 1
    places = [find(needle, start, stop) for needle in needles]
    places = [never if place < 0 else place for place in places]
    at = min(places)
    while at < never:
        begin = max(text.rfind(b"\n", start, at) + 1, start)
        end = find(b"\n", at, stop)
        if end < 0:
            end = stop
        yield text[begin:end]
        for number, place in enumerate(places):
            if place < end:
                place = find(needles[number], end, stop)  # noqa: PLW2901
                places[number] = never if place < 0 else place
        at = min(places)


def object_in(line: bytes) -> dict[str, object] | None:
    """The JSON object on a line that a strict decoder refused; None if there is none.

    Lives with what real logs have: a byte-order mark, zero bytes of a crashed disk, bytes that
    are no UTF-8, half a surrogate pair (text cut in the middle of an emoji), control characters.
    """
    text = line.removeprefix(_BOM).strip(b"\x00 \t\r\n").decode("utf-8", errors="replace")
    try:
        found = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
