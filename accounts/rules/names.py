"""Names that people and their programs give to things: cleaned, and made unique."""

import re
import unicodedata
from collections.abc import Collection

MAX_NAME_LENGTH = 100
MAX_USERNAME_LENGTH = 39
USERNAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38})")

_UNWRITABLE = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of the text after them, in other people's names too."""


def is_writable(*, text: str) -> bool:
    """Whether every character can be stored and shown without disturbing what stands around it.

    False for control characters (NUL cannot be stored), lone surrogates (JSON can spell them,
    UTF-8 cannot), line separators, unassigned code points and direction marks.
    """
    return not any(
        character in _DIRECTION_MARKS or unicodedata.category(character) in _UNWRITABLE
        for character in text
    )


def is_visible(*, text: str) -> bool:
    """Whether anything of the text can be seen."""
    return any(unicodedata.category(character)[0] not in "CZ" for character in text)


def cleaned_name_of(*, text: str, max_length: int = MAX_NAME_LENGTH) -> str:
    """One line of at most `max_length` characters; empty when nothing visible is left."""
    kept = "".join(
        character if is_writable(text=character) else " " for character in text[: max_length * 4]
    )
    line = " ".join(kept.split())[:max_length].rstrip()
    return line if is_visible(text=line) else ""


def problem_of_name(*, text: str, max_length: int = MAX_NAME_LENGTH) -> str | None:
    """Why a name that a person typed cannot stand as it is; None when it can."""
    if len(text) > max_length:
        return f"is longer than {max_length} characters"
    if not is_writable(text=text):
        return "contains a character that cannot be shown"
    return None


def free_name_of(*, wanted: str, taken: Collection[str], max_length: int = MAX_NAME_LENGTH) -> str:
    """The name itself, or with " (2)", " (3)", … when somebody has it, whatever the case."""
    lowered = {name.lower() for name in taken}
    if wanted.lower() not in lowered:
        return wanted
    number = 2
    while True:
        suffix = f" ({number})"
        candidate = wanted[: max_length - len(suffix)].rstrip() + suffix
        if candidate.lower() not in lowered:
            return candidate
        number += 1


def is_username(*, text: str) -> bool:
    """Whether the text can be a handle on this site (GitHub's rule, and `_`)."""
    return USERNAME.fullmatch(text) is not None


def handle_stem_of(*, text: str) -> str:
    """What is left of a name for the beginning of a handle; "person" when nothing is."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")
    return stem[: MAX_USERNAME_LENGTH - 8].rstrip("-") or "person"


def free_handle_of(*, stem: str, taken: Collection[str]) -> str:
    """A handle with `_`, which GitHub gives to nobody, so that nobody can come to claim it."""
    lowered = {name.lower() for name in taken}
    number = 1
    while True:
        candidate = f"{stem}_{number}"
        if candidate.lower() not in lowered:
            return candidate
        number += 1
