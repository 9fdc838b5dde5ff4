"""Measuring the cohort: what a day's usage looks like over everybody, and how often each signal
speaks about people whose usage stands. Sampled, so that it costs the same on any site."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from submissions.models import CohortFigure, SignalRate, UnpricedModel
from submissions.rules.model_names import model_family_of
from submissions.rules.signals.cohorts import cohort_of
from submissions.rules.signals.facts import (
    AccountFacts,
    ClassCounts,
    Cohort,
    ModelFacts,
    PastSlice,
    ReportFacts,
    SliceFacts,
)
from submissions.rules.signals.measures import sum_of
from submissions.rules.signals.weighing import SignalSettings, signals_of
from submissions.signal_settings import signal_settings

PEOPLE_A_QUERY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How many people are looked at, at most, and how many of each one's newest slices; and of
    how many of the people the signals are evaluated."""

    people: int
    slices: int
    judged: int


THOROUGHLY = Sample(people=3_000, slices=60, judged=600)
QUICKLY = Sample(people=150, slices=20, judged=0)
"""Within a report's own time, on a site that is just filling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What came of it: people and slices looked at, figures and rates stored."""

    people: int
    slices: int
    figures: int
    rates: int


def measure_cohorts(
    *,
    at: datetime,
    sample: Sample = THOROUGHLY,
    progress: Callable[[int], object] = lambda _people: None,
) -> Measured:
    """Stores the figures of every cohort that is large enough, in place of those before.

    Looked at are people whose usage stands: not excluded, with nothing that waits or was not
    accepted. Somebody else must not do this meanwhile (`single_flight`).
    """
    of_people: dict[str, list[SliceFacts]] = {}
    for user_id, slices in _usage_of(_people(sample.people), slices=sample.slices):
        of_people[str(user_id)] = slices
        progress(1)
    cohort = cohort_of(
        days=((person, item) for person, slices in of_people.items() for item in slices)
    )
    _store_figures(cohort, at=at)
    rates = _store_rates(of_people, cohort=cohort, judged=sample.judged, at=at)
    return Measured(
        people=len(of_people),
        slices=sum(map(len, of_people.values())),
        figures=len(cohort.figures),
        rates=rates,
    )


def _people(most: int) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM submissions_usageaccount")
        (everybody,) = cursor.fetchone()
        # Twice as many as wanted, since some do not qualify; all of them on a small site.
        percent = min(100.0, 200.0 * most / max(1, everybody))
        cursor.execute(
            """
            SELECT a.user_id
            FROM submissions_usageaccount a TABLESAMPLE BERNOULLI (%(percent)s)
            JOIN accounts_user u ON u.id = a.user_id
            WHERE a.total_tokens > 0 AND u.excluded_at IS NULL AND u.suspended_at IS NULL
              AND NOT u.is_demo AND NOT EXISTS (
                SELECT 1 FROM submissions_slice s
                WHERE s.user_id = a.user_id AND s.state <> 'accepted')
            ORDER BY random() LIMIT %(most)s
            """,
            {"percent": percent, "most": most},
        )
        return [row[0] for row in cursor.fetchall()]


def _usage_of(people: Sequence[UUID], *, slices: int) -> Iterator[tuple[UUID, list[SliceFacts]]]:
    """Each person's newest counted slices, by day."""
    for some in batched(people, PEOPLE_A_QUERY):
        models: defaultdict[tuple[UUID, str, date, int], list[ModelFacts]] = defaultdict(list)
        with connection.cursor() as cursor:
            cursor.execute(_USAGE_SQL, {"people": list(some), "slices": slices})
            for user_id, client, day, number, *row in cursor.fetchall():
                models[user_id, client, day, number].append(_model_facts(row))
        by_person: defaultdict[UUID, list[SliceFacts]] = defaultdict(list)
        for (user_id, client, day, _number), found in models.items():
            by_person[user_id].append(_slice_facts(client=client, day=day, models=found))
        for user_id, items in by_person.items():
            items.sort(key=lambda item: (item.day, item.client))
            yield user_id, items


_USAGE_SQL = """
SELECT s.user_id, s.client, s.day, s.id, r.model, r.provider, r.input_tokens, r.output_tokens,
  r.cache_read_tokens, r.cache_write_tokens, r.reasoning_tokens, r.messages, r.cost_microusd,
  r.reported_cost_microusd, r.estimated
FROM unnest(%(people)s::uuid[]) AS person
CROSS JOIN LATERAL (
  SELECT id, user_id, client, day FROM submissions_slice
  WHERE user_id = person AND state = 'accepted' AND not_counted = ''
  ORDER BY day DESC LIMIT %(slices)s
) s
JOIN submissions_slicerow r ON r.slice_id = s.id
"""


def _model_facts(row: Sequence[Any]) -> ModelFacts:
    model, provider, sent, spoken, read, written, reasoned, messages, cost, reported, estimated = (
        row
    )
    return ModelFacts(
        model=model,
        provider=provider,
        family=model_family_of(model),
        counts=ClassCounts(
            input_tokens=sent,
            output_tokens=spoken,
            cache_read_tokens=read,
            cache_write_tokens=written,
            reasoning_tokens=reasoned,
            messages=messages,
        ),
        cost_microusd=cost,
        reported_cost_microusd=reported,
        estimated=estimated,
    )


def _slice_facts(*, client: str, day: date, models: Sequence[ModelFacts]) -> SliceFacts:
    counts = models[0].counts
    for other in models[1:]:
        counts = sum_of(counts, second=other.counts)
    reported = [m.reported_cost_microusd for m in models if m.reported_cost_microusd is not None]
    return SliceFacts(
        client=client,
        day=day,
        counts=counts,
        cost_microusd=sum(m.cost_microusd or 0 for m in models),
        reported_cost_microusd=sum(reported) if reported else None,
        models=tuple(models),
    )


def _store_figures(cohort: Cohort, *, at: datetime) -> None:
    rows = [
        CohortFigure(
            client=client,
            family=family[:64],
            measure=measure,
            centre=figure.centre,
            spread=figure.spread,
            within=figure.within,
            low=figure.low,
            high=figure.high,
            people=figure.people,
            days=figure.days,
            measured_at=at,
        )
        for (client, family, measure), figure in cohort.figures.items()
    ]
    with transaction.atomic():
        CohortFigure.objects.all().delete()
        CohortFigure.objects.bulk_create(rows, batch_size=1_000, ignore_conflicts=True)
        counted = [
            UnpricedModel(model=name, provider="", first_seen_at=at, people=people)
            for name, people in cohort.models.items()
        ]
        known = set(
            UnpricedModel.objects.filter(model__in=[item.model for item in counted]).values_list(
                "model", flat=True
            )
        )
        UnpricedModel.objects.exclude(model__in=known).filter(people__gt=0).update(people=0)
        UnpricedModel.objects.bulk_update(
            [item for item in counted if item.model in known], ["people"], batch_size=1_000
        )


def _store_rates(
    of_people: dict[str, list[SliceFacts]], *, cohort: Cohort, judged: int, at: datetime
) -> int:
    """How many of some people each signal speaks about, with the rates so far left out."""
    if not judged:
        return 0
    settings = signal_settings()
    plain = replace(cohort, rates={})
    fired: Counter[str] = Counter()
    people = list(of_people.items())[:judged]
    for person, slices in people:
        fired.update(_speaking(person, slices, cohort=plain, settings=settings, at=at))
    with transaction.atomic():
        SignalRate.objects.all().delete()
        SignalRate.objects.bulk_create(
            SignalRate(code=code, people=len(people), fired=count, measured_at=at)
            for code, count in sorted(fired.items())
        )
    return len(fired)


def _speaking(
    person: str,
    slices: Sequence[SliceFacts],
    *,
    cohort: Cohort,
    settings: SignalSettings,
    at: datetime,
) -> frozenset[str]:
    """The codes that speak about the newer half of somebody's slices, the older being history."""
    half = len(slices) // 2
    history = tuple(
        PastSlice(
            client=item.client,
            day=item.day,
            device=person,
            counts=item.counts,
            cost_microusd=item.cost_microusd,
        )
        for item in slices[:half]
    )
    facts = ReportFacts(
        at=at,
        account=AccountFacts(
            first_submission_at=at, clean_days=half, trusted=False, rejected_days=0
        ),
        slices=tuple(slices[half:]),
        history=history,
        replaced={},
        cohort=cohort,
        device=person,
    )
    found = signals_of(facts=facts, settings=settings)
    return frozenset(signal.code for signals in found.values() for signal in signals)
