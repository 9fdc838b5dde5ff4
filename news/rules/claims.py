"""The check of a summary: every number, version, date, quotation and name in it must occur in the
source (trap 31). What does not is named, with the words around it.

Nothing is understood here; what is checked is that nothing was put in. A number must also stand
near one of the words that it stands near in the summary, so that two prices cannot change places.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from news.rules.claim_words import (
    COMMON_ACRONYMS,
    MONTHS,
    NOT_NAMES,
    NUMBER_WORDS,
    SCALES,
    STOP_WORDS,
    WEEKDAYS,
)


class ClaimKind(StrEnum):
    """What is checked."""

    NUMBER = "number"
    VERSION = "version"
    DATE = "date"
    QUOTATION = "quotation"
    NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Something a summary says that its source must say too. `start` and `end` are its place."""

    kind: ClaimKind
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """All claims of a summary, and those that the source does not support."""

    claims: tuple[Claim, ...]
    unsupported: tuple[Claim, ...]

    @property
    def holds(self) -> bool:
        """Whether the source says all of it."""
        return not self.unsupported


NEAR_WORDS: Final = 14
"""How many words to each side of a number in the source are near it."""

_QUOTES: Final = re.compile(r"[“\"«„]([^“”\"«»„\n]{6,400})[”\"»“]")
_VERSION: Final = re.compile(
    r"(?<![\w.])v?(\d+\.\d+(?:\.\d+)+(?:-[\w.]+)?|(?<=v)\d+(?:\.\d+)?)(?!\w)"
)
_MONTH_NAMES: Final = "|".join(sorted(MONTHS, key=len, reverse=True))
_DATES: Final = (
    re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b"),
    re.compile(
        rf"\b(?P<mn>{_MONTH_NAMES})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<y>\d{{4}}))?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<mn>{_MONTH_NAMES})\b\.?(?:,?\s+(?P<y>\d{{4}}))?",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?P<mn>{_MONTH_NAMES})\.?,?\s+(?P<y>\d{{4}})\b", re.IGNORECASE),
)
_NUMBER: Final = re.compile(
    r"(?P<sign>[$€£]\s?)?(?<![\w.])(?P<n>\d{1,3}(?:[,\u202f\u00a0 ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?!\d|\.\d)\s?-?(?P<scale>thousand|million|billion|trillion|[kKmMbBtT](?![\w])|)"
    r"(?P<unit>\s?(?:%|percent|per cent)|x\b|×)?",
)
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)?", re.UNICODE)
_NAME: Final = re.compile(
    r"(?:(?<=^)|(?<=[\s(\[“\"'‘/]))"
    r"([A-Z][\w.+#-]*(?:\s+(?:of|de|von|van|the|and|&)?\s*[A-Z][\w.+#-]*)*|[a-z]+[A-Z]\w*)"
)
_IN_FIGURES: Final = (
    *((ClaimKind.DATE, pattern) for pattern in _DATES),
    (ClaimKind.VERSION, _VERSION),
    (ClaimKind.NUMBER, _NUMBER),
)
"""In this order: what is part of a date is no number."""

_SENTENCE_START: Final = re.compile(r"(?:^|[.!?:]\s+|\n\s*(?:[-*•#>]+\s*)?)$")


def checked_claims(*, summary: str, source: str, published_at: datetime | None = None) -> Checked:
    """Checks a summary (title, text and key points as one plain text) against its source.

    `published_at` is a day that the summary may name although the text does not.
    """
    known = _Source(source, published_at)
    claims = tuple(_claims_of(summary))
    unsupported = tuple(claim for claim in claims if not known.supports(claim, summary))
    return Checked(claims=claims, unsupported=unsupported)


def _claims_of(summary: str) -> Iterator[Claim]:
    taken: list[tuple[int, int]] = []

    def is_free(start: int, end: int) -> bool:
        return all(end <= other or start >= last for other, last in taken)

    for found in _QUOTES.finditer(summary):
        yield _claim(ClaimKind.QUOTATION, summary, found.start(1), found.end(1))
    for kind, pattern in _IN_FIGURES:
        for found in pattern.finditer(summary):
            if is_free(*found.span()):
                taken.append(found.span())
                yield _claim(kind, summary, *found.span())
    for found in _WORD.finditer(summary):
        if found[0].lower() in NUMBER_WORDS and is_free(*found.span()):
            yield _claim(ClaimKind.NUMBER, summary, *found.span())
    for found in _NAME.finditer(summary):
        yield from _names_in(summary, found.start(1), found.end(1), taken)


def _names_in(summary: str, start: int, end: int, taken: list[tuple[int, int]]) -> Iterator[Claim]:
    """The words of a run of capitalised words that are names, one by one."""
    text = summary[start:end]
    begins_sentence = bool(_SENTENCE_START.search(summary[:start]))
    words = list(re.finditer(r"[\w.+#-]*\w[+#]*", text))
    for index, word in enumerate(words):
        name = word[0]
        at = start + word.start()
        lower = name.lower()
        if any(first < at + len(name) and at < last for first, last in taken):
            continue
        if not any(c.isupper() for c in name) or lower in NOT_NAMES or lower in NUMBER_WORDS:
            continue
        if name in COMMON_ACRONYMS or lower in WEEKDAYS or lower in MONTHS:
            continue
        is_plain = name[1:].islower() or len(name) == 1
        if index == 0 and begins_sentence and is_plain:
            # Any word is written so at the beginning of a sentence; alone it says nothing.
            continue
        yield _claim(ClaimKind.NAME, summary, at, at + len(name))


def _claim(kind: ClaimKind, summary: str, start: int, end: int) -> Claim:
    return Claim(kind=kind, text=summary[start:end].strip(), start=start, end=end)


class _Source:
    """What a source says, prepared for look-ups."""

    def __init__(self, text: str, published_at: datetime | None) -> None:
        self.text = _plain(text)
        self.flat = " ".join(word.lower() for word in _WORD.findall(self.text))
        self.words = {_stem(word) for word in self.flat.split()}
        self.squeezed = re.sub(r"[\s_-]+", "", self.text).lower()
        self.versions = {found[1].lower() for found in _VERSION.finditer(self.text)}
        self.dates = set(_dates_in(self.text))
        if published_at is not None:
            self.dates.add((published_at.year, published_at.month, published_at.day))
        self.numbers: dict[float, list[tuple[int, int]]] = {}
        for value, start, end in _numbers_in(self.text):
            self.numbers.setdefault(value, []).append((start, end))

    def supports(self, claim: Claim, summary: str) -> bool:
        """Whether the source says what the claim says."""
        if claim.kind is ClaimKind.QUOTATION:
            words = " ".join(word.lower() for word in _WORD.findall(_plain(claim.text)))
            return f" {words} " in f" {self.flat} "
        if claim.kind is ClaimKind.DATE:
            return self._has_date(claim.text)
        if claim.kind is ClaimKind.VERSION:
            version = claim.text.lower().removeprefix("v")
            return version in self.versions or self._has_number(claim, summary, near=False)
        if claim.kind is ClaimKind.NUMBER:
            return self._has_number(claim, summary, near=True)
        return self._has_name(claim.text)

    def _has_date(self, text: str) -> bool:
        for year, month, day in _dates_in(_plain(text)):
            for y, m, d in self.dates:
                if (not year or not y or year == y) and month == m and (not day or day == d):
                    return True
        return False

    def _has_number(self, claim: Claim, summary: str, *, near: bool) -> bool:
        text = _plain(claim.text)
        values = [value for value, _, _ in _numbers_in(text)] or [
            float(NUMBER_WORDS[word]) for word in text.lower().split() if word in NUMBER_WORDS
        ]
        for value in values:
            places = self.numbers.get(value)
            if places is None:
                return False
            if near and not self._is_near(places, _around_in_sentence(summary, claim)):
                return False
        return bool(values)

    def _is_near(self, places: Iterable[tuple[int, int]], wanted: set[str]) -> bool:
        if not wanted:
            return True
        for start, end in places:
            before = _WORD.findall(self.text[max(0, start - 240) : start])[-NEAR_WORDS:]
            after = _WORD.findall(self.text[end : end + 240])[:NEAR_WORDS]
            if wanted & _content(before + after):
                return True
        return False

    def _has_name(self, name: str) -> bool:
        plain = _plain(name).lower().rstrip(".")
        parts = [part for part in re.split(r"[\s._+-]+", plain) if part]
        if all(_stem(part) in self.words for part in parts):
            return True
        return re.sub(r"[\s_-]+", "", plain).removesuffix("'s").removesuffix("’s") in self.squeezed


def _around_in_sentence(summary: str, claim: Claim) -> set[str]:
    """The words nearest to a claim in its sentence that say something."""
    before = re.split(r"[.!?]\s|\n", summary[: claim.start])[-1]
    after = re.split(r"[.!?]\s|\n", summary[claim.end :] + "\n")[0]
    words = [*_WORD.findall(_plain(before))[-6:], *_WORD.findall(_plain(after))[:6]]
    return _content(words)


def _content(words: Iterable[str]) -> set[str]:
    return {
        _stem(word.lower())
        for word in words
        if len(word) > 1 and word.lower() not in STOP_WORDS and not word[0].isdigit()
    }


def _stem(word: str) -> str:
    """Rough: enough that "prices", "priced" and "price" meet."""
    word = word.replace("’", "'").removesuffix("'s")
    for ending in (
        "ments",
        "ment",
        "ings",
        "ing",
        "ies",
        "ied",
        "ers",
        "ed",
        "es",
        "er",
        "ly",
        "s",
    ):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word[: -len(ending)].rstrip("e")
    return word.rstrip("e") if len(word) > 3 else word


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("’", "'").replace("‑", "-")


def _dates_in(text: str) -> Iterator[tuple[int, int, int]]:
    """(year, month, day) of each date; 0 for what it does not say."""
    for pattern in _DATES:
        for found in pattern.finditer(text):
            named = found.groupdict()
            month = MONTHS[named["mn"].lower()] if named.get("mn") else int(named.get("m") or 0)
            yield int(named.get("y") or 0), month, int(named.get("d") or 0)


def _numbers_in(text: str) -> Iterator[tuple[float, int, int]]:
    """Each number with its scale applied ("200K" is 200000), and where it stands."""
    for found in _NUMBER.finditer(text):
        value = float(re.sub(r"[,\s]", "", found["n"]))
        scaled = value * SCALES.get(found["scale"].lower(), 1)
        yield round(scaled, 6), found.start(), found.end()
    for word in _WORD.finditer(text):
        number = NUMBER_WORDS.get(word[0].lower())
        if number is not None:
            yield float(number), word.start(), word.end()
