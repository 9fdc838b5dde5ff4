"""What usage looks like over everybody: measured, sampled, kept, and measured again."""

from datetime import timedelta
from math import log
from random import Random

import pytest
from django.core.management import call_command

from accounts.models import User
from ccgather.ops.models import JobRun
from submissions.models import CohortFigure, SignalRate, Slice, UnpricedModel
from submissions.rules.signals.cohorts import FEWEST_PEOPLE
from submissions.services.cohorts import LOOK_AFTER_REPORTS, forget_cohort, present_cohort
from submissions.services.measuring import Sample, measure_cohorts
from submissions.tasks import measure_cohorts as measure_cohorts_task
from tests.cast import person, token_of
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db


def usage_of(people: int, *, days: int = 3, seed: int = 7) -> list[User]:
    """People with some days of usage, each their own."""
    drawn = Random(seed)
    found = []
    for number in range(people):
        user = person(f"person-{number}")
        token = token_of(user, secret=f"tt_{number:048d}")
        rows = [
            row(
                TODAY - timedelta(days=day),
                input_tokens=drawn.randint(1_000, 90_000),
                output_tokens=drawn.randint(10_000, 300_000),
                cache_read_tokens=drawn.randint(1_000_000, 30_000_000),
                model="claude-opus-4-5" if number else "a-model-of-nobody-else",
            )
            for day in range(days)
        ]
        accept(token, report(rows))
        found.append(user)
    return found


def test_a_cohort_is_measured_by_people() -> None:
    usage_of(FEWEST_PEOPLE + 1)
    measured = measure_cohorts(at=NOW)
    assert (measured.people, measured.slices) == (FEWEST_PEOPLE + 1, 3 * (FEWEST_PEOPLE + 1))
    figure = CohortFigure.objects.get(client="claude", family="opus", measure="total")
    assert (figure.people, figure.days) == (FEWEST_PEOPLE, 3 * FEWEST_PEOPLE)
    assert log(1_000_000) < figure.low <= figure.centre <= figure.high < log(40_000_000)
    assert CohortFigure.objects.get(client="", family="", measure="total").people == 13
    assert UnpricedModel.objects.get().people == 1
    forget_cohort()
    cohort = present_cohort()
    shown = cohort.figure(client="claude", family="opus", measure="total")
    assert shown is not None
    assert shown.centre == figure.centre
    assert cohort.models == {"a-model-of-nobody-else": 1}


def test_a_small_site_has_no_cohort() -> None:
    usage_of(3)
    assert measure_cohorts(at=NOW).figures == 0
    assert present_cohort().figures == {}


def test_measuring_again_replaces_what_was_measured() -> None:
    usage_of(FEWEST_PEOPLE)
    first = measure_cohorts(at=NOW)
    assert measure_cohorts(at=NOW + timedelta(hours=1)) == first
    assert CohortFigure.objects.count() == first.figures
    assert set(CohortFigure.objects.values_list("measured_at", flat=True)) == {
        NOW + timedelta(hours=1)
    }


def test_whose_usage_is_in_doubt_measures_nothing() -> None:
    people = usage_of(4)
    User.objects.filter(pk=people[0].pk).update(excluded_at=NOW)
    Slice.objects.filter(user=people[1], day=TODAY).update(state="pending")
    Slice.objects.filter(user=people[2], day=TODAY).update(state="rejected")
    assert measure_cohorts(at=NOW).people == 1


def test_a_sample_bounds_what_is_looked_at() -> None:
    usage_of(6)
    measured = measure_cohorts(at=NOW, sample=Sample(people=4, slices=2, judged=2))
    assert (measured.people, measured.slices) == (4, 8)


def test_signals_are_tried_on_people_whose_usage_stands() -> None:
    usage_of(FEWEST_PEOPLE)
    measure_cohorts(at=NOW)
    for rate in SignalRate.objects.all():
        assert (rate.people, rate.measured_at) == (FEWEST_PEOPLE, NOW)
        assert 0 < rate.fired <= rate.people
    forget_cohort()
    assert present_cohort().rates == {}, "of so few people"
    SignalRate.objects.all().delete()
    SignalRate.objects.create(code="round_numbers", people=200, fired=10, measured_at=NOW)
    forget_cohort()
    assert present_cohort().rates == {"round_numbers": 0.05}


def test_a_process_keeps_the_cohort_for_a_while(django_assert_num_queries: object) -> None:
    present_cohort()
    with django_assert_num_queries(0):  # type: ignore[operator]
        present_cohort()


@pytest.mark.django_db(transaction=True)
def test_a_new_sites_cohort_comes_from_its_first_reports() -> None:
    usage_of(LOOK_AFTER_REPORTS * 2)
    assert CohortFigure.objects.filter(client="", family="", measure="total").exists()
    assert present_cohort().figures


def test_the_job_and_the_command_are_recorded() -> None:
    usage_of(1)
    assert measure_cohorts_task() == JobRun.Outcome.DONE
    call_command("measure_cohorts", verbosity=0)
    assert [run.counts["people"] for run in JobRun.objects.all()] == [1, 1]
