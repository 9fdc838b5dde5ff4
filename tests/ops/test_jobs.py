"""Background jobs run alone and are written down."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import close_old_connections, connection, transaction

from ccgather.ops import services
from ccgather.ops.epoch import bump_visibility, visibility_epoch
from ccgather.ops.jobs import JobReport, recorded_job, run_job, single_flight
from ccgather.ops.models import JobRun

AT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_a_job_started_twice_at_once_runs_once_and_the_second_is_skipped() -> None:
    inside, leave = threading.Event(), threading.Event()
    outcomes: list[str] = []

    def slow(report: JobReport) -> None:
        report.add("rows", 3)
        inside.set()
        assert leave.wait(10)

    def first() -> None:
        outcomes.append(run_job("fold", slow, at=AT))
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(10)
    outcomes.append(run_job("fold", slow, at=AT))
    leave.set()
    thread.join()
    assert outcomes == ["skipped", "done"]
    assert list(JobRun.objects.order_by("outcome").values_list("outcome", "counts")) == [
        ("done", {"rows": 3}),
        ("skipped", {}),
    ]


@pytest.mark.django_db(transaction=True)
def test_jobs_of_different_names_do_not_wait_for_each_other() -> None:
    with single_flight("one") as one, single_flight("two") as two, single_flight("one") as again:
        assert (one, two, again) == (True, True, False)
    with single_flight("one") as later:
        assert later


@pytest.mark.django_db(transaction=True)
def test_the_lock_is_held_across_transactions_and_connections_of_the_body() -> None:
    with single_flight("one") as ours:
        assert ours
        with transaction.atomic():
            JobRun.objects.count()
        connection.close()
        close_old_connections()
        with single_flight("one") as again:
            assert not again


@pytest.mark.django_db
def test_a_failed_job_is_written_down_and_its_error_goes_on() -> None:
    def fold() -> None:
        with recorded_job("fold", at=AT) as report:
            report.add("rows")
            _ = 1 // 0

    with pytest.raises(ZeroDivisionError):
        fold()
    run = JobRun.objects.get()
    assert (run.outcome, run.counts, run.started_at) == ("failed", {"rows": 1}, AT)
    assert "ZeroDivisionError" in run.error
    assert run.finished_at is not None


@pytest.mark.django_db
def test_idle_runs_of_a_frequent_job_leave_no_row() -> None:
    for rows in (0, 0, 5):
        with recorded_job("sweep", at=AT, idle_runs=False) as report:
            report.add("rows", rows)
    assert list(JobRun.objects.values_list("counts", flat=True)) == [{"rows": 5}]


@pytest.mark.django_db
def test_old_runs_are_forgotten() -> None:
    for days in (1, 29, 31, 400):
        at = AT - timedelta(days=days)
        JobRun.objects.create(job="fold", started_at=at, finished_at=at, outcome="done")
    assert services.forget_old_job_runs(at=AT) == 2


@pytest.mark.django_db(transaction=True)
def test_the_epoch_rises_with_the_transaction_that_changed_something() -> None:
    assert visibility_epoch() == 0
    with transaction.atomic():
        bump_visibility()
    assert visibility_epoch() == 1
    with transaction.atomic():
        bump_visibility()
        transaction.set_rollback(True)
    assert visibility_epoch() == 1


@pytest.mark.django_db(transaction=True)
def test_the_epoch_cannot_be_raised_outside_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        bump_visibility()
