"""What usage looks like over everybody, as judging sees it: measured now and then, kept by each
process for a minute."""

import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from ccgather.ops.jobs import single_flight
from submissions.models import CohortFigure, SignalRate, UnpricedModel
from submissions.rules.signals.cohorts import FEWEST_PEOPLE
from submissions.rules.signals.facts import Cohort, Figure
from submissions.services.measuring import QUICKLY, measure_cohorts

MEASURING = "measure-cohorts"
"""The name that measuring runs alone under."""

KEPT_SECONDS = 60.0
RATES_FROM_PEOPLE = 100
"""Of fewer people one odd one would quieten a signal."""

LOOK_AFTER_REPORTS = 12
"""A new site's cohort comes from its first reports: whether enough are new is looked at so often,
by each process."""

GROWTH = 1.5
QUICK_PEOPLE = 3_000
"""Beyond, an hour changes little: the hourly job does."""


@dataclass(slots=True)
class _Kept:
    cohort: Cohort = field(default_factory=Cohort)
    people: int = 0
    fresh_until: float = 0.0
    reports: int = 0


_kept = _Kept()


def present_cohort() -> Cohort:
    """The cohort, read at most `KEPT_SECONDS` ago; three queries where it was not."""
    if time.monotonic() >= _kept.fresh_until:
        _read()
    return _kept.cohort


def forget_cohort() -> None:
    """Read it again at the next use."""
    _kept.fresh_until = 0.0
    _kept.reports = 0


def _read() -> None:
    figures = {
        (row.client, row.family, row.measure): Figure(
            centre=row.centre,
            spread=row.spread,
            within=row.within,
            low=row.low,
            high=row.high,
            people=row.people,
            days=row.days,
        )
        for row in CohortFigure.objects.all()
    }
    rates = {
        row.code: row.fired / row.people
        for row in SignalRate.objects.filter(people__gte=RATES_FROM_PEOPLE)
    }
    models = dict(UnpricedModel.objects.filter(people__gt=0).values_list("model", "people"))
    _kept.cohort = Cohort(figures=figures, rates=rates, models=models)
    _kept.people = max((figure.people for figure in figures.values()), default=0)
    _kept.fresh_until = time.monotonic() + KEPT_SECONDS


def follow_growth(*, at: datetime) -> None:
    """After this transaction commits, measures anew if the site has many more people than when it
    was last measured. Called for each report that changed something; mostly it only counts."""
    _kept.reports += 1
    if _kept.reports >= LOOK_AFTER_REPORTS and _kept.people < QUICK_PEOPLE:
        _kept.reports = 0
        transaction.on_commit(partial(_measure_if_grown, at=at), robust=True)


def _measure_if_grown(*, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM submissions_usageaccount LIMIT %s) people",
            [QUICK_PEOPLE],
        )
        (people,) = cursor.fetchone()
    if people < max(FEWEST_PEOPLE, GROWTH * _kept.people):
        return
    with single_flight(MEASURING) as ours:
        if not ours:
            return
        # Whoever had it before may just have done this.
        _read()
        if people >= max(FEWEST_PEOPLE, GROWTH * _kept.people):
            measure_cohorts(at=at, sample=QUICKLY)
            _read()
