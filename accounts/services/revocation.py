"""Somebody took their authorization back at GitHub."""

from accounts.locking import locked_account
from accounts.models import User
from accounts.services.browser_sessions import end_sessions


def end_access_of(*, github_id: int) -> int:
    """Ends every session and token of the person with that GitHub account; answers how many.

    Their account stays, and opens again when they sign in again.
    """
    user = User.objects.filter(github_id=github_id).first()
    if user is None:
        return 0
    with locked_account(user_id=user.pk) as locked:
        sessions = end_sessions(user=locked)
        tokens, _ = locked.tokens.all().delete()
    return sessions + tokens
