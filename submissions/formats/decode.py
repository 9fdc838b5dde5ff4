"""From bytes to JSON values, with whatever bytes a stranger can think of."""

import codecs
import json
from typing import Final, NoReturn

from submissions.errors import InvalidJsonError, ReportInvalidError

MAX_VALUES: Final = 1_000_000
"""Commas and opening brackets in a body. 20,000 rows of the widest format have 300,000; a body of
16 MB that is all empty arrays would take 400 MB as Python objects."""

_STRUCTURE: Final = (b",", b"[", b"{")
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decoded(body: bytes) -> object:
    """The JSON value in `body`.

    UTF-8, with or without a byte order mark; UTF-16 with one, as PowerShell writes a redirected
    file. The standard library's decoder is used because it can refuse a key that occurs twice in
    one object, where faster ones quietly keep the last. Numbers too large for a double arrive as
    infinity and fail validation by name. Raises `InvalidJsonError`, and `ReportInvalidError` for
    more values than a report can have.
    """
    if sum(body.count(mark) for mark in _STRUCTURE) > MAX_VALUES:
        raise ReportInvalidError(
            "1 problem in this report", details=(f"more than {MAX_VALUES:,} values in one body",)
        )
    try:
        text = body.decode("utf-16" if body.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidJsonError(f"The body is not UTF-8: byte {error.start} is wrong") from error
    try:
        value: object = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except InvalidJsonError:
        raise
    except json.JSONDecodeError as error:
        raise InvalidJsonError(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from error
    except RecursionError as error:
        raise InvalidJsonError("The body is not JSON of ours: nested too deep") from error
    except ValueError as error:  # an integer of more digits than Python converts
        raise InvalidJsonError("The body has a number of several thousand digits") from error
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidJsonError("The body has an object in which one key occurs twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidJsonError(f"The body is not JSON: {name} is not a JSON number")
