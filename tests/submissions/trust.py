"""Held days, cases and decisions for tests, as the services leave them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from accounts.models import User
from submissions.models import Decision, ReviewCase, Slice
from tests.submissions.reports import NOW

REASON = {
    "code": "over_hard_limit",
    "sentence": "This day comes to 600,000,000,000 tokens.",
    "weight": 1.0,
    "figures": {"tokens": 600_000_000_000, "times_the_limit": 1.2, "model": "gpt-5"},
}


def case_of(user: User, *, at: datetime = NOW, state: str = "open") -> ReviewCase:
    """The open case of a person, due in five days."""
    return ReviewCase.objects.create(
        user=user, opened_at=at, updated_at=at, due_at=at + timedelta(days=5), state=state
    )


def hold(slices: Iterable[Slice]) -> None:
    """Those slices wait, for `REASON`."""
    for held in slices:
        held.state, held.hold_reasons, held.hold_weight = "pending", [REASON], 1.0
        held.save(update_fields=["state", "hold_reasons", "hold_weight"])


def decision_on(
    slices: Iterable[Slice],
    *,
    user: User,
    action: str,
    reason: str,
    case: ReviewCase | None = None,
    at: datetime = NOW,
    reverses: Decision | None = None,
) -> Decision:
    """A line of the ledger about those slices."""
    return Decision.objects.create(
        at=at,
        case=case,
        user=user,
        subject="p-0123456789",
        role=Decision.Role.MODERATOR,
        action=action,
        reason_code="other",
        reason=reason,
        reverses=reverses,
        slices=[
            {
                "day": item.day.isoformat(),
                "client": item.client,
                "device": str(item.device_id),
                "tokens": item.total_tokens,
                "before": "pending",
                "after": item.state,
            }
            for item in slices
        ],
    )
