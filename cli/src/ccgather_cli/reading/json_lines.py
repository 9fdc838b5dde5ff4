"""Files of one JSON document a line, of which only some lines matter."""

import json
from collections.abc import Callable, Iterator
from typing import BinaryIO

BLOCK_BYTES = 1 << 20
_BOM = b"\xef\xbb\xbf"


def lines_holding(
    file: BinaryIO, needle: bytes, *, progressed: Callable[[int], None]
) -> Iterator[bytes]:
    """Every line of `file` with `needle` in it, without its newline, in order.

    The search runs over whole blocks and cuts a line only around a hit, so that lines that do
    not matter cost nothing but the search. Memory is one block, or one line if that is longer.
    `progressed` is told the bytes that were read since it was last told.
    """
    pending: list[bytes] = []
    while block := file.read(BLOCK_BYTES):
        progressed(len(block))
        end = block.rfind(b"\n")
        if end < 0:
            pending.append(block)
            continue
        start = block.find(b"\n") + 1
        pending.append(block[:start])
        yield from _hits(b"".join(pending), needle, 0, None)
        yield from _hits(block, needle, start, end)
        pending = [block[end + 1 :]]
    yield from _hits(b"".join(pending), needle, 0, None)


def _hits(text: bytes, needle: bytes, start: int, stop: int | None) -> Iterator[bytes]:
    """The lines of `text[start:stop]` that hold `needle`, without copying the others."""
    stop = len(text) if stop is None else stop
    at = text.find(needle, start, stop)
    while at >= 0:
        begin = max(text.rfind(b"\n", start, at) + 1, start)
        end = text.find(b"\n", at, stop)
        if end < 0:
            end = stop
        yield text[begin:end]
        at = text.find(needle, end, stop)


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
