"""Whom an admin trusts: wider bands for what they send. Hard limits apply to them all the same."""

from datetime import datetime
from uuid import UUID

from accounts.locking import locked_account
from accounts.models import User
from submissions.errors import NothingToDecideError
from submissions.models import Decision
from submissions.services.ledger import write_decision
from submissions.services.review import checked_reason
from submissions.services.staff import Power, require, role_of
from submissions.services.telling import tell_of_decision

Action = Decision.Action


def trust(
    *, user_id: UUID, actor: User, reason_code: str = "", reason: str = "", at: datetime
) -> Decision:
    """Raises NothingToDecideError for who is trusted already, OwnCaseError,
    PermissionRefusedError, InvalidInputError, NotFoundError."""
    return _change(user_id, actor, Action.TRUST, reason_code, reason, at=at)


def untrust(
    *, user_id: UUID, actor: User, reason_code: str = "", reason: str = "", at: datetime
) -> Decision:
    """Takes it back; whose record is long and clean is trusted for that all the same."""
    return _change(user_id, actor, Action.UNTRUST, reason_code, reason, at=at)


def _change(
    user_id: UUID,
    actor: User,
    action: Decision.Action,
    reason_code: str,
    reason: str,
    *,
    at: datetime,
) -> Decision:
    code, text = checked_reason(action=action, reason_code=reason_code, reason=reason)
    becomes = action == Action.TRUST
    with locked_account(user_id=user_id) as user:
        require(actor=actor, power=Power.TRUST, subject_id=user.pk)
        if (user.trusted_at is not None) is becomes:
            raise NothingToDecideError(
                f"This account is {'trusted already' if becomes else 'not trusted'}."
            )
        user.trusted_at = at if becomes else None
        user.save(update_fields=["trusted_at"])
        decision = write_decision(
            action=action,
            role=role_of(actor=actor),
            reason_code=code,
            reason=text,
            at=at,
            user=user,
            actor=actor,
            before={"trusted": not becomes},
            after={"trusted": becomes},
        )
        if becomes:
            tell_of_decision(decision=decision, user=user, at=at)
        return decision
