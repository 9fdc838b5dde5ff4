"""From bytes to text, as browsers do it: byte order mark, header, what the page says, a guess."""

import codecs
import re

from charset_normalizer import from_bytes

_META = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([a-zA-Z0-9_:.-]{2,40})["']""")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOKED_AT = 4096
_MOST_ACCENTS = 0.25
"""Languages in Latin letters have fewer bytes beyond ASCII, all others have more."""


def text_of(*, body: bytes, charset: str) -> str:
    """The text of a body whose header names `charset` ("" when it does not).

    A wrong label is found out by decoding strictly; UTF-8 that decodes is UTF-8, whatever the
    label says. What nothing decodes comes with replacement characters.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, errors="replace")
    said = [charset, *(_said(pattern, body) for pattern in (_XML, _META))]
    for name in ("utf-8", *filter(None, said)):
        text = _decoded(body, name)
        if text is not None:
            return text
    high = sum(byte >= 0x80 for byte in body)
    if high < len(body) * _MOST_ACCENTS:
        return body.decode("cp1252", errors="replace")
    best = from_bytes(body[:65536]).best()
    return body.decode(best.encoding if best else "utf-8", errors="replace")


def _said(pattern: re.Pattern[bytes], body: bytes) -> str:
    found = pattern.search(body[:_LOOKED_AT])
    return found[1].decode("ascii") if found else ""


def _decoded(body: bytes, name: str) -> str | None:
    try:
        codec = codecs.lookup(name)
        if not codec._is_text_encoding:  # noqa: SLF001 - "zip" and "rot13" are codecs too
            return None
        # What pages label Latin-1 is Windows-1252, says the standard of the web.
        label = "cp1252" if codec.name in ("iso8859-1", "ascii") else codec.name
        return body.decode(label)
    except (LookupError, UnicodeError):
        return None
