"""What is held against what is usual: the person's own days, and everybody's who use the tool."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Final

from django.db.models import Q

from accounts.models import User
from ccgather.site.review.selectors.case import HeldSlice
from ccgather.ui.charts.mix import MixBar, MixRow, mix_of, mix_rows_of
from ccgather.ui.charts.strip import Strip, StripDay, Usual, strip_of
from submissions.models import CohortFigure, UserDay

BEFORE: Final = 120
"""Days of history shown before the first held one."""
MOST: Final = 400
CLASSES: Final = ("Input", "Output", "Cache read", "Cache write", "Reasoning")
DAY_TOKENS: Final = "total"
"""The measure of `CohortFigure` that is a day's tokens."""
SHOWN_FIGURES: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortLine:
    """One measure of one cohort; `low`, `centre` and `high` as they are, not as logarithms."""

    client: str
    family: str
    measure: str
    low: float
    centre: float
    high: float
    people: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The charts of a case, and what is behind them. `own_median` is of the person's own counted
    days without a hold, None where there is none; `cohort` is what the band shows."""

    strip: Strip
    days: tuple[StripDay, ...]
    own_median: float | None
    own_days: int
    cohort: CohortLine | None
    cohorts: tuple[CohortLine, ...]
    mix: tuple[MixBar, ...]
    mix_rows: tuple[MixRow, ...]


def history(*, user: User, slices: Sequence[HeldSlice]) -> History:
    """The person's days around what is held; two queries."""
    usage = list(UserDay.objects.filter(user=user).order_by("day"))
    counted = {each.day: each.total_tokens for each in usage}
    added: dict[date, int] = {}
    for each in slices:
        added[each.day] = added.get(each.day, 0) + each.adds
    days = _days(counted, added)
    own = [tokens for day, tokens in counted.items() if day not in added and tokens > 0]
    own_median = median(own) if own else None
    cohorts = _cohorts(slices)
    cohort = _widest(cohorts, clients={each.client for each in slices})
    usual = None
    if cohort is not None:
        usual = Usual(low=cohort.low, centre=cohort.centre, high=cohort.high)
    own_counts = _sums([_classes(each) for each in usage if each.day not in added])
    held_counts = _sums([each.counts for each in slices])
    mix = mix_of(names=CLASSES, bars=[("Held", held_counts), ("What counts", own_counts)])
    return History(
        strip=strip_of(days=days, usual=usual, own=own_median),
        days=tuple(reversed(days)),
        own_median=own_median,
        own_days=len(own),
        cohort=cohort,
        cohorts=cohorts,
        mix=mix,
        mix_rows=mix_rows_of(names=CLASSES, bars=mix),
    )


def _sums(counts: Sequence[Sequence[int]]) -> tuple[int, ...]:
    return tuple(sum(each[place] for each in counts) for place in range(len(CLASSES)))


def _classes(usage: UserDay) -> tuple[int, int, int, int, int]:
    return (
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_tokens,
        usage.cache_write_tokens,
        usage.reasoning_tokens,
    )


def _days(counted: dict[date, int], added: dict[date, int]) -> list[StripDay]:
    known = sorted({*counted, *added})
    if not known:
        return []
    last = known[-1]
    begins = (min(added) if added else last) - timedelta(days=BEFORE)
    first = max(known[0], begins, last - timedelta(days=MOST - 1))
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return [
        StripDay(
            day=day,
            counted=counted.get(day, 0),
            proposed=counted.get(day, 0) + added[day] if day in added else None,
        )
        for day in days
    ]


def _cohorts(slices: Sequence[HeldSlice]) -> tuple[CohortLine, ...]:
    """What is known of the tools that are held, and of everybody, by measure."""
    clients = {each.client for each in slices}
    if not clients:
        return ()
    of_everybody = Q(client="", family="")
    figures = CohortFigure.objects.filter(Q(client__in=clients) | of_everybody, people__gt=0)
    ordered = figures.order_by("measure", "-people", "client", "family")
    return tuple(
        CohortLine(
            client=figure.client,
            family=figure.family,
            measure=figure.measure,
            low=math.exp(figure.low),
            centre=math.exp(figure.centre),
            high=math.exp(figure.high),
            people=figure.people,
            days=figure.days,
        )
        for figure in ordered[:SHOWN_FIGURES]
    )


def _widest(cohorts: Sequence[CohortLine], *, clients: Collection[str]) -> CohortLine | None:
    """The largest cohort of a day's tokens with one of these tools, or with any."""
    known = [line for line in cohorts if line.measure == DAY_TOKENS]
    of_tools = [line for line in known if line.client in clients]
    return max(of_tools or known, key=lambda line: line.people, default=None)
