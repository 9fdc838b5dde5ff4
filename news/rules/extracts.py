"""A summary without anybody to write one: the text's own first sentences."""

import re
from typing import Final

MAX_EXTRACT: Final = 420
_SENTENCE: Final = re.compile(r"(?<=[.!?。])\s+(?=[A-Z0-9“\"'(])")
_JUNK: Final = re.compile(
    r"^(?:by |published|updated|posted|share|subscribe|\d+ min(?:ute)?s? read|table of contents)",
    re.IGNORECASE,
)


def extract_of(*, title: str, text: str) -> str:
    """Whole sentences from the beginning, at most `MAX_EXTRACT` characters; lists keep their
    lines. "" for a text without any."""
    lines = [line.strip() for line in text.split("\n")]
    kept: list[str] = []
    length = 0
    for line in lines:
        if not line or _JUNK.match(line) or line.casefold() == title.casefold():
            continue
        for sentence in _SENTENCE.split(line):
            if length + len(sentence) > MAX_EXTRACT:
                return _closed(kept, sentence)
            kept.append(sentence)
            length += len(sentence) + 1
        kept.append("\n")
    return _joined(kept)


def _closed(kept: list[str], following: str) -> str:
    if any(piece != "\n" for piece in kept):
        return _joined(kept)
    cut = following[: MAX_EXTRACT - 1]
    return cut.rsplit(" ", 1)[0].rstrip(",;:") + "…"


def _joined(kept: list[str]) -> str:
    return re.sub(r" ?\n ?", "\n", " ".join(kept)).strip()
