"""The ledger of decisions: one line for each action, and a pseudonym for whom it is about."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b, sha256
from uuid import UUID

from django.conf import settings

from accounts.models import User
from submissions.models import Decision, ReviewCase, Slice

PSEUDONYM_BYTES = 6


def subject_of(*, user_id: UUID) -> str:
    """Twelve hex digits that stand for a person in the public ledger.

    The same in each line about them; from it nobody without the site's secret finds the person.
    """
    key = sha256(f"moderation ledger {settings.SECRET_KEY}".encode()).digest()
    return blake2b(user_id.bytes, key=key, digest_size=PSEUDONYM_BYTES).hexdigest()


def slice_line(*, item: Slice, before: str, after: str) -> dict[str, object]:
    """What a line of the ledger says of one slice version."""
    return {
        "id": item.pk,
        "day": item.day.isoformat(),
        "client": item.client,
        "device": str(item.device_id),
        "tokens": item.total_tokens,
        "before": str(before),
        "after": str(after),
    }


def write_decision(
    *,
    action: Decision.Action,
    role: Decision.Role,
    reason_code: str,
    at: datetime,
    user: User | None = None,
    actor: User | None = None,
    case: ReviewCase | None = None,
    reason: str = "",
    slices: Sequence[Mapping[str, object]] = (),
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reverses: Decision | None = None,
    waiting_since: datetime | None = None,
) -> Decision:
    """Adds a line, in the transaction of what it tells; `slices` are of `slice_line`."""
    return Decision.objects.create(
        at=at,
        case=case,
        user=user,
        subject=subject_of(user_id=user.pk) if user is not None else "",
        actor=actor,
        role=role,
        action=action,
        reason_code=reason_code,
        reason=reason,
        slices=list(slices),
        before=dict(before or {}),
        after=dict(after or {}),
        reverses=reverses,
        waiting_since=waiting_since,
    )
