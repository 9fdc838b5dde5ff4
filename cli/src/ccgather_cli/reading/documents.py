"""Files that are one JSON document, rewritten as a whole, in the states that they are found in.

A document is decoded at once into structs. Only where that fails (bytes that are no UTF-8, a
field of another type, a file that ends in the middle) is it taken apart in a slower way, in
which what is broken costs the record it is in.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import msgspec

from ccgather_cli.reading.interface import LogFile, Progressed

_BOM = b"\xef\xbb\xbf"
_decoder = json.JSONDecoder(strict=False)
_NEXT_ELEMENT = re.compile(r"[}\]]\s*,\s*(?=\{)")
_BLANKS_AND_COMMAS = re.compile(r"[\s,]*")
_STRICT_TROUBLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

Kind = TypeVar("Kind", bound=msgspec.Struct)
Whole = TypeVar("Whole")
Content = TypeVar("Content", bytes, str)


def content_of(log: LogFile, progressed: Progressed) -> bytes:
    """The whole file, without a byte-order mark. Raises `OSError`."""
    with open(log.path, "rb", buffering=0) as file:
        content = file.read()
    progressed(len(content))
    return content.removeprefix(_BOM)


def decoded(content: Content, decode: Callable[[Content], Whole]) -> Whole | None:
    """What a strict decoder makes of a document; None if it refuses."""
    try:
        return decode(content)
    except _STRICT_TROUBLE:
        return None


def text_in(content: bytes) -> str:
    """A document's text; bytes that are no UTF-8 become replacement characters."""
    return content.strip(b"\x00 \t\r\n").decode("utf-8", errors="replace")


def document_in(text: str) -> object:
    """A document read leniently; None if it is not whole."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def elements_in(text: str, key: str = "") -> Iterator[object]:
    """The readable elements of an array in a damaged document.

    The array is the document itself, or what stands at the first `key`. After an element that
    cannot be read it goes on at the next place that looks like the start of another one: that
    can be an object inside of the broken element, so whoever asks has to look at the shape.
    """
    if key:
        found = re.search(rf'"{re.escape(key)}"\s*:\s*\[', text)
        place = found.end() if found else -1
    else:
        place = text.find("[") + 1 or -1
    while 0 <= place < len(text):
        place = _end_of_blanks(text, place)
        if text[place : place + 1] == "]":
            return
        try:
            element, place = _decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            ahead = _NEXT_ELEMENT.search(text, place)
            if ahead is None:
                return
            place = ahead.end()
            continue
        yield element


def converted(elements: Iterable[object], kind: type[Kind]) -> Iterator[Kind | None]:
    """Decoded objects as structs; None for one that is not of that shape."""
    for element in elements:
        yield _converted(element, kind)


def _converted(element: object, kind: type[Kind]) -> Kind | None:
    try:
        return msgspec.convert(element, kind)
    except (msgspec.ValidationError, RecursionError):
        return None


def array_of(
    content: bytes, decode: Callable[[bytes], list[Kind]], kind: type[Kind]
) -> Iterable[Kind | None]:
    """The records of a document that is one array; None for one that cannot be read."""
    records = decoded(content, decode)
    if records is not None:
        return records
    text = text_in(content)
    document = document_in(text)
    return converted(document if isinstance(document, list) else elements_in(text), kind)


def part_of(document: object, text: str, key: str) -> Iterable[object]:
    """The array at `key` of a leniently read document, or of what is left of one."""
    if isinstance(document, dict):
        part = document.get(key)
        return part if isinstance(part, list) else ()
    return elements_in(text, key)


def _end_of_blanks(text: str, place: int) -> int:
    match = _BLANKS_AND_COMMAS.match(text, place)
    return match.end() if match else place
