"""A report and the person's history side by side, in the shapes that several rules need.

Everything is computed once a report and only when a rule asks: most reports are one small day.
"""

from bisect import bisect_left, insort
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import log

from submissions.rules.merge import SliceKey
from submissions.rules.signals.facts import ClassCounts, ReportFacts, SliceFacts
from submissions.rules.signals.measures import families_of, measures_of
from submissions.rules.signals.scales import median_of, spread_of

RECENT_SLICES = 150
FEW_DAYS = 5
LEAST_OVER = 0.6
"""Of logarithms: nearer to what is usual no rule speaks."""
USUAL_DAYS = 60
"""How many active days before a day say what is usual."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What was usual before a day: median and spread of the logarithms of so many active days."""

    centre: float
    spread: float
    days: int


@dataclass(frozen=True, slots=True)
class Day:
    """One slice's counts, of the report (`key` is judged) or of the history."""

    key: SliceKey
    device: str
    counts: ClassCounts
    exact_key: int | None
    judged: bool


@dataclass(frozen=True, slots=True)
class Group:
    """What a judged slice burned on one family of models, and its measures."""

    item: SliceFacts
    family: str
    counts: ClassCounts
    measures: dict[str, float]


class View:
    """The facts of one report, and what follows from them. `floor_tokens` and `floor_microusd`:
    slices below both move no rank, and no rule but a proof speaks about them."""

    def __init__(self, facts: ReportFacts, *, floor_tokens: float, floor_microusd: float) -> None:
        self.facts = facts
        self.floor_tokens = floor_tokens
        self.floor_microusd = floor_microusd

    @cached_property
    def large(self) -> tuple[SliceFacts, ...]:
        """The judged slices that could move a rank."""
        return tuple(
            item
            for item in self.facts.slices
            if item.counts.total_tokens >= self.floor_tokens
            or item.cost_microusd >= self.floor_microusd
        )

    @cached_property
    def large_keys(self) -> frozenset[SliceKey]:
        """Their keys."""
        return frozenset(item.key for item in self.large)

    @cached_property
    def judged(self) -> dict[SliceKey, SliceFacts]:
        """The report's slices by key."""
        return {item.key: item for item in self.facts.slices}

    def is_new_first(self, day: Day) -> bool:
        """Whether that day may be the first of those it repeats: none of the history repeats it."""
        return not any(
            past.exact_key == day.exact_key and past.day != day.key[1]
            for past in self.facts.history
        )

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The large slices by family of models, with their measures."""
        return tuple(
            Group(item, family, counts, dict(measures_of(counts=counts, cost_microusd=cost)))
            for item in self.large
            for family, (counts, cost) in families_of(item).items()
        )

    @cached_property
    def days(self) -> tuple[Day, ...]:
        """History and report together, by day; of the history before the report's first day only
        the last `RECENT_SLICES`."""
        history = self.facts.history
        if len(history) > RECENT_SLICES and self.facts.slices:
            earlier = bisect_left(history, self.first_changed, key=lambda past: past.day)
            history = history[max(0, earlier - RECENT_SLICES) :]
        found = [
            Day((past.client, past.day), past.device, past.counts, past.exact_key, False)
            for past in history
        ]
        found += [
            Day(item.key, self.facts.device, item.counts, item.exact_key, True)
            for item in self.facts.slices
        ]
        found.sort(key=lambda day: day.key[1])
        return tuple(found)

    @cached_property
    def by_client(self) -> dict[str, list[Day]]:
        """The same by tool."""
        found: defaultdict[str, list[Day]] = defaultdict(list)
        for day in self.days:
            found[day.key[0]].append(day)
        return dict(found)

    @cached_property
    def tokens_by_day(self) -> dict[date, int]:
        """The person's whole days, ascending."""
        found: defaultdict[date, int] = defaultdict(int)
        for day in self.days:
            found[day.key[1]] += day.counts.total_tokens
        return dict(found)

    @cached_property
    def judged_days(self) -> frozenset[date]:
        """Days that the report would change."""
        return frozenset(item.day for item in self.facts.slices)

    @cached_property
    def first_changed(self) -> date:
        """The earliest day that the report would change."""
        return min(self.judged_days)

    @cached_property
    def grew(self) -> bool:
        """Whether the later half of the days is much larger than the earlier one."""
        sizes = [tokens for tokens in self.tokens_by_day.values() if tokens]
        half = len(sizes) // 2
        if half < FEW_DAYS:
            return False
        return median_of(sorted(sizes[half:])) > 2 * median_of(sorted(sizes[:half]))

    @cached_property
    def usual(self) -> dict[date, Usual]:
        """What was usual before each judged day that is far from it, of all tools together."""
        return usual_of(
            {day: log(tokens) for day, tokens in self.tokens_by_day.items() if tokens > 0},
            wanted=self.judged_days,
            least=LEAST_OVER,
        )


def usual_of(
    values: dict[date, float], *, wanted: frozenset[date], least: float
) -> dict[date, Usual]:
    """What the last `USUAL_DAYS` values before each wanted day were like; days ascending. Days
    that lie within `least` of it are left out: a spread is dear, and nobody asks for theirs."""
    if not wanted:
        return {}
    start, last = min(wanted), max(wanted)
    before = [value for day, value in values.items() if day < start][-USUAL_DAYS:]
    recent = deque(before)
    ordered = sorted(before)
    found: dict[date, Usual] = {}
    for day, value in values.items():
        if day < start:
            continue
        if day > last:
            break
        if ordered and day in wanted:
            centre = median_of(ordered)
            if abs(value - centre) > least:
                found[day] = Usual(centre, spread_of(ordered, centre=centre), len(ordered))
        insort(ordered, value)
        recent.append(value)
        if len(recent) > USUAL_DAYS:
            ordered.remove(recent.popleft())
    return found
