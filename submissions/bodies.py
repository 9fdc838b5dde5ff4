"""Bodies of reports on the wire and in the archive: gzip and zstd, never more than the limit."""

import sys
import zlib
from typing import Protocol

from submissions.errors import BadEncodingError, BodyTooLargeError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_DECODED_BYTES = 16 * 1024 * 1024
"""The longest report, decoded: about 70,000 rows' worth, three times what a report may hold."""

_CHUNK = 64 * 1024
_ZSTD_WINDOW_LOG_MAX = 23
"""Frames that ask for more than 8 MB of window are refused before the memory is taken."""


class Readable(Protocol):
    """What bytes come from: a request, an uploaded file."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, none at the end."""


class _Decoder(Protocol):
    def decode(self, data: bytes, limit: int) -> bytes:
        """Up to `limit` more bytes."""

    def finished(self) -> bool:
        """Whether the stream came to its end."""


class _Gzip:
    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(wbits=31)

    def decode(self, data: bytes, limit: int) -> bytes:
        out = bytearray()
        while data and len(out) < limit and not self._inflater.eof:
            out += self._inflater.decompress(data, limit - len(out))
            data = self._inflater.unconsumed_tail
        return bytes(out)

    def finished(self) -> bool:
        return self._inflater.eof


class _Zstd:
    def __init__(self) -> None:
        options = {int(zstd.DecompressionParameter.window_log_max): _ZSTD_WINDOW_LOG_MAX}
        self._decompressor = zstd.ZstdDecompressor(options=options)

    def decode(self, data: bytes, limit: int) -> bytes:
        out = bytearray()
        while len(out) < limit and not self._decompressor.eof:
            out += self._decompressor.decompress(data, max_length=limit - len(out))
            data = b""
            if self._decompressor.needs_input:
                break
        return bytes(out)

    def finished(self) -> bool:
        return self._decompressor.eof


class _Plain:
    def decode(self, data: bytes, limit: int) -> bytes:
        return data[:limit]

    def finished(self) -> bool:
        return True


_DECODERS: dict[str, type[_Decoder]] = {
    "": _Plain,
    "identity": _Plain,
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "zstd": _Zstd,
}


def read_body(*, stream: Readable, content_encoding: str, limit: int = MAX_DECODED_BYTES) -> bytes:
    """The decoded body. Decoding stops at the limit, so a bomb costs no more than a report.

    Raises BadEncodingError for an encoding we do not read or a stream that does not decode or
    ends early, BodyTooLargeError past `limit` bytes.
    """
    name = content_encoding.strip().lower()
    if name not in _DECODERS:
        raise BadEncodingError(
            "This Content-Encoding is not read here.",
            details=(f"Content-Encoding: {name[:40]!r} is none of identity, gzip, zstd",),
        )
    decoder = _DECODERS[name]()
    body = bytearray()
    try:
        while chunk := stream.read(_CHUNK):
            body += decoder.decode(chunk, limit + 1 - len(body))
            if len(body) > limit:
                raise BodyTooLargeError(f"A report may have {limit:,} bytes when decoded.")
    except (zlib.error, zstd.ZstdError) as error:
        raise BadEncodingError(f"The body is not valid {name}.") from error
    if not decoder.finished():
        raise BadEncodingError(f"The {name} body ends early.")
    return bytes(body)


def compressed_body(body: bytes) -> bytes:
    """What the archive stores."""
    return zstd.compress(body, level=3)


def archived_body(stored: bytes) -> bytes:
    """What came in, from what the archive stores."""
    return zstd.decompress(stored)
