"""How the proof runs: beside submissions, alone, recorded, told to the operators."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from itertools import count
from threading import Event

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from ccgather.ops.models import JobRun
from ccgather.site import tasks
from ccgather.site.integrity import order, services
from ccgather.site.integrity.health import latest_proof
from ccgather.site.integrity.services import check_invariants
from leaderboard.models import IntegrityRun
from tests.cast import person, token_of
from tests.site.integrity.conftest import AT, MIDNIGHT
from tests.submissions.reports import TODAY, report, row
from tests.submissions.sending import accept

damage_sql = "UPDATE leaderboard_competitor SET lifetime_tokens = 1"


def damage() -> None:
    with connection.cursor() as cursor:
        cursor.execute(damage_sql)


@pytest.fixture
def admins(settings: pytest.FixtureRequest) -> None:
    settings.ADMINS = ["ops@example.org"]  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("past")
def test_what_is_sent_in_the_middle_is_no_false_alarm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between each two looks somebody new sends a report, as on a busy site."""
    numbers = count(1)

    def send() -> None:
        number = next(numbers)
        token = token_of(person(f"late-{number}"), secret=f"tt_{number:048x}")
        accept(token, report([row(TODAY, 5_000 * number)]), at=AT)
        connection.close()

    def after[**Given, Answer](look: Callable[Given, Answer]) -> Callable[Given, Answer]:
        def looked(*given: Given.args, **named: Given.kwargs) -> Answer:
            answer = look(*given, **named)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(send).result(20)
            return answer

        return looked

    for module, name in (
        (services, "_check_sums"),
        (services, "check_windows"),
        (services, "check_snapshots"),
        (order, "_order"),
    ):
        monkeypatch.setattr(module, name, after(getattr(module, name)))
    run = check_invariants(at=AT, alerts=False)
    assert next(numbers) > 60
    assert run.disagreements == {}
    assert run.outcome == "held"
    _drop_partitions()


def _drop_partitions() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE leaderboard_snapshot_2026_11, leaderboard_snapshot_2026_12")


@pytest.mark.django_db(transaction=True)
def test_of_two_runs_at_once_one_proves_and_the_other_is_skipped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inside, leave = Event(), Event()
    look = services._look

    def slow(**given: object) -> None:
        inside.set()
        assert leave.wait(20)
        look(**given)  # type: ignore[arg-type]

    def run() -> str:
        try:
            return tasks.check_invariants()
        finally:
            connection.close()

    monkeypatch.setattr(services, "_look", slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(run)
        assert inside.wait(20)
        assert tasks.check_invariants() == "skipped"
        leave.set()
        assert first.result(20) == "done"
    assert IntegrityRun.objects.count() == 1
    runs = JobRun.objects.filter(job="check-invariants").order_by("outcome")
    assert [run.outcome for run in runs] == ["done", "skipped"]
    assert runs[0].counts == {"checked": 0, "wrong": 0}


@pytest.mark.django_db
@pytest.mark.usefixtures("past", "admins")
def test_when_all_holds_nobody_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with time_machine.travel(AT, tick=False):
        tasks.check_invariants()
        assert latest_proof() is None
    assert not mail.outbox
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.django_db
@pytest.mark.usefixtures("past", "admins")
def test_what_is_broken_is_logged_mailed_and_named_by_readyz(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    damage()
    with time_machine.travel(AT, tick=False):
        tasks.check_invariants()
        ready = client.get("/readyz").json()
    (record,) = [found for found in caplog.records if found.levelno == logging.ERROR]
    assert record.event == "integrity.broken"  # type: ignore[attr-defined]
    assert record.invariants == ["standings"]  # type: ignore[attr-defined]
    (sent,) = mail.outbox
    assert sent.to == ["ops@example.org"]
    assert sent.subject == "[CCGather] integrity: standings"
    assert "Standings: 3 of " in str(sent.body)
    assert "lifetime_tokens is 1" in str(sent.body)
    assert ready["checks"]["integrity"] == "invariants are broken (2026-11-21): standings"
    job = JobRun.objects.get(job="check-invariants")
    assert job.counts["wrong"] == 3


@pytest.mark.django_db
@pytest.mark.usefixtures("past", "admins")
def test_mail_that_cannot_be_sent_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*_arguments: object) -> None:
        raise ConnectionRefusedError("smtp.example.org:587")

    monkeypatch.setattr("ccgather.site.integrity.alerts.mail_admins", refused)
    damage()
    assert check_invariants(at=AT).outcome == "broken"
    events = [getattr(record, "event", "") for record in caplog.records]
    assert events == ["integrity.broken", "integrity.unmailed"]


@pytest.mark.django_db
@pytest.mark.usefixtures("admins")
def test_a_proof_that_breaks_off_is_told_too(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**_given: object) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(services, "check_snapshots", broken)
    with time_machine.travel(AT, tick=False), pytest.raises(RuntimeError):
        tasks.check_invariants()
    assert IntegrityRun.objects.get().outcome == "failed"
    assert JobRun.objects.get(job="check-invariants").outcome == "failed"
    assert "did not come to its end" in mail.outbox[0].subject
    with time_machine.travel(AT, tick=False):
        assert latest_proof() == "the invariants could not be checked on 2026-11-21 01:00"


@pytest.mark.django_db
@pytest.mark.usefixtures("past")
def test_readyz_says_when_the_proof_is_late() -> None:
    with time_machine.travel(MIDNIGHT + timedelta(hours=26), tick=False):
        assert latest_proof() is None
    with time_machine.travel(MIDNIGHT + timedelta(hours=27), tick=False):
        assert latest_proof() == "the invariants have never been checked"
    check_invariants(at=AT, alerts=False)
    with time_machine.travel(AT + timedelta(hours=26), tick=False):
        assert latest_proof() is None
    with time_machine.travel(AT + timedelta(hours=27), tick=False):
        assert latest_proof() == "the invariants were last checked on 2026-11-21 01:00"


@pytest.mark.django_db
@pytest.mark.usefixtures("past", "admins")
def test_the_command_shows_each_invariant_and_fails_when_one_is_broken() -> None:
    out = StringIO()
    with time_machine.travel(AT, tick=False):
        call_command("check_invariants", stdout=out)
        assert "slices                 45 slices" in out.getvalue()
        damage()
        with pytest.raises(CommandError, match="broken"):
            call_command("check_invariants", stdout=out)
    assert "3 WRONG" in out.getvalue()
    assert "lifetime_tokens is 1" in out.getvalue()
    assert not mail.outbox
