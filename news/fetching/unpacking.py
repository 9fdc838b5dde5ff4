"""Bodies that come packed, never unpacked further than they may be."""

import zlib

from news.errors import ContentRefusedError, TooLargeError

ACCEPT_ENCODING = "gzip, deflate"
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32


class Unpacker:
    """Unpacks a body piece by piece, up to `max_bytes` in all.

    Raises ContentRefusedError for a packing we do not read or a body that is not packed so,
    TooLargeError once it passes `max_bytes`.
    """

    def __init__(self, *, encoding: str, max_bytes: int) -> None:
        self._left = max_bytes
        self._max_bytes = max_bytes
        names = [name.strip().lower() for name in encoding.split(",") if name.strip()]
        names = [name for name in names if name != "identity"]
        if len(names) > 1 or any(name not in ("gzip", "x-gzip", "deflate") for name in names):
            raise ContentRefusedError(f"The body is packed as {encoding[:60]!r}.")
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB) if names else None
        self._may_be_raw = names == ["deflate"]

    def feed(self, piece: bytes) -> bytes:
        """What comes out of the next piece."""
        if self._stream is None:
            return self._taken(piece)
        try:
            out = self._stream.decompress(piece, self._left + 1)
        except zlib.error as error:
            if not self._may_be_raw:
                raise ContentRefusedError("The body is not packed as it says.") from error
            # "deflate" is sent without its header by many servers.
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
            self._may_be_raw = False
            return self.feed(piece)
        self._may_be_raw = False
        return self._taken(out)

    def _taken(self, out: bytes) -> bytes:
        self._left -= len(out)
        if self._left < 0:
            raise TooLargeError(f"The body has more than {self._max_bytes:,} bytes.")
        return out
