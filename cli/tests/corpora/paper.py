"""What moments look like in logs, and what disks and editors do to files that are one document."""

import json
import random
import re
from collections.abc import Collection
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

TRAPS = ("byte_order_mark", "crlf", "bad_utf8", "text_numbers", "nulls")
"""`text_numbers` writes counts in quotes, `nulls` writes null for a count that is 0."""

SPOT = "\u2318"
"""Stands in the texts of the corpora where `bad_utf8` puts bytes that are no UTF-8."""
START = datetime(2026, 3, 1, tzinfo=timezone.utc)
_COUNT = re.compile(
    r'((?:\\*)"(?:[a-zA-Z]*[tT]okens?|cache[a-zA-Z]*|tokens(?:In|Out))(?:\\*)"\s*:\s*)(\d+)'
)


def any_moment(chance: random.Random, days: int = 60) -> datetime:
    """A moment within some weeks, to the millisecond."""
    return START + timedelta(days=chance.randrange(days), milliseconds=chance.randrange(80_000_000))


def zulu(at: datetime) -> str:
    """As JavaScript writes it: milliseconds and `Z`."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def milliseconds(at: datetime) -> int:
    """Since 1970."""
    return round(at.timestamp() * 1000)


def day(at: datetime) -> str:
    """The UTC day."""
    return at.astimezone(timezone.utc).strftime("%Y-%m-%d")


def odd(at: datetime, chance: random.Random) -> str:
    """The same moment in another spelling."""
    return chance.choice(
        (
            at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            at.strftime("%Y-%m-%d %H:%M:%S"),
            at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            at.astimezone(timezone(timedelta(hours=9))).isoformat(),
        )
    )


def write_document(
    path: Path,
    document: Any,
    chance: random.Random,
    traps: Collection[str] = (),
    *,
    cut: int = 0,
) -> None:
    """A document, with some of the traps among those asked for; `cut` bytes are lost at its end."""
    chosen = {trap for trap in TRAPS if trap in traps and chance.random() < 0.4}
    indent = 2 if chance.random() < 0.3 else None
    separators = None if indent else (",", ":")
    text = json.dumps(document, ensure_ascii=False, indent=indent, separators=separators)
    if "nulls" in chosen:
        text = _COUNT.sub(lambda found: found[1] + ("null" if found[2] == "0" else found[2]), text)
    if "text_numbers" in chosen:
        text = _COUNT.sub(lambda found: _quoted(found, chance), text)
    content = text.encode()
    if "bad_utf8" in chosen:
        content = content.replace(SPOT.encode(), b"\xff\xc3(")
    if "crlf" in chosen:
        content = content.replace(b"\n", b"\r\n")
    content = content[: len(content) - cut]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((b"\xef\xbb\xbf" if "byte_order_mark" in chosen else b"") + content)


def _quoted(found: "re.Match[str]", chance: random.Random) -> str:
    if chance.random() < 0.7:
        return found[0]
    mark = '\\"' if "\\" in found[1] else '"'
    return f"{found[1]}{mark}{found[2]}{mark}"
