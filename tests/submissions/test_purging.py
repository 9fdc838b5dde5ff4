"""What is not kept for ever: raw reports and refused attempts, ninety days."""

from datetime import datetime, timedelta

import pytest
import time_machine

from accounts.models import ApiToken, User
from ccgather.ops.models import JobRun
from ccgather.ops.services import change_setting
from ccgather.site.sums import sum_disagreements
from submissions.bodies import archived_body
from submissions.models import RawReport, RejectedReport, Submission
from submissions.services.purging import purge_old
from submissions.tasks import purge_old as purge_old_task
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
KEPT = timedelta(days=90)


def refused(user: User, *, at: datetime) -> RejectedReport:
    return RejectedReport.objects.create(
        user=user, attempted_at=at, code="empty_report", message="", body_bytes=2
    )


def test_raw_reports_go_after_their_time_and_submissions_stay(alice_token: ApiToken) -> None:
    accept(alice_token, report([row(TODAY - timedelta(days=1))]), at=NOW - KEPT)
    accept(
        alice_token,
        report([row(TODAY - timedelta(days=2))]),
        at=NOW - KEPT - SECOND,
    )
    young = RawReport.objects.get(submission__submitted_at=NOW - KEPT)
    assert purge_old(at=NOW) == {"raw_reports": 1, "refused_reports": 0}
    assert list(RawReport.objects.all()) == [young]
    assert Submission.objects.count() == 2
    assert sum_disagreements() == []


def test_refused_attempts_go_after_their_time(alice: User) -> None:
    refused(alice, at=NOW - KEPT - SECOND)
    young = refused(alice, at=NOW - KEPT)
    assert purge_old(at=NOW) == {"raw_reports": 0, "refused_reports": 1}
    assert list(RejectedReport.objects.all()) == [young]


def test_of_a_report_past_its_time_the_digest_stays(alice_token: ApiToken) -> None:
    """The same report sent again is still known as the same, and changes nothing."""
    sent = report([row(TODAY - timedelta(days=200))])
    accept(alice_token, sent, at=NOW - 2 * KEPT)
    digest = bytes(Submission.objects.get().digest)
    assert archived_body(bytes(RawReport.objects.get().body)) == b"{}"
    purge_old(at=NOW)
    assert not RawReport.objects.exists()
    assert bytes(Submission.objects.get().digest) == digest
    assert accept(alice_token, sent, at=NOW).mode == "unchanged"


def test_how_long_bodies_are_kept_is_a_setting(alice_token: ApiToken) -> None:
    accept(alice_token, report([row(TODAY - timedelta(days=9))]), at=NOW - timedelta(days=8))
    assert purge_old(at=NOW)["raw_reports"] == 0
    change_setting(key="raw_reports_kept_days", value=7, by="dana", at=NOW)
    assert purge_old(at=NOW)["raw_reports"] == 1


def test_a_purge_goes_on_a_few_at_a_time_until_nothing_is_old(alice: User) -> None:
    for _ in range(5):
        refused(alice, at=NOW - 2 * KEPT)
    batches: list[int] = []
    assert purge_old(at=NOW, batch=2, progress=batches.append)["refused_reports"] == 5
    assert batches == [2, 2, 1]


def test_purging_again_removes_nothing(alice: User) -> None:
    refused(alice, at=NOW - timedelta(days=200))
    purge_old(at=NOW)
    assert purge_old(at=NOW) == {"raw_reports": 0, "refused_reports": 0}


def test_the_nightly_job_records_what_it_removed(alice: User) -> None:
    refused(alice, at=NOW - timedelta(days=200))
    with time_machine.travel(NOW, tick=False):
        purge_old_task()
    run = JobRun.objects.get()
    assert run.job == "purge-reports"
    assert run.counts == {"raw_reports": 0, "refused_reports": 1}
    assert not RejectedReport.objects.exists()
