"""What is not kept for ever: raw reports and refused attempts, ninety days."""

from datetime import datetime, timedelta

import pytest
import time_machine

from accounts.models import ApiToken, User
from ccgather.ops.models import JobRun
from ccgather.site.sums import sum_disagreements
from submissions.models import RawReport, RejectedReport, Submission
from submissions.services.purging import RAW_REPORT_KEPT, REJECTED_REPORT_KEPT, purge_old
from submissions.tasks import purge_old as purge_old_task
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def refused(user: User, *, at: datetime) -> RejectedReport:
    return RejectedReport.objects.create(
        user=user, attempted_at=at, code="empty_report", message="", body_bytes=2
    )


def test_raw_reports_go_after_their_time_and_submissions_stay(alice_token: ApiToken) -> None:
    accept(alice_token, report([row(TODAY - timedelta(days=1))]), at=NOW - RAW_REPORT_KEPT)
    accept(
        alice_token,
        report([row(TODAY - timedelta(days=2))]),
        at=NOW - RAW_REPORT_KEPT - SECOND,
    )
    young = RawReport.objects.get(submission__submitted_at=NOW - RAW_REPORT_KEPT)
    assert purge_old(at=NOW) == {"raw_reports": 1, "refused_reports": 0}
    assert list(RawReport.objects.all()) == [young]
    assert Submission.objects.count() == 2
    assert sum_disagreements() == []


def test_refused_attempts_go_after_their_time(alice: User) -> None:
    refused(alice, at=NOW - REJECTED_REPORT_KEPT - SECOND)
    young = refused(alice, at=NOW - REJECTED_REPORT_KEPT)
    assert purge_old(at=NOW) == {"raw_reports": 0, "refused_reports": 1}
    assert list(RejectedReport.objects.all()) == [young]


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
