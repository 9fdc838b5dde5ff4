"""Browser sessions, ended."""

from uuid import UUID

from accounts.models import User
from ccgather.errors import NotFoundError


def end_session(*, user: User, session_id: UUID) -> None:
    """End one session of that person. Raises NotFoundError when they have no such session."""
    deleted, _ = user.sessions.filter(id=session_id).delete()
    if not deleted:
        raise NotFoundError("This session has already ended.")


def end_sessions(*, user: User, except_id: UUID | None = None) -> int:
    """End all sessions of that person, but for the one they are looking from. How many."""
    sessions = user.sessions.all()
    if except_id is not None:
        sessions = sessions.exclude(id=except_id)
    return sessions.delete()[0]
