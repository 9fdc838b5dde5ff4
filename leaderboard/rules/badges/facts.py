"""What badges are decided on: a person's counted usage, in numbers."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from submissions.rules.model_names import UNKNOWN_MODEL, model_family_of

EXPLORED_TOKENS = 100_000
"""How much of a family makes it one that a person knows."""

EARLY_BEFORE_HOUR = 7
LATE_FROM_HOUR = 23

_GPT = re.compile(r"gpt-\d+|o\d|codex|gpt", re.ASCII)
_FIRST_WORD = re.compile(r"[a-z]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Lifetime counted usage. Tokens, micro-dollars and UTC days, unless a name says otherwise.

    `clean_days` are the active days since the last one with something held or rejected,
    `unrejected_days` those since the last rejected one. `family_tokens` is by `badge_family_of`.
    Early and late days are of the person's own time zone, and known only where reports tell
    hours: on `days_with_hours`. Ranks are None where nobody asked for them.
    """

    lifetime_tokens: int = 0
    cost_microusd: int = 0
    active_days: int = 0
    longest_streak: int = 0
    weekend_days: int = 0
    clean_days: int = 0
    unrejected_days: int = 0
    family_tokens: Mapping[str, int] = field(default_factory=dict)
    clients: int = 0
    early_days: int = 0
    late_days: int = 0
    days_with_hours: int = 0
    rank_world: int | None = None
    rank_country: int | None = None

    @property
    def families_known(self) -> int:
        """Model families that the person has really used."""
        return sum(tokens >= EXPLORED_TOKENS for tokens in self.family_tokens.values())


def badge_family_of(model: str) -> str:
    """The family a model counts for: "opus", "sonnet", "haiku", "gpt", "gemini", or the first
    word of its name; "" for a model nobody named. Takes a canonical name."""
    if not model or model == UNKNOWN_MODEL:
        return ""
    family = model_family_of(model)
    if _GPT.fullmatch(family):
        return "gpt"
    if family != model:
        return family
    word = _FIRST_WORD.search(model.rsplit("/", 1)[-1])
    return word[0] if word else ""


def family_tokens_of(model_tokens: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Tokens by family, from tokens by canonical model."""
    families: Counter[str] = Counter()
    for model, tokens in model_tokens:
        if family := badge_family_of(model):
            families[family] += tokens
    return dict(families)


@dataclass(frozen=True, slots=True)
class HourFacts:
    """Days of a person's own zone with usage before 07:00 and after 23:00, and UTC days whose
    hours are known."""

    early_days: int
    late_days: int
    days_with_hours: int


def hour_facts_of(hours: Iterable[tuple[date, Sequence[int]]], *, zone: tzinfo) -> HourFacts:
    """From (UTC day, 24 counts of its UTC hours), one a slice; an hour belongs where it begins."""
    early: set[date] = set()
    late: set[date] = set()
    marked: dict[date, _Marked] = {}
    for day, counts in hours:
        if day not in marked:
            marked[day] = _marked_hours(_offset(day, 0, zone), _offset(day, 23, zone), day, zone)
        for hour, days_on, is_early in marked[day]:
            if counts[hour]:
                local_day = day + _DAYS_ON[days_on]
                (early if is_early else late).add(local_day)
    return HourFacts(len(early), len(late), len(marked))


_Marked = tuple[tuple[int, int, bool], ...]
"""The UTC hours of a day that are early or late where somebody lives: the hour, how many days the
local day is on (-1, 0 or 1), and whether it is early."""

_DAYS_ON = {days: timedelta(days=days) for days in (-1, 0, 1)}


def _marked_hours(first: timedelta, last: timedelta, day: date, zone: tzinfo) -> _Marked:
    if first == last:
        return _marked_at((first,) * 24)
    return _marked_at(tuple(_offset(day, hour, zone) for hour in range(24)))


@lru_cache(maxsize=512)
def _marked_at(offsets: tuple[timedelta, ...]) -> _Marked:
    """By what each of the 24 hours is ahead of UTC."""
    found = []
    for hour, offset in enumerate(offsets):
        days_on, seconds = divmod(hour * 3600 + int(offset.total_seconds()), 86_400)
        local_hour = seconds // 3600
        if local_hour < EARLY_BEFORE_HOUR or local_hour >= LATE_FROM_HOUR:
            found.append((hour, days_on, local_hour < EARLY_BEFORE_HOUR))
    return tuple(found)


def _offset(day: date, hour: int, zone: tzinfo) -> timedelta:
    """What that hour's local time is ahead of UTC."""
    offset = datetime.combine(day, time(hour), tzinfo=UTC).astimezone(zone).utcoffset()
    return offset if offset is not None else timedelta(0)
