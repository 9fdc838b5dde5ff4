"""Keeping somebody out who abuses the service itself (wrong numbers are held, not suspended)."""

from datetime import datetime
from uuid import UUID

from accounts.locking import locked_account
from accounts.models import User
from accounts.services.browser_sessions import end_sessions


def suspend_account(*, user_id: UUID, at: datetime) -> User:
    """End every session; tokens answer 403 from now on, and sign-in is refused."""
    with locked_account(user_id=user_id) as user:
        if user.suspended_at is None:
            user.suspended_at = at
            user.save(update_fields=["suspended_at"])
            end_sessions(user=user)
    return user


def lift_suspension(*, user_id: UUID) -> User:
    """Let somebody in again, tokens and all."""
    with locked_account(user_id=user_id) as user:
        if user.suspended_at is not None:
            user.suspended_at = None
            user.save(update_fields=["suspended_at"])
    return user
