"""Sending reports in tests, past the wire formats."""

from datetime import datetime, timedelta
from typing import cast

from accounts.models import ApiToken
from submissions.report import UsageReport
from submissions.rules.merge import Mode
from submissions.services.accept import AcceptedReport, accept_report
from tests.submissions.reports import NOW


def accept(
    token: ApiToken,
    sent: UsageReport,
    *,
    minutes: float = 0,
    mode: str = "merge",
    at: datetime = NOW,
) -> AcceptedReport:
    """What becomes of a report that arrives `minutes` after `at`."""
    return accept_report(
        user_id=token.user_id,
        report=sent,
        body=b"{}",
        at=at + timedelta(minutes=minutes),
        mode=cast("Mode", mode),
        token=token,
    )
