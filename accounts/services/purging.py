"""What has run out and need not be kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import DeviceLogin, Session

DEVICE_LOGINS_KEPT = timedelta(days=1)
NOBODYS_SESSIONS_KEPT = timedelta(days=1)
"""A browser that began to sign in and never came back leaves a session of nobody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """How many rows went."""

    device_logins: int
    sessions: int


def purge_expired(*, at: datetime) -> Purged:
    """Delete device logins a day after they expired, and sessions that are over."""
    logins, _ = DeviceLogin.objects.filter(expires_at__lt=at - DEVICE_LOGINS_KEPT).delete()
    expired, _ = Session.objects.filter(expire_date__lte=at).delete()
    abandoned, _ = Session.objects.filter(
        user__isnull=True, created_at__lt=at - NOBODYS_SESSIONS_KEPT
    ).delete()
    return Purged(device_logins=logins, sessions=expired + abandoned)
