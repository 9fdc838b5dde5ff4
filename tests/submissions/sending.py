"""Sending reports in tests, past the wire formats."""

from datetime import datetime, timedelta
from typing import Any, cast

from django.test import Client

from accounts.models import ApiToken, User
from submissions.models import UsageAccount
from submissions.report import UsageReport
from submissions.rules.merge import Mode
from submissions.services.accept import AcceptedReport, accept_report
from tests.cast import ALICE_SECRET
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


BEARER = {"Authorization": f"Bearer {ALICE_SECRET}"}
"""Alice's laptop speaks."""


def total(user: User) -> int:
    """Lifetime counted tokens, 0 before the first report."""
    account = UsageAccount.objects.filter(user=user).first()
    return account.total_tokens if account else 0


def send(client: Client, body: bytes) -> Any:
    """What the submit endpoint answers to Alice's laptop."""
    return client.post("/api/submit", data=body, content_type="application/json", headers=BEARER)
