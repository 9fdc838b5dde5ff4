"""What disks, editors and crashes do to files of lines, without changing what they say."""

import json
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TRAPS = ("byte_order_mark", "crlf", "bad_utf8", "half_line", "junk", "text_numbers", "no_end")
"""`text_numbers` writes counts in quotes; `no_end` leaves out the last newline."""

JUNK: tuple[bytes, ...] = (
    b"",
    b"   ",
    b"\xff\xfe not JSON",
    b"[1,2,3]",
    b'"text"',
    b"\x00\x00\x00",
    b'{"type":"note","text":"said \\"input_tokens\\": 7 and \\"tokens\\" and \\"usage\\" once"}',
)
_COUNT = re.compile(rb'("[a-z_]*(?:tokens?|tokenCount)"):(\d+)', re.IGNORECASE)


def dense(line: Any) -> bytes:
    """A line as JavaScript and Rust write it: no spaces, no escapes that are not needed."""
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode()


def write_lines(
    path: Path, lines: Sequence[Any], chance: random.Random, traps: Sequence[str] = ()
) -> None:
    """Lines (objects, or bytes as they are), with some of the traps among those asked for."""
    chosen = {trap for trap in TRAPS if trap in traps and chance.random() < 0.4}
    encoded: list[bytes] = []
    for line in lines:
        content = line if isinstance(line, bytes) else dense(line)
        if "text_numbers" in chosen and chance.random() < 0.3:
            content = _COUNT.sub(rb'\1:"\2"', content)
        if "bad_utf8" in chosen and chance.random() < 0.3 and b'"text":"' in content:
            content = content.replace(b'"text":"', b'"text":"\xff\xc3(', 1)
        encoded.append(content)
        if "junk" in chosen and chance.random() < 0.2:
            encoded.append(chance.choice(JUNK))
    newline = b"\r\n" if "crlf" in chosen else b"\n"
    body = newline.join(encoded) + newline
    if "half_line" in chosen:
        whole = encoded[-1]
        body += whole[: len(whole) * 2 // 3]
    elif "no_end" in chosen:
        body = body.rstrip(b"\r\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((b"\xef\xbb\xbf" if "byte_order_mark" in chosen else b"") + body)
