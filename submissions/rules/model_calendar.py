"""When well-known models and tools came out: nothing was burned on them before.

Only days that are certain are here, the first on which anybody outside could use the model. A
later version of a line is never older than an earlier one, so the list bounds models that it does
not name; a line that it does not know is bounded by nothing.
"""

import re
from datetime import date
from typing import Final

_CLAUDE: Final = re.compile(
    r"^claude-(?:(opus|sonnet|haiku)-)?(\d+)(?:[-.](\d{1,2}))?(?:-(opus|sonnet|haiku))?(?![\da-z])"
)
_GPT: Final = re.compile(r"^gpt-(\d+)(?:\.(\d+))?(?![\d])(?!-oss)")
_GEMINI: Final = re.compile(r"^gemini-(\d+)(?:\.(\d+))?(?![\d])")
_GROK: Final = re.compile(r"^grok-(\d+)(?:\.(\d+))?(?![\d])")

_LINES: Final[dict[str, tuple[tuple[tuple[int, int], date], ...]]] = {
    "opus": (
        ((3, 0), date(2024, 3, 4)),
        ((4, 0), date(2025, 5, 22)),
        ((4, 1), date(2025, 8, 5)),
        ((4, 5), date(2025, 11, 24)),
    ),
    "sonnet": (
        ((3, 0), date(2024, 3, 4)),
        ((3, 5), date(2024, 6, 20)),
        ((3, 7), date(2025, 2, 24)),
        ((4, 0), date(2025, 5, 22)),
        ((4, 5), date(2025, 9, 29)),
    ),
    "haiku": (
        ((3, 0), date(2024, 3, 4)),
        ((3, 5), date(2024, 10, 22)),
        ((4, 5), date(2025, 10, 15)),
    ),
    "gpt": (
        ((4, 0), date(2023, 3, 14)),
        ((4, 1), date(2025, 4, 14)),
        ((5, 0), date(2025, 8, 7)),
        ((5, 1), date(2025, 11, 12)),
    ),
    "gemini": (
        ((1, 5), date(2024, 2, 15)),
        ((2, 0), date(2024, 12, 11)),
        ((2, 5), date(2025, 3, 25)),
        ((3, 0), date(2025, 11, 18)),
    ),
    "grok": (
        ((3, 0), date(2025, 2, 17)),
        ((4, 0), date(2025, 7, 9)),
    ),
}
_NAMES: Final = {
    "o1": date(2024, 9, 12),
    "o3-mini": date(2025, 1, 31),
    "o3": date(2025, 4, 16),
    "o4-mini": date(2025, 4, 16),
    "codex-mini": date(2025, 5, 16),
    "gpt-4o": date(2024, 5, 13),
    "gpt-4o-mini": date(2024, 7, 18),
    "gpt-5-codex": date(2025, 9, 15),
    "grok-code-fast-1": date(2025, 8, 26),
    "deepseek-r1": date(2025, 1, 20),
    "kimi-k2": date(2025, 7, 11),
    "glm-4.5": date(2025, 7, 28),
    "glm-4.6": date(2025, 9, 30),
    "qwen3-coder": date(2025, 7, 22),
}
_TOOLS: Final = {
    "claude": date(2025, 2, 24),
    "codex": date(2025, 4, 16),
    "gemini": date(2025, 6, 25),
    "qwen": date(2025, 7, 22),
}


def model_out_on(model: str) -> date | None:
    """The first day that a model can have been used, as far as known; None where nothing is.

    Takes a canonical name, without its date.
    """
    name = model.rsplit("/", 1)[-1]
    named = _NAMES.get(name)
    if named:
        return named
    found = _CLAUDE.match(name)
    if found:
        line = found[1] or found[4]
        return _bound(line, found[2], found[3]) if line else None
    for pattern, line in ((_GPT, "gpt"), (_GEMINI, "gemini"), (_GROK, "grok")):
        other = pattern.match(name)
        if other:
            return _bound(line, other[1], other[2])
    return None


def _bound(line: str, major: str, minor: str | None) -> date | None:
    version = (int(major), int(minor or 0))
    days = [day for known, day in _LINES[line] if known <= version]
    return max(days, default=None)


def tool_out_on(client: str) -> date | None:
    """The first day that a tool can have been used; None where that is not known."""
    return _TOOLS.get(client)
